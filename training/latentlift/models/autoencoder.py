"""Our decoders and encoders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from .blocks import CELL, LATENT_CHANNELS, Context, ResidualBlock, count, soft_clamp


class DecoderStage(nn.Module):
    """Blocks at one resolution, then a 3x3 convolution to 4x the next width and a pixel shuffle."""

    def __init__(self, width: int, next_width: int, blocks: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ResidualBlock(width) for _ in range(blocks))
        self.up = nn.Conv2d(width, 4 * next_width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return F.pixel_shuffle(self.up(x), 2)


class Decoder(nn.Module):
    """"latentlift-decoder": latent [N,32,h,w] -> RGB [N,3,Sh,Sw] about [0,1], unclamped; S = 2 ** stages pixels a cell.

    Convolutions of bounded reach (see receptive_radius), so tiles can be exact. With a context (keys context.{0,2,4}) one
    vector of the whole latent is added to conv_in's output: a tiled decode computes it once and gives it to every tile.
    """

    def __init__(
        self, widths: Sequence[int] = (128, 64, 32), blocks: Sequence[int] = (3, 3, 1), context: int | None = None
    ) -> None:
        super().__init__()
        self.context = Context(LATENT_CHANNELS, context, widths[0]) if context else None
        self.conv_in = nn.Conv2d(LATENT_CHANNELS, widths[0], 3, padding=1)
        self.depths = tuple(blocks)
        following = [*widths[1:], 3]
        self.stages = nn.ModuleList(DecoderStage(w, n, b) for w, n, b in zip(widths, following, blocks, strict=True))

    def forward(self, z: Tensor, context: Tensor | None = None) -> Tensor:
        """`context`: the vector [N,widths[0],1,1] of the whole latent where z is only a part of it."""
        x = self.conv_in(soft_clamp(z))
        if self.context is not None:
            x = x + (self.context_of(z) if context is None else context)
        for stage in self.stages:
            x = stage(x)
        return x

    def context_of(self, z: Tensor) -> Tensor | None:
        """The context vector of a whole latent, None for a decoder without one."""
        return None if self.context is None else self.context(soft_clamp(z))

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> Decoder:
        stages = count(state, "stages.")
        widths = [state[f"stages.{s}.up.weight"].shape[1] for s in range(stages)]
        context = state["context.0.weight"].shape[0] if "context.0.weight" in state else None
        model = cls(widths, [count(state, f"stages.{s}.blocks.") for s in range(stages)], context)
        model.load_state_dict({k: v.float() for k, v in state.items()})
        return model

    def receptive_radius(self) -> float:
        """How far, in latent cells, an input cell can reach from the pixel it influences."""
        return 1 + sum((2 * blocks + 1) / 2**s for s, blocks in enumerate(self.depths))

    def macs_per_pixel(self) -> float:
        """Multiply-adds of the convolutions per output pixel."""
        cell = 2 ** len(self.stages)
        total = self.conv_in.weight.numel() / cell**2
        if self.context is not None:
            total += self.context.hidden * LATENT_CHANNELS * 9 / cell**2
        for s, stage in enumerate(self.stages):
            weights = sum(p.numel() for n, p in stage.named_parameters() if n.endswith("weight"))
            total += weights / (cell / 2**s) ** 2
        return total


class EncoderStage(nn.Module):
    """Blocks at one resolution; `down` (3x3, stride 2) leads to the next one where there is one."""

    def __init__(self, width: int, next_width: int | None, blocks: int, pooled: bool) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ResidualBlock(width, pooled=pooled) for _ in range(blocks))
        self.down = nn.Conv2d(width, next_width, 3, stride=2, padding=1) if next_width else None

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x if self.down is None else self.down(x)


class Encoder(nn.Module):
    """"latentlift-encoder": RGB [N,3,H,W] in [0,1], H and W multiples of `cell` pixels -> latent [N,32,H/cell,W/cell].

    conv_in takes what the stages do not of a cell: of 8 pixels kernel 4 and stride 2 before three stages, 8 and 4 before
    two. With pooled=True the last stage's blocks see the whole picture (see Context for why they must).
    """

    def __init__(
        self, widths: Sequence[int] = (32, 64, 96), blocks: Sequence[int] = (1, 2, 4), pooled: bool = True, cell: int = CELL
    ) -> None:
        super().__init__()
        stride = cell // 2 ** (len(widths) - 1)
        self.widths = tuple(widths)
        self.conv_in = nn.Conv2d(3, widths[0], 2 * stride, stride=stride, padding=stride // 2)
        following = [*widths[1:], None]
        self.stages = nn.ModuleList(
            EncoderStage(w, n, b, pooled and n is None) for w, n, b in zip(widths, following, blocks, strict=True)
        )
        self.conv_out = nn.Conv2d(widths[-1], LATENT_CHANNELS, 3, padding=1)

    def forward(self, rgb: Tensor) -> Tensor:
        return self.conv_out(self.features(rgb)[-1])

    def features(self, rgb: Tensor) -> list[Tensor]:
        """What conv_in and each stage make of a picture."""
        found = [self.conv_in(rgb)]
        for stage in self.stages:
            found.append(stage(found[-1]))
        return found

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> Encoder:
        stages = count(state, "stages.")
        widths = [state[f"stages.{s}.blocks.0.conv1.weight"].shape[1] for s in range(stages)]
        pooled = f"stages.{stages - 1}.blocks.0.pool.0.weight" in state
        cell = state["conv_in.weight"].shape[-1] // 2 * 2 ** (stages - 1)
        model = cls(widths, [count(state, f"stages.{s}.blocks.") for s in range(stages)], pooled, cell)
        model.load_state_dict({k: v.float() for k, v in state.items()})
        return model
