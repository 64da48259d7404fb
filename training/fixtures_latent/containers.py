"""Golden container files by real numpy, safetensors, torch and Pillow, with their values in expected.json.

    cd training && python -m fixtures_latent.containers

Each file has one row: the tensors that a reader must find (name -> dtype, shape, values), its metadata, or the code of its
refusal. Values are float32 numbers, or "nan", "inf", "-inf".
"""

from __future__ import annotations

import json
import math
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import torch
from numpy.lib import format as npy
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn

OUT = Path(__file__).parents[2] / "src/core/container/fixtures"

DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e5m2: "F8_E5M2",
    torch.float8_e4m3fnuz: "F8_E4M3FNUZ",
    torch.float8_e5m2fnuz: "F8_E5M2FNUZ",
    torch.float8_e8m0fnu: "F8_E8M0",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.uint16: "U16",
    torch.uint32: "U32",
    torch.uint64: "U64",
    torch.bool: "BOOL",
}


def number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def described(tensor: Tensor) -> dict[str, Any]:
    """dtype, shape, values of a tensor, in C order."""
    values = tensor.detach().to(torch.float32).contiguous().flatten().tolist()
    return {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "values": [number(v) for v in values]}


def described_array(array: np.ndarray) -> dict[str, Any]:
    kind = f"{'BOOL' if array.dtype.kind == 'b' else array.dtype.kind.upper() + str(array.dtype.itemsize * 8)}"
    values = np.ascontiguousarray(array).astype(np.float32).flatten().tolist()
    return {"dtype": kind, "shape": list(array.shape), "values": [number(v) for v in values]}


Row = dict[str, Any]


def write_npy(rows: dict[str, Row]) -> None:
    """numpy.save in every kind, byte order, memory order and header version, and what must be refused."""
    rng = np.random.default_rng(4)
    base = rng.standard_normal((2, 3, 5)).astype(np.float32) * 3

    def add(name: str, array: np.ndarray, version: tuple[int, int] | None = None) -> None:
        with (OUT / name).open("wb") as file:
            npy.write_array(file, array, version=version)
        rows[name] = {"container": "npy", "tensors": {"": described_array(array)}}

    for kind in ("f2", "f4", "f8"):
        add(f"little-{kind}.npy", base.astype(f"<{kind}"))
        add(f"big-{kind}.npy", base.astype(f">{kind}"))
    for kind in ("i1", "i2", "i4", "i8"):
        add(f"int-{kind}.npy", rng.integers(-100, 100, (3, 4)).astype(kind))
        add(f"uint-{kind[1]}.npy", rng.integers(0, 200, (3, 4)).astype(f">u{kind[1]}"))
    add("bool.npy", base > 0)
    add("special-f2.npy", np.array([np.nan, np.inf, -np.inf, 6e-8, 65504, -0.0], np.float16))
    add("version2.npy", base, (2, 0))
    add("version3.npy", base, (3, 0))
    add("fortran.npy", np.asfortranarray(base))
    add("fortran-big-f8.npy", np.asfortranarray(base.astype(">f8")))
    add("scalar.npy", np.float32(2.5).reshape(()))
    add("vector.npy", base.flatten()[:3])
    add("zero-size.npy", np.zeros((0, 4), np.float32))

    bf16 = base.astype(ml_dtypes.bfloat16)
    np.save(OUT / "void2.npy", bf16)
    as_bf16 = described(torch.from_numpy(base).to(torch.bfloat16))
    rows["void2.npy"] = {"refused": "file/unsupported", "voidAs": "BF16", "tensors": {"": as_bf16}}

    np.save(OUT / "object.npy", np.array([{"a": 1}, None], object))
    rows["object.npy"] = {"refused": "file/unsafe"}
    np.save(OUT / "structured.npy", np.zeros(3, [("a", "<f4"), ("b", "<i2")]))
    rows["structured.npy"] = {"refused": "file/unsupported"}
    np.save(OUT / "complex.npy", base.astype(np.complex64))
    rows["complex.npy"] = {"refused": "file/unsupported"}
    np.save(OUT / "text.npy", np.array(["latent"]))
    rows["text.npy"] = {"refused": "file/unsupported"}


