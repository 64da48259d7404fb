"""Closed-form start for LUA: the best linear 5x5 map from a half-size latent to the latent, zero for everything else."""

from __future__ import annotations

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .batches import Batch, Batches
from .models import Lua, LuaHead
from .models.lua import RGB_MEAN


class Pairs(Protocol):
    """Source of small and large windows, `z2` and `z1`; `cells`: the side of the least crop."""

    @property
    def cells(self) -> int: ...

    def draw(self, count: int, cells: int, step: int = 2) -> tuple[Batch, list[Tensor]]: ...


class PixelPairs:
    """Clean pictures and their halves, about the mean that pixel-swin takes off, in place of latents."""

    def __init__(self, batches: Batches) -> None:
        self.batches, self.mean = batches, torch.tensor(RGB_MEAN).view(1, 3, 1, 1)
        self.cells = batches.cells * batches.cell

    def draw(self, count: int, cells: int, step: int = 2) -> tuple[Batch, list[Tensor]]:
        """Windows of `cells` pixels, from whole crops."""
        picture = self.batches.draw(count, max(1, cells // self.batches.cell), step)[0]["image"].cpu()
        small = F.interpolate(picture, scale_factor=0.5, mode="bicubic", antialias=True)
        return {"z1": picture - self.mean, "z2": small - self.mean}, []


@torch.no_grad()
def solve_skip(model: Lua, pairs: Pairs, windows: int = 400, cells: int = 32, ridge: float = 1e-3) -> None:
    """Set model.skip to the ridge regression of z1 on z2, and the last convolution of each head to zero.

    `windows` of `cells` cells, or more of fewer where crops have no more.
    Only the inner cells of a window are used: at its border the 5x5 neighbourhood would be zeros that are not there.
    """
    if model.skip is None:
        raise ValueError("this Lua was built with skip=False: there is no linear path to solve for")
    size = model.skip.weight[0].numel() + 1
    gram, moment = torch.zeros(size, size, dtype=torch.float64), torch.zeros(size, model.skip.out_channels, dtype=torch.float64)
    side = min(cells, pairs.cells)
    for _ in range(windows * cells**2 // side**2 // 4):
        batch, _ = pairs.draw(4, side, 4)
        z, target = batch["z2"].cpu(), batch["z1"].cpu()
        x = F.unfold(z, 5).transpose(1, 2).reshape(-1, size - 1)  # no padding: inner cells only
        y = F.pixel_unshuffle(target, 2)[:, :, 2:-2, 2:-2].permute(0, 2, 3, 1).reshape(x.shape[0], -1)
        x = torch.cat([x, torch.ones(len(x), 1)], 1)
        gram += (x.T @ x).double()
        moment += (x.T @ y).double()
    gram += ridge * gram.diagonal().mean() * torch.eye(size, dtype=torch.float64)
    solution = torch.linalg.solve(gram, moment).float()
    model.skip.weight.copy_(solution[:-1].T.reshape(model.skip.weight.shape))
    assert model.skip.bias is not None
    model.skip.bias.copy_(solution[-1])
    for head in model.heads.values():
        assert isinstance(head, LuaHead)
        for p in head.conv_last.parameters():
            nn.init.zeros_(p)
