"""Muon for the hidden matrices, Adam for the rest, and an exponential average of the weights."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from .precision import compute_dtype


def orthogonalise(m: Tensor, steps: int = 5) -> Tensor:
    """Nearest semi-orthogonal matrix, roughly: five quintic Newton-Schulz steps (Muon, Keller Jordan 2024)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = m.to(compute_dtype(m.device))
    wide = x.shape[0] <= x.shape[1]
    x = x if wide else x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        g = x @ x.T
        x = a * x + (b * g + c * g @ g) @ x
    return (x if wide else x.T).to(m.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum, then an orthogonal step of RMS 0.2 * lr, so that Adam's learning rates carry over (Moonlight, 2025)."""

    def __init__(self, params: Iterable[nn.Parameter], lr: float, momentum: float = 0.95) -> None:
        super().__init__(list(params), {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure=None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(p)
                average = state["momentum"].lerp_(p.grad, 1 - group["momentum"])
                update = p.grad.lerp(average, group["momentum"]).flatten(1)
                step = orthogonalise(update) * (0.2 * max(update.shape) ** 0.5)
                p.add_(step.view_as(p), alpha=-group["lr"])


def split_parameters(model: nn.Module, adam_only: Iterable[str]) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """(matrices for Muon, the rest for Adam). Layers that touch latents or pixels, tables, norms and biases are the rest."""
    keep = tuple(adam_only)
    matrices, rest = [], []
    for name, p in model.named_parameters():
        is_matrix = p.ndim in (2, 4) and "table" not in name and not name.startswith(keep) and not name.endswith(keep)
        (matrices if is_matrix else rest).append(p)
    return matrices, rest


class Ema:
    """Running average of a model's weights; its horizon grows with the steps until `decay` holds."""

    def __init__(self, model: nn.Module, decay: float = 0.999) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        for average, p in zip(self.model.parameters(), model.parameters(), strict=True):
            average.lerp_(p, 1 - decay)
