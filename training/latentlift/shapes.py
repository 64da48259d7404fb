"""The sizes of the shipped networks, by the names that recipes use."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from .models import Decoder, Encoder, Lua, PixelSwin

# Cost in multiply-adds per pixel of the picture, and as a share of the 271 000 of TAEF2's decoder.
SHAPES: dict[str, Callable[[], nn.Module]] = {
    # 43 500, 16 %: what a CPU decodes with.
    "decoder-fast": lambda: Decoder(widths=(128, 64, 32), blocks=(3, 3, 1), context=128),
    # 126 000, 46 %, a third of it at half resolution: what a GPU decodes with.
    "decoder-fine": lambda: Decoder(widths=(160, 96, 56), blocks=(4, 3, 3), context=160),
    # 49 000; 6.7 M parameters, three quarters at 32 and 16 pixels a cell. No context: TAESANA's encoder does not look far.
    "decoder-32": lambda: Decoder(widths=(192, 160, 128, 64, 32), blocks=(3, 3, 3, 2, 1)),
    # Another of the same latents, to show LUA to: one alone would teach it its habits.
    "decoder-32-other": lambda: Decoder(widths=(128, 128, 96, 64, 32), blocks=(2, 2, 2, 1, 1)),
    "encoder": lambda: Encoder(widths=(32, 64, 96), blocks=(1, 2, 4)),
    "encoder-32": lambda: Encoder(widths=(32, 48, 64, 96, 128), blocks=(1, 1, 2, 2, 4), pooled=False, cell=32),
    # 2.8 M parameters; what refines the finished latents is 0.8 M of them. x4 is x2 twice, which measured better than a head.
    "lua": lambda: Lua(embed=112, depths=(2,) * 5, heads=7, window=8, features=48, scales=(2,), context=112, refine=(96, 4)),
    # 0.8 M parameters, LUA's trunk and heads at the resolution of pixels: about ten times LUA's work on a picture.
    "pixel-swin": lambda: PixelSwin(embed=60, depths=(2,) * 5, heads=6, window=8, features=48),
}
DEFAULTS = {"decoder": "decoder-fast", "encoder": "encoder", "lua": "lua", "pixel": "pixel-swin"}


def build(name: str) -> nn.Module:
    """A new network of a named shape."""
    if name not in SHAPES:
        raise ValueError(f"no shape named {name}; there are {', '.join(SHAPES)}")
    return SHAPES[name]()
