"""A straightforward torch.onnx export of the LUA weights, to hold against the graph that the page builds.

    python bench/graph_vs_export.py WEIGHTS.safetensors --size 32 --scale 2 --out lua-export.onnx
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "training"))

from latentlift.models import Lua  # noqa: E402


class AtScale(torch.nn.Module):
    def __init__(self, lua: Lua, scale: int) -> None:
        super().__init__()
        self.lua, self.scale = lua, scale

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.lua(z, self.scale)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--scale", type=int, default=2)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    model = AtScale(Lua.from_state_dict(load_file(options.weights)), options.scale).eval()
    z = torch.randn(1, model.lua.conv_first.weight.shape[1], options.size, options.size)
    with torch.no_grad():
        model(z)
        torch.onnx.export(
            model, (z,), options.out, opset_version=20, dynamo=False, input_names=["latent"], output_names=["upscaled"]
        )


if __name__ == "__main__":
    main()
