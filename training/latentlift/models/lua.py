"""LUA (arXiv 2511.10629): SwinIR over latents, one trunk and a head per scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .blocks import LATENT_CHANNELS, Context, ResidualBlock, count, soft_clamp
from .swin import SwinGroup, shift_mask

RGB_MEAN = (0.4488, 0.4371, 0.4040)


class PatchEmbed(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)


class Refine(nn.Module):
    """What only the finished latent shows: y + out(blocks(in([y, u]))), all 3x3 at the high resolution.

    y: a head's latent [N,C,H,W], u: the features it was made of [N,f,H,W]. `out` starts at zero: added to trained weights, it
    changes nothing. It reaches 2 + 2 cells a block, so tiles stay as exact as they were.
    """

    def __init__(self, channels: int, features: int, width: int, blocks: int) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(channels + features, width, 3, padding=1)
        self.blocks = nn.Sequential(*(ResidualBlock(width) for _ in range(blocks)))
        self.conv_out = nn.Conv2d(width, channels, 3, padding=1)
        for p in self.conv_out.parameters():
            nn.init.zeros_(p)

    def forward(self, y: Tensor, u: Tensor) -> Tensor:
        return y + self.conv_out(self.blocks(self.conv_in(torch.cat([y, u], 1))))


def refine_of(state: Mapping[str, Tensor], prefix: str) -> tuple[int, int] | None:
    """(width, blocks) of the Refine under a prefix, None where there is none."""
    first = state.get(f"{prefix}conv_in.weight")
    return None if first is None else (first.shape[0], count(state, f"{prefix}blocks."))


class LuaHead(nn.Module):
    """Pixel-shuffle head for one power-of-two scale, with the keys of LUA's release:

    conv_before.0 (conv3x3 embed -> f, then LeakyReLU 0.01), upsample.{0,2,...} (per factor-2 step conv3x3 f -> 4f,
    then PixelShuffle(2)), conv_last (conv3x3 f -> latent channels). One addition: `refine`, (width, blocks) of a Refine over
    the sum of conv_last's output and the linear path's.
    """

    def __init__(self, dim: int, features: int, channels: int, scale: int, refine: tuple[int, int] | None = None) -> None:
        super().__init__()
        self.conv_before = nn.Sequential(nn.Conv2d(dim, features, 3, padding=1), nn.LeakyReLU(0.01))
        steps: list[nn.Module] = []
        for _ in range(int(math.log2(scale))):
            steps += [nn.Conv2d(features, 4 * features, 3, padding=1), nn.PixelShuffle(2)]
        self.upsample = nn.Sequential(*steps)
        self.conv_last = nn.Conv2d(features, channels, 3, padding=1)
        self.refine = Refine(channels, features, *refine) if refine else None

    def forward(self, x: Tensor, linear: Tensor | None = None) -> Tensor:
        """Trunk features [N,embed,h,w] and, for weights with a linear path, what it makes of the latent."""
        u = self.upsample(self.conv_before(x))
        y = self.conv_last(u)
        if linear is not None:
            y = y + linear
        return y if self.refine is None else self.refine(y, u)


class Lua(nn.Module):
    """"swinir" with LUA heads: latent [N,C,h,w] -> latent [N,C,scale*h,scale*w], scale 2 or 4 (arXiv 2511.10629).

    Key names are those of the release (SwinIRMultiHead: one trunk; heads.x2, heads.x4, each with conv_before.0,
    upsample.{0,2}, conv_last). Additions: `refine` in the heads; with skip=True a linear path `skip` (conv5x5 to 4C,
    pixel shuffle, applied once per factor 2 with the same weights) carries what a linear map can, and the trunk learns the
    rest; with a context (keys context.{0,2,4}) one vector of the whole latent is added to conv_first's output.
    Sides are reflect-padded right and bottom to a multiple of the window, and the result is cropped.
    """

    def __init__(
        self,
        channels: int = LATENT_CHANNELS,
        embed: int = 96,
        depths: Sequence[int] = (4, 4, 4, 4),
        heads: int = 4,
        window: int = 8,
        mlp_ratio: float = 2,
        features: int = 64,
        scales: Sequence[int] = (2, 4),
        skip: bool = True,
        context: int | None = None,
        refine: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        self.window = window
        self.context = Context(channels, context, embed) if context else None
        self.conv_first = nn.Conv2d(channels, embed, 3, padding=1)
        self.patch_embed = PatchEmbed(embed)
        self.layers = nn.ModuleList(SwinGroup(embed, d, heads, window, mlp_ratio) for d in depths)
        self.norm = nn.LayerNorm(embed)
        self.conv_after_body = nn.Conv2d(embed, embed, 3, padding=1)
        self.heads = nn.ModuleDict({f"x{s}": LuaHead(embed, features, channels, s, refine) for s in scales})
        self.skip = nn.Conv2d(channels, 4 * channels, 5, padding=2) if skip else None
        self._masks: dict[tuple[int, int], Tensor] = {}

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> Lua:
        embed, channels = state["conv_first.weight"].shape[:2]
        groups = count(state, "layers.")
        scales = sorted({int(k.split(".")[1][1:]) for k in state if k.startswith("heads.")})
        table = state["layers.0.residual_group.blocks.0.attn.relative_position_bias_table"]
        model = cls(
            channels=channels,
            embed=embed,
            depths=[count(state, f"layers.{i}.residual_group.blocks.") for i in range(groups)],
            heads=table.shape[1],
            window=(math.isqrt(table.shape[0]) + 1) // 2,
            mlp_ratio=state["layers.0.residual_group.blocks.0.mlp.fc1.weight"].shape[0] / embed,
            features=next(v for k, v in state.items() if k.endswith("conv_before.0.weight")).shape[0],
            scales=scales,
            skip="skip.weight" in state,
            context=state["context.0.weight"].shape[0] if "context.0.weight" in state else None,
            refine=refine_of(state, f"heads.x{scales[0]}.refine."),
        )
        model.load_state_dict({k: v.float() for k, v in state.items()})
        return model

    def features_of(self, z: Tensor, context: Tensor | None = None) -> Tensor:
        """The trunk, shared by both heads: [N,C,h,w] with h, w multiples of the window -> [N,embed,h,w]."""
        shallow = self.conv_first(z)
        if context is not None:
            shallow = shallow + context
        x = self.patch_embed.norm(shallow.permute(0, 2, 3, 1))
        mask = self._mask(x.shape[1], x.shape[2]).to(x.device)
        for layer in self.layers:
            x = layer(x, mask)
        return self.conv_after_body(self.norm(x).permute(0, 3, 1, 2)) + shallow

    def context_of(self, z: Tensor) -> Tensor | None:
        """The context vector [N,embed,1,1] of a whole latent, None for weights without one."""
        return None if self.context is None else self.context(soft_clamp(z))

    def forward(self, z: Tensor, scale: int, context: Tensor | None = None) -> Tensor:
        """`context`: the vector of the whole latent where z is only a part of it. Without a head for x4, x2 applies twice."""
        if f"x{scale}" not in self.heads and scale == 4:
            return self.forward(self.forward(z, 2), 2)
        _, _, h, w = z.shape
        if context is None:
            context = self.context_of(z)
        z = F.pad(z, (0, -w % self.window, 0, -h % self.window), mode="reflect")
        features = self.features_of(z, context)
        y = self.heads[f"x{scale}"](features, self.linear(z, scale))
        return y[:, :, : scale * h, : scale * w]

    def linear(self, z: Tensor, scale: int) -> Tensor | None:
        """What a linear map makes of a latent; None for weights without `skip`."""
        if self.skip is None:
            return None
        for _ in range(int(math.log2(scale))):
            z = F.pixel_shuffle(self.skip(z), 2)
        return z

    def _mask(self, height: int, width: int) -> Tensor:
        if (height, width) not in self._masks:
            self._masks[height, width] = shift_mask(height, width, self.window)
        return self._masks[height, width]


class PixelSwin(Lua):
    """The same trunk and heads on pictures: RGB [N,3,h,w] in [0,1] -> [N,3,scale*h,scale*w]. LUA's honest rival.

    As SwinIR does, and as the browser's graph expects of three channels, DIV2K's mean is taken off before and added after.
    """

    mean: Tensor

    def __init__(self, channels: int = 3, **sizes: Any) -> None:
        super().__init__(channels, **sizes)
        self.register_buffer("mean", torch.tensor(RGB_MEAN).view(1, 3, 1, 1), persistent=False)

    def forward(self, z: Tensor, scale: int, context: Tensor | None = None) -> Tensor:
        return super().forward(z - self.mean, scale, context) + self.mean