def write_npz(rows: dict[str, Row]) -> None:
    rng = np.random.default_rng(5)
    arrays = {
        "latents_6x4": rng.standard_normal((4, 6, 4)).astype(np.float32),
        "original_size_6x4": np.array([48, 32], np.int64),
        "crop_ltrb_6x4": np.array([0, 0, 32, 48]),
    }
    expected = {key: described_array(value) for key, value in arrays.items()}
    np.savez(OUT / "stored.npz", **arrays)
    rows["stored.npz"] = {"container": "npz", "tensors": expected}
    np.savez_compressed(OUT / "deflated.npz", **arrays)
    rows["deflated.npz"] = {"container": "npz", "tensors": expected}
    np.savez(OUT / "unnamed.npz", arrays["latents_6x4"])
    rows["unnamed.npz"] = {"container": "npz", "tensors": {"arr_0": expected["latents_6x4"]}}
    np.savez(OUT / "with-text.npz", latent=arrays["latents_6x4"], caption=np.array("a dog"))
    rows["with-text.npz"] = {"container": "npz", "tensors": {"latent": expected["latents_6x4"]}}
    np.savez(OUT / "only-objects.npz", a=np.array([None], object))
    rows["only-objects.npz"] = {"refused": "file/unsafe"}
    np.savez(OUT / "empty.npz")
    rows["empty.npz"] = {"refused": "file/unknown-format"}


def write_safetensors(rows: dict[str, Row]) -> None:
    generator = torch.Generator().manual_seed(6)
    base = torch.randn(2, 3, 4, generator=generator) * 4
    kinds: dict[str, Tensor] = {
        "f64": base.double(),
        "f32": base,
        "f16": base.half(),
        "bf16": base.bfloat16(),
        "i64": (base * 10).long(),
        "i32": (base * 10).int(),
        "i16": (base * 10).short(),
        "i8": (base * 10).char(),
        "u8": (base * 10).abs().byte(),
        "bool": base > 0,
        "scalar": torch.tensor(1.5),
        "none": torch.zeros(0, 3),
    }
    save_file(kinds, OUT / "kinds.safetensors", {"format": "pt", "note": "grüße"})
    rows["kinds.safetensors"] = {
        "container": "safetensors",
        "tensors": {name: described(t) for name, t in kinds.items()},
        "metadata": {"format": "pt", "note": "grüße"},
    }
    # Every bit pattern of every 8-bit float.
    patterns = torch.arange(256, dtype=torch.uint8)
    eights = {
        name: patterns.clone().view(dtype)
        for name, dtype in {
            "e4m3": torch.float8_e4m3fn,
            "e5m2": torch.float8_e5m2,
            "e4m3fnuz": torch.float8_e4m3fnuz,
            "e5m2fnuz": torch.float8_e5m2fnuz,
            "e8m0": torch.float8_e8m0fnu,
        }.items()
    }
    save_file(eights, OUT / "eight-bit-floats.safetensors")
    rows["eight-bit-floats.safetensors"] = {
        "container": "safetensors",
        "tensors": {name: described(t) for name, t in eights.items()},
    }


class Net(nn.Module):
    """A class of ours: pickling the module itself names it, which a reader must refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 1)


def write_torch(rows: dict[str, Row]) -> None:
    """torch.save of bare tensors, views, dicts, lists, parameters, odd kinds, and what must be refused."""
    generator = torch.Generator().manual_seed(7)
    base = torch.randn(2, 3, 4, 5, generator=generator)

    def add(name: str, value: Any, tensors: Mapping[str, Tensor], metadata: dict[str, str] | None = None) -> None:
        torch.save(value, OUT / name)
        row: Row = {"container": "torch", "tensors": {key: described(t) for key, t in tensors.items()}}
        if metadata is not None:
            row["metadata"] = metadata
        rows[name] = row

    add("bare.pt", base, {"": base})
    view = base[1:, 1:3, ::2, 1:4]
    add("view.pt", view, {"": view})
    add("transposed.pt", base.permute(0, 2, 3, 1), {"": base.permute(0, 2, 3, 1)})
    doubles = (base.double() * 1e3).transpose(0, 3)
    add("transposed-f64.pt", doubles, {"": doubles})
    add("expanded.pt", base[0, 0, 0, :1].expand(3, 4), {"": base[0, 0, 0, :1].expand(3, 4)})
    add("samples.pt", {"samples": base.half()}, {"samples": base.half()})
    add("list.pt", [base[0], (base[1].bfloat16(), 7)], {"0": base[0], "1.0": base[1].bfloat16()}, {"1.1": "7"})
    shared = {"params_ema": OrderedDict(a=base[0], b=base[1]), "step": 12, "loss": 0.5, "name": "run", "none": None}
    add(
        "nested.pth",
        shared,
        {"params_ema.a": base[0], "params_ema.b": base[1]},
        {"step": "12", "loss": "0.5", "name": "run"},
    )
    torch.manual_seed(8)
    net = Net()
    add("state-dict.pth", net.state_dict(), dict(net.state_dict()))
    add("parameter.pt", net.conv.weight, {"": net.conv.weight})
    odd = {
        "f8": base[0, 0].to(torch.float8_e4m3fn),
        "u16": torch.arange(5).to(torch.uint16),
        "long": torch.tensor([-1, 2**40]),
        "byte": torch.arange(4, dtype=torch.uint8),
        "flag": torch.tensor([True, False]),
    }
    add("kinds.pt", odd, odd)
    add("big-numbers.pt", {"n": 2**70, "neg": -3, "t": base[0, 0, 0]}, {"t": base[0, 0, 0]}, {"n": str(2**70), "neg": "-3"})

    torch.save(net, OUT / "module.pt")
    rows["module.pt"] = {"refused": "file/unsafe"}
    torch.save({"a": np.float64(3)}, OUT / "numpy-scalar.pt")
    rows["numpy-scalar.pt"] = {"refused": "file/unsafe"}
    torch.save(base.to(torch.complex64), OUT / "complex.pt")
    rows["complex.pt"] = {"refused": "file/unsafe"}
    # Some tools pack the archive again, deflated and under another root folder.
    with zipfile.ZipFile(OUT / "bare.pt") as source, zipfile.ZipFile(
        OUT / "repacked.pt", "w", zipfile.ZIP_DEFLATED
    ) as target:
        for member in source.namelist():
            target.writestr("elsewhere/" + member.split("/", 1)[1], source.read(member))
    rows["repacked.pt"] = rows["bare.pt"]


class OldTensor:
    """Pickled as PyTorch before 0.4 pickled a tensor: by `_rebuild_tensor`, which knows neither gradients nor hooks."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def __reduce__(self) -> tuple[Any, ...]:
        t = self.tensor
        return torch._utils._rebuild_tensor, (t._typed_storage(), t.storage_offset(), tuple(t.size()), t.stride())


