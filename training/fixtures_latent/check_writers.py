"""Reads what the product's writers wrote with numpy, safetensors and torch, and compares it with the files it came from.

    cd training && python -m fixtures_latent.check_writers

The product (rewrite.ts, through `npx tsx`) reads every golden latent and writes it six ways; here each written file is opened by
the reference library and must hold the golden values, laid out as its format says. torch.load opens none of them (the
product writes no pickles), so torch's part is safetensors.torch and a round trip of each array through a tensor.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from .latents import OUT, ROOT, patches, to_raw, tokens

# Half rounding of values up to 30, plus the source's own rounding (bf16, 8-bit PNG) as the golden rows state it.
TOLERANCE = {"F16": 2e-2, "F32": 2e-5}


def model_of(name: str) -> Tensor:
    """The golden model-space latent [C,H,W] that a fixture stands for, from base.npy."""
    base = torch.from_numpy(np.load(OUT / "base.npy").astype(np.float32))
    row = json.loads((OUT / "expected.json").read_text())[name]
    c, _, w = row["size"]
    if name in ("zeros.npy", "noise.npy", "not-finite.npy"):
        stored = torch.from_numpy(np.load(OUT / name).astype(np.float32))
        return stored.reshape(row["size"]).nan_to_num(0, 0, 0)
    z = base[:c, :, :w]
    if name == "taesd.png":
        return z.clamp(-3, 3)
    in_bf16 = ("ai-toolkit.safetensors", "musubi-flux2.safetensors", "musubi-qwen.safetensors")
    return z.bfloat16().float() if name in in_bf16 else z


def laid_out(z: Tensor, axes: str, is_patched: bool) -> Tensor:
    """[C,H,W] -> the tensor that a file with these axes holds; batch and time have size 1."""
    if "n" in axes:
        packed = tokens(z[None])
        return packed if axes == "bnc" else packed[0]
    if is_patched:
        z = patches(z)
    order = [axis for axis in axes if axis in "chw"]
    z = z.permute(*["chw".index(axis) for axis in order])
    for at, axis in enumerate(axes):
        if axis in "bt":
            z = z.unsqueeze(at)
    return z


def read(path: Path, info: dict[str, Any]) -> Tensor:
    if info["container"] == "npy":
        array = np.load(path, allow_pickle=False)
        assert array.dtype == {"F16": np.float16, "F32": np.float32}[info["dtype"]], path.name
        return torch.from_numpy(array).float()
    state = load_file(path)
    name = "latent_tensor" if info["container"] == "comfy" else info["tensor"]
    if info["container"] == "comfy":
        assert state["latent_format_version_0"].shape == (0,), path.name
        # ComfyUI, nodes.py, LoadLatent: the multiplier is 1 where the marker is there.
        assert state[name].dtype == torch.float32, path.name
    return state[name].float()


def main() -> None:
    rows = json.loads((OUT / "expected.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        script = ROOT / "training/fixtures_latent/rewrite.ts"
        subprocess.run(["npx", "tsx", str(script), folder], check=True, cwd=ROOT)
        written = json.loads((Path(folder) / "rewritten.json").read_text())
        worst = {"F16": 0.0, "F32": 0.0}
        for file_name, info in written.items():
            row = rows[info["from"]]
            z = model_of(info["from"])
            values = to_raw(z, row["family"]) if info["space"] == "raw" else z
            wanted = laid_out(values, info["axes"], info["isPatched"])
            found = read(Path(folder) / file_name, info)
            assert found.shape == wanted.shape, (file_name, found.shape, wanted.shape)
            scale = max(1.0, float(values.std())) if values.std() > 0 else 1.0
            gap = float((found - wanted).abs().max()) / scale
            allowed = max(TOLERANCE[info["dtype"]], 1.5 * row.get("tolerance", 2e-3))
            assert gap <= allowed, (file_name, gap, allowed)
            worst[info["dtype"]] = max(worst[info["dtype"]], gap)
        print(f"{len(written)} written files read back; worst differences relative to the spread: {worst}")


if __name__ == "__main__":
    main()
