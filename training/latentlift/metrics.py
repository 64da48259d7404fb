"""Figures of one output against one picture, [1,3,H,W] in [0,1] each."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .losses import dissimilarity, luminance, mean_cells
from .models import CELL

Metrics = dict[str, float]


def psnr(a: Tensor, b: Tensor) -> float:
    """Peak signal-to-noise ratio in dB over RGB in [0,1]."""
    return float(-10 * torch.log10(F.mse_loss(a, b)))


def ssim(a: Tensor, b: Tensor) -> float:
    """Mean structural similarity over the three channels."""
    return 1 - float(dissimilarity(a, b))


def gradient_energy(x: Tensor) -> float:
    """Mean square of horizontal and vertical neighbour differences."""
    return float(x.diff(dim=-1).square().mean() + x.diff(dim=-2).square().mean())


def grid(x: Tensor) -> float:
    """Strength of a pattern that repeats with every cell, in 1/255: root mean square of the mean cell's fine luminance.

    [1,3,H,W], sides multiples of 8. What a picture has by chance falls with its number of cells: Kodak's have 0.5 to 0.9.
    """
    rows, columns = (side // CELL for side in x.shape[-2:])
    return 255 * float(mean_cells(luminance(x), CELL, rows, columns).square().mean().sqrt())


def measure(output: Tensor, picture: Tensor, reference: Tensor | None = None) -> Metrics:
    """Metrics of output [1,3,H,W] against the picture; with a reference (the 1x decode) also `drift` and `tint`.

    drift: mean absolute difference of 32x32-pixel block means; tint: largest absolute difference of the channels' means; both,
    and `grid`, in 1/255.
    """
    output = output.clamp(0, 1)
    result = {
        "psnr": psnr(output, picture),
        "ssim": ssim(output, picture),
        "sharpness": gradient_energy(output) / gradient_energy(picture),
        "grid": grid(output),
    }
    if reference is not None:
        reference = reference.clamp(0, 1)
        result["drift"] = 255 * float(F.l1_loss(F.avg_pool2d(output, 32), F.avg_pool2d(reference, 32)))
        result["tint"] = 255 * float((output.mean((0, 2, 3)) - reference.mean((0, 2, 3))).abs().max())
    return result
