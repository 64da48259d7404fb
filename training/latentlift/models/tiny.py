"""Networks of TAESD's kind (madebyollin/taesd), TAEF2 among them: the teacher."""

from __future__ import annotations

from collections.abc import Mapping

import torch.nn.functional as F
from torch import Tensor, nn

from .blocks import LATENT_CHANNELS, soft_clamp


class PooledBlock(nn.Module):
    """TAESD's block: relu(convs(x) + x); with pool, a global branch is added to x first (TAEF2's latent resolution)."""

    def __init__(self, width: int, pooled: bool) -> None:
        super().__init__()
        conv = lambda: nn.Conv2d(width, width, 3, padding=1)
        self.conv = nn.Sequential(conv(), nn.ReLU(), conv(), nn.ReLU(), conv())
        self.pool = (
            nn.Sequential(
                nn.Conv2d(width, 4 * width, 1, bias=False),
                nn.GroupNorm(4, 4 * width),
                nn.ReLU(),
                nn.Conv2d(4 * width, width, 1, bias=False),
            )
            if pooled
            else None
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.pool is not None:
            x = x + self.pool(x)
        return F.relu(self.conv(x) + x)


class SoftClamp(nn.Module):
    def forward(self, z: Tensor) -> Tensor:
        return soft_clamp(z)


def tiny_decoder(pooled: bool, channels: int = LATENT_CHANNELS, width: int = 64) -> nn.Sequential:
    """TAESD-type decoder, latent [N,channels,h,w] -> RGB [N,3,8h,8w]; keys are the indices of the Sequential."""
    layers: list[nn.Module] = [SoftClamp(), nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
    layers += [PooledBlock(width, pooled) for _ in range(3)]
    for blocks in (3, 3, 1):
        layers += [nn.Upsample(scale_factor=2), nn.Conv2d(width, width, 3, padding=1, bias=False)]
        layers += [PooledBlock(width, False) for _ in range(blocks)]
    return nn.Sequential(*layers, nn.Conv2d(width, 3, 3, padding=1))


def tiny_encoder(pooled: bool, channels: int = LATENT_CHANNELS, width: int = 64) -> nn.Sequential:
    """TAESD-type encoder, RGB [N,3,8h,8w] in [0,1] -> latent [N,channels,h,w]; keys are the indices of the Sequential."""
    return down_to_cells([nn.Conv2d(3, width, 3, padding=1)], pooled, channels, width)


def tiny_encoder_32(channels: int = LATENT_CHANNELS, width: int = 64) -> nn.Sequential:
    """TAESANA's encoder, RGB [N,3,32h,32w] in [0,1] -> latent [N,channels,h,w]: two strided convolutions, then as the others."""
    first: list[nn.Module] = []
    for inputs, outputs in ((3, width // 2), (width // 2, width)):
        first += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.ReLU()]
    return down_to_cells(first, False, channels, width)


def down_to_cells(first: list[nn.Module], pooled: bool, channels: int, width: int) -> nn.Sequential:
    """What the encoders share behind their first convolutions: a block, three halvings with three blocks each, the latent."""
    layers = [*first, PooledBlock(width, False)]
    for step in range(3):
        layers.append(nn.Conv2d(width, width, 3, stride=2, padding=1, bias=False))
        layers += [PooledBlock(width, pooled and step == 2) for _ in range(3)]
    return nn.Sequential(*layers, nn.Conv2d(width, channels, 3, padding=1))


def load_tiny(state: Mapping[str, Tensor]) -> nn.Sequential:
    """A TAESD-type encoder or decoder (TAEF2 among them) from its state dict, as float32 in eval mode."""
    is_encoder = "0.weight" in state
    pooled = any(".pool." in key for key in state)
    if is_encoder and "2.bias" in state:
        model = tiny_encoder_32()
    else:
        model = tiny_encoder(pooled) if is_encoder else tiny_decoder(pooled)
    model.load_state_dict({k: v.float() for k, v in state.items()})
    return model.eval()
