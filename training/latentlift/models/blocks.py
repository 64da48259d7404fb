"""What the networks share: blocks, pools, context."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LATENT_CHANNELS = 32
CELL = 8  # pixels per latent cell


def soft_clamp(z: Tensor) -> Tensor:
    """tanh(z/3)*3: keeps any latent, however extreme, inside (-3, 3)."""
    return torch.tanh(z / 3) * 3


class Pool(nn.Sequential):
    """What the whole picture says about each of its cells, by normalising over it: 1x1 to 2C, GroupNorm(4), ReLU, 1x1 back.

    TAEF2's own device (madebyollin/taesd), at half its width; keys pool.{0,1,3}.
    """

    def __init__(self, width: int) -> None:
        wide = 2 * width
        super().__init__(
            nn.Conv2d(width, wide, 1, bias=False), nn.GroupNorm(4, wide), nn.ReLU(), nn.Conv2d(wide, width, 1, bias=False)
        )


class ResidualBlock(nn.Module):
    """y + conv2(relu(conv1(y))), both 3x3, where y is x or, with a pool, x + pool(x).

    The hidden width may differ from the stream's. conv2 starts at zero, so a block added to trained weights changes nothing.
    """

    def __init__(self, width: int, hidden: int | None = None, pooled: bool = False) -> None:
        super().__init__()
        self.pool = Pool(width) if pooled else None
        self.conv1 = nn.Conv2d(width, hidden or width, 3, padding=1)
        self.conv2 = nn.Conv2d(hidden or width, width, 3, padding=1)
        for p in self.conv2.parameters():
            nn.init.zeros_(p)

    def forward(self, x: Tensor) -> Tensor:
        if self.pool is not None:
            x = x + self.pool(x)
        return x + self.conv2(F.relu(self.conv1(x)))


class Context(nn.Sequential):
    """What the whole picture says about each of its cells: [N,C,h,w] -> one vector [N,out,1,1].

    conv3x3, ReLU, mean over all cells, then a small MLP. FLUX.2's autoencoder (and TAEF2) normalises over the whole
    picture, so the same colours have different latents in different pictures: a crop encoded alone differs from the same
    crop of the whole by 30 % of mean |z|, and nothing of bounded reach can tell which it is.
    """

    def __init__(self, channels: int, hidden: int, out: int) -> None:
        super().__init__(
            nn.Conv2d(channels, hidden, 3, padding=1), nn.ReLU(),
            nn.Conv2d(hidden, hidden, 1), nn.ReLU(),
            nn.Conv2d(hidden, out, 1),
        )
        self.hidden = hidden
        for p in self[4].parameters():
            nn.init.zeros_(p)

    def forward(self, input: Tensor) -> Tensor:
        mean = self[1](self[0](input)).mean((2, 3), keepdim=True)
        return self[4](self[3](self[2](mean)))


def count(state: Mapping[str, Tensor], prefix: str) -> int:
    """How many numbered children stand directly under a key prefix."""
    return len({key[len(prefix) :].split(".")[0] for key in state if key.startswith(prefix)})
