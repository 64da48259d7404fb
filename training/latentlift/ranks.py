"""Training processes side by side."""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import nn


class Ranks:
    """Processes of one thread that train side by side and average their weights every few seconds (local SGD).

    On a shared CPU this wastes far less than threads, which wait for each other at every operation, or than averaging
    gradients, which waits at every step: a rank that lost its core for a moment just makes fewer steps.
    """

    def __init__(self, rank: int, size: int, every_s: float = 8) -> None:
        self.rank, self.size, self.every_s = rank, size, every_s
        self.done = 0

    def agree(self, started: float) -> float:
        """Rank 0's start on the machine's monotonic clock, so that all ranks keep the same time."""
        if self.size == 1:
            return started
        clock = torch.tensor([started], dtype=torch.float64)
        dist.broadcast(clock, 0)
        return float(clock)

    @torch.no_grad()
    def average(self, model: nn.Module, seconds: float) -> None:
        """Average the weights once for every `every_s` of `seconds` since the start; all ranks do it equally often."""
        while self.size > 1 and self.done < int(seconds / self.every_s):
            self.done += 1
            flat = torch.cat([p.flatten() for p in model.parameters()])
            dist.all_reduce(flat)
            sizes = [p.numel() for p in model.parameters()]
            for p, mean in zip(model.parameters(), (flat / self.size).split(sizes), strict=True):
                p.copy_(mean.view_as(p))
