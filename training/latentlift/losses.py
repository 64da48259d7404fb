"""What the networks are trained on. Pictures are [N,3,H,W] about [0,1], latents [N,32,h,w]; every loss is a scalar mean.

Stages and weights follow LUA (arXiv 2511.10629 v2, section 3.3): latent L1, then decoded pictures, spectrum and edges.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .models import CELL, Encoder
from .precision import autocast
from .vgg import Vgg

LUMA = (0.299, 0.587, 0.114)


def fft_magnitude(a: Tensor, b: Tensor) -> Tensor:
    """L1 between the magnitudes of the 2-D spectra, per channel: rewards detail of the right strength, wherever it lies."""
    return (_magnitude(a) - _magnitude(b)).abs().mean()


def downsampled(a: Tensor, b: Tensor, factor: int = 8) -> Tensor:
    """L1 between block means: holds colour and tone where sharper losses would let them drift."""
    return F.l1_loss(F.avg_pool2d(a, factor), F.avg_pool2d(b, factor))


def gaussian_kernel(size: int, sigma: float) -> Tensor:
    """[size] normalised Gaussian weights."""
    x = torch.arange(size, dtype=torch.float32) - (size - 1) / 2
    weights = torch.exp(-(x**2) / (2 * sigma**2))
    return weights / weights.sum()


def blur(x: Tensor, size: int = 5, sigma: float = 1.0) -> Tensor:
    """Separable Gaussian blur of every channel, reflected at the border."""
    channels, pad = x.shape[1], size // 2
    kernel = gaussian_kernel(size, sigma).to(x)
    x = F.pad(x, (pad, pad, pad, pad), mode="reflect")
    x = F.conv2d(x, kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
    return F.conv2d(x, kernel.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)


def high_frequency(a: Tensor, b: Tensor) -> Tensor:
    """L1 between what a small Gaussian (k5, sigma 1) takes away; the blur is linear, so of the difference."""
    difference = a - b
    return (difference - blur(difference)).abs().mean()


def mean_cells(x: Tensor, cell: int, rows: int, columns: int) -> Tensor:
    """Mean cells of x's fine part in blocks of `rows` x `columns` cells: [N,C,H,W] -> [N,C,down,cell,across,cell]."""
    n, channels, height, width = x.shape
    down, across = height // (cell * rows), width // (cell * columns)
    if not down * across:
        raise ValueError(f"a window of {height}x{width} pixels has no block of {rows}x{columns} cells of {cell} pixels")
    fine = x - F.avg_pool2d(x, cell + 1, 1, cell // 2, count_include_pad=False)
    whole = fine[..., : down * rows * cell, : across * columns * cell]
    return whole.reshape(n, channels, down, rows, cell, across, columns, cell).mean((3, 6))


def mesh(a: Tensor, b: Tensor, cell: int = CELL, block: int = 4) -> Tensor:
    """L1 of what repeats with every cell in the fine part of the difference, in blocks of `block` x `block` cells.

    What differs by chance averages out over a block, so what is left is the pattern that a decoder answers a hedging latent with,
    where it is, which the mean cell of a whole picture (metrics.grid) may hide.
    """
    return mean_cells(a - b, cell, block, block).abs().mean()


def gradients(x: Tensor) -> Tensor:
    """Horizontal and vertical Sobel derivatives of the luminance, per pixel, without padding: [N,2,H-2,W-2].

    They are blind to patterns of two pixels' period: differences of neighbours reward a fine mesh as if it were texture.
    """
    across = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]).to(x) / 8
    return F.conv2d(luminance(x), torch.stack([across, across.T])[:, None])


def local_energy(a: Tensor, b: Tensor, size: int = 8) -> Tensor:
    """L1 between the local strength (root of the mean square over size x size) of the luminance gradients.

    The idea of EAGLE (texture as local gradient variance) without its FFT stage: it asks for the right amount of
    texture in every neighbourhood and leaves its phase to the other losses.
    """
    strength = lambda x: (F.avg_pool2d(gradients(x) ** 2, size, size // 2) + 1e-6).sqrt()
    return F.l1_loss(strength(a), strength(b))


def dissimilarity(a: Tensor, b: Tensor) -> Tensor:
    """1 - SSIM (Wang et al. 2004): Gaussian window 11, sigma 1.5, over the channels, no padding."""
    k = gaussian_kernel(11, 1.5).to(a)
    kernel = (k[:, None] * k[None, :]).expand(a.shape[1], 1, 11, 11)
    mean = lambda x: F.conv2d(x, kernel, groups=x.shape[1])
    ma, mb = mean(a), mean(b)
    va, vb, cov = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
    c1, c2 = 0.01**2, 0.03**2
    return 1 - (((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma**2 + mb**2 + c1) * (va + vb + c2))).mean()


def features(encoder: Encoder, a: Tensor, b: Tensor, rng: np.random.Generator) -> Tensor:
    """L1 between an encoder's features of two pictures, stage by stage, of unit deviation, after the same random shift.

    Without the shift a pattern in step with the encoder's strides could hide or be rewarded.
    """
    top, left = (int(rng.integers(CELL)) for _ in range(2))
    sides = [(side - CELL) // CELL * CELL for side in a.shape[-2:]]
    cut = lambda x: x[..., top : top + sides[0], left : left + sides[1]]
    total = a.new_zeros(())
    with torch.no_grad():
        goals = encoder.features(cut(b))
    with autocast(a.device):
        found = encoder.features(cut(a))
    for x, goal in zip(found, goals, strict=True):
        total = total + (x - goal).abs().mean() / goal.std()
    return total / len(found)


def seen(vgg: Vgg, a: Tensor, b: Tensor, rng: np.random.Generator, side: int = 128) -> Tensor:
    """Mean squared distance between VGG's features of two pictures, summed over channels; of one random square of each, of at
    most `side` pixels, for VGG costs as much as the decoders that it looks at.

    The square begins anywhere in a cell, as in `features`: held still, VGG's own grid over the cells' rewarded a mesh (from .62
    to .87 of 255 in 50 minutes).
    """
    sides = [min(side, extent - CELL) for extent in a.shape[-2:]]
    top, left = (int(rng.integers(0, extent - cut + 1)) for extent, cut in zip(a.shape[-2:], sides, strict=True))
    cut = lambda x: x[..., top : top + sides[0], left : left + sides[1]]
    with torch.no_grad():
        goals = vgg.features(cut(b))
    with autocast(a.device):
        found = vgg.features(cut(a))
    return torch.stack([(x - goal).square().sum(1).mean() for x, goal in zip(found, goals, strict=True)]).mean()


def fine_part(z: Tensor) -> Tensor:
    """What a binomial blur of 3x3 cells takes away from latents [N,C,h,w]."""
    row = z.new_tensor([0.25, 0.5, 0.25])
    kernel = (row[:, None] * row).expand(z.shape[1], 1, 3, 3)
    return z - F.conv2d(F.pad(z, (1, 1, 1, 1), mode="replicate"), kernel, groups=z.shape[1])


def luminance(x: Tensor) -> Tensor:
    """[N,3,H,W] -> [N,1,H,W], Rec. 601 weights."""
    return (x * torch.tensor(LUMA).to(x).view(1, 3, 1, 1)).sum(1, keepdim=True)


def _magnitude(x: Tensor) -> Tensor:
    spectrum = torch.fft.rfft2(x, norm="ortho")
    return (spectrum.real**2 + spectrum.imag**2 + 1e-8).sqrt()