def write_legacy_torch(rows: dict[str, Row]) -> None:
    """torch.save in the form of before 1.6, which PyTorch still writes on request."""
    base = torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(10))

    def add(name: str, value: Any, tensors: Mapping[str, Tensor], metadata: dict[str, str] | None = None) -> None:
        torch.save(value, OUT / name, _use_new_zipfile_serialization=False)
        rows[name] = {"container": "torch", "tensors": {key: described(t) for key, t in tensors.items()}}
        if metadata is not None:
            rows[name]["metadata"] = metadata

    add("legacy.pt", base, {"": base})
    view = base[1:, 1:3, ::2, 1:4]
    shared = {"all": base, "part": view, "half": base[0].half(), "epoch": 3, "flag": base > 0}
    add("legacy-shared.pth", shared, {k: v for k, v in shared.items() if k != "epoch"}, {"epoch": "3"})
    odd = {"bf16": base[0, 0].bfloat16(), "f8": base[0, 0].to(torch.float8_e4m3fn), "f64": base[0, 0].double().T}
    add("legacy-kinds.pt", odd, odd)
    add("legacy-oldest.pt", {"w": OldTensor(base[0, :, 1])}, {"w": base[0, :, 1]})
    latent = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(11))
    add("legacy-latent.pt", {"samples": latent}, {"samples": latent})
    torch.save({"a": np.float64(3)}, OUT / "legacy-scalar.pt", _use_new_zipfile_serialization=False)
    rows["legacy-scalar.pt"] = {"refused": "file/unsafe"}


def write_png(rows: dict[str, Row]) -> None:
    """A TAESD 8-bit latent (RGBA) and an RGB picture; Pillow chooses each row's filter."""
    rng = np.random.default_rng(9)
    ramp = np.add.outer(np.arange(12) * 9, np.arange(17) * 5)[..., None] + rng.integers(0, 9, (12, 17, 4))
    pixels = (ramp % 256).astype(np.uint8)
    for name, data in {"rgba.png": pixels, "rgb.png": pixels[..., :3]}.items():
        Image.fromarray(np.ascontiguousarray(data)).save(OUT / name)
        rows[name] = {"container": "png", "tensors": {"": described_array(data)}}
    Image.fromarray(pixels[..., 0]).save(OUT / "grey.png")
    rows["grey.png"] = {"refused": "file/unsupported"}


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    rows: dict[str, Row] = {}
    for write in (write_npy, write_npz, write_safetensors, write_torch, write_png, write_legacy_torch):
        write(rows)
    (OUT / "expected.json").write_text(json.dumps(rows, ensure_ascii=False, separators=(",", ":")) + "\n")
    size = sum(path.stat().st_size for path in OUT.iterdir())
    print(f"{len(rows)} files, {size} bytes in {OUT}")


if __name__ == "__main__":
    main()
