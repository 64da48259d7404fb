"""Weights that compute in half precision: f16 ends at 65 504, and a trunk whose every group amplifies passes that."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from .models import Lua

# A quarter of what f16 holds, and room for latents that no picture has.
MOST = 8192.0
# What writes to the residual stream of a trunk; groups' convolutions read it too, so of them only the bias counts.
WRITES = re.compile(r"^(patch_embed\.norm|layers\.\d+\.residual_group\.blocks\.\d+\.(attn\.proj|mlp\.fc2))\.(weight|bias)$")
READERS, WRITERS = re.compile(r"\.(attn\.qkv|mlp\.fc1)\.weight$"), re.compile(r"\.(attn\.proj|mlp\.fc2)\.weight$")
ADDS = re.compile(r"^layers\.\d+\.conv\.bias$")


@torch.no_grad()
def peak(model: Lua) -> float:
    """The largest magnitude that any module of a LUA puts out, for noise of a latent's spread."""
    found = [0.0]
    note = lambda _, __, out: found.append(float(out.abs().max())) if isinstance(out, Tensor) else None
    hooks = [module.register_forward_hook(note) for module in model.modules() if not isinstance(module, nn.LayerNorm)]
    noise = torch.rand(1, model.conv_first.in_channels, 24, 24, generator=torch.Generator().manual_seed(3)) * 3.4 - 1.7
    for head in model.heads:
        model(noise, int(head[1:]))
    for hook in hooks:
        hook.remove()
    return max(found)


def stream_scaled(state: Mapping[str, Tensor], factor: float) -> dict[str, Tensor]:
    """The same network with its trunk's residual stream times `factor`: every reader of it normalises, so only the norms'
    epsilon (1e-5) tells, which is 0.1 % in the first layer for a sixteenth."""
    return {name: x * factor if WRITES.match(name) or ADDS.match(name) else x for name, x in state.items()}


def fit_for_half(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A LUA's weights with the residual stream low enough for f16, by a power of two."""
    factor = 1.0
    while peak(Lua.from_state_dict(stream_scaled(state, factor))) > MOST:
        factor /= 2
        if factor < 1 / 32:
            raise ValueError(f"a trunk that peaks {1 / factor:.0f} times over what f16 should hold: train it with less growth")
    return stream_scaled(state, factor)


def for_training(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A LUA's weights with the residual stream as high as training leaves it, by a power of two: what writes to it is as large
    as what reads it again. The steps of Muon and Adam do not know how small a weight is, and would shake what an exported trunk
    writes sixteen times as much as when it was made."""
    spread = lambda layers: torch.cat([x.float().flatten() for name, x in state.items() if layers.search(name)]).std()
    return stream_scaled(state, 2.0 ** round(math.log2(float(spread(READERS) / spread(WRITERS)))))
