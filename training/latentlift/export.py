"""Write public/models: each network as f16 safetensors, the self-test, and the manifest that describes them.

Figures in the manifest are measured on what is written (the f16 weights, computed in f32), never on a checkpoint.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from .data import list_pictures
from .evaluate import Evaluation, as_differences, as_table, load_weights, mean_of
from .half import fit_for_half
from .metrics import Metrics
from .models import Decoder
from .train import weights_of

LICENCE = "Apache-2.0"
SELF_TEST = "selftest.safetensors"
# Of a family with two decoders: the one for a CPU and the one for a GPU.
GRADES = {"flux2-decoder": "fast", "flux2-decoder-fine": "fine"}
TEACHER = "latents of TAEF2 (madebyollin/taesd, MIT)"
ENTRIES = {
    "flux2-decoder": ("decoder", "latentlift-decoder", f"trained from scratch on pictures and {TEACHER}"),
    "flux2-decoder-fine": ("decoder", "latentlift-decoder", f"trained from scratch on pictures and {TEACHER}"),
    "flux2-encoder": ("encoder", "latentlift-encoder", f"trained from scratch to follow {TEACHER}"),
    "flux2-lua": (
        "upscaler",
        "swinir",
        f"trained from scratch after LUA (arXiv 2511.10629) on {TEACHER} and what SPAN (BSD-3) makes of small pictures, "
        "pixel losses through TAEF2's decoder and flux2-decoder",
    ),
}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_weights(state: dict[str, Tensor], path: Path) -> None:
    """State dict -> f16 safetensors; refuses weights that f16 cannot hold."""
    half = {name: tensor.half().contiguous() for name, tensor in state.items()}
    broken = [name for name, tensor in half.items() if not torch.isfinite(tensor).all()]
    if broken:
        raise ValueError(f"{path.name}: not finite as f16: {', '.join(broken)}")
    save_file(half, path)


def shipped(models: Path) -> list[str]:
    """The ids of the networks whose files are there."""
    return [name for name in ENTRIES if (models / f"{name}.safetensors").exists()]


@torch.no_grad()
def write_self_test(models: Path) -> None:
    """For each decoder `ID.latent` [1,32,8,8] and what it makes of that, `ID.decoded` [1,3,64,64]; both f32."""
    latent = torch.randn(1, 32, 8, 8, generator=torch.Generator().manual_seed(7)) * 0.8
    tensors: dict[str, Tensor] = {}
    for name in shipped(models):
        if ENTRIES[name][0] == "decoder":
            decoder = load_weights(models / f"{name}.safetensors")
            tensors |= {f"{name}.latent": latent.clone(), f"{name}.decoded": decoder(latent).contiguous()}
    save_file(tensors, models / SELF_TEST)


FINE = {"flux2-decoder-fine": "F"}  # how its ways are marked in the tables
WAYS = ("lua2", "lua2T", "pixel2", "pixel2T", "lua4", "lua4T", "pixel4", "pixel4T")


def measure(models: Path, teachers: tuple[Path, Path], pictures: Path, match: str) -> tuple[dict[str, Metrics], str]:
    """Quality figures per model id, and the model card's tables; `teachers` are TAEF2's encoder and decoder."""
    paths = [p for p in list_pictures(pictures) if p.match(match)]
    networks = {name: load_weights(models / f"{name}.safetensors") for name in shipped(models)}
    decoder, encoder, upscaler = (networks[f"flux2-{role}"] for role in ("decoder", "encoder", "lua"))
    taef2_encoder, taef2_decoder = (load_weights(path) for path in teachers)
    fine = {suffix: networks[name] for name, suffix in FINE.items() if name in networks}
    results = Evaluation(paths, taef2_encoder).run({"": decoder, "T": taef2_decoder} | fine, upscaler, ("pixel", "span"))
    ways = mean_of(results)
    encoded = mean_of(Evaluation(paths, encoder).run({"T": taef2_decoder}, None, ()))["oracleT"]
    round_all = lambda metrics: {name: round(value, 4) for name, value in metrics.items()}
    teacher = {"teacherPsnr": round(ways["oracleT"]["psnr"], 4)}
    decoders = {"flux2-decoder": ""} | FINE
    quality = {
        name: round_all(ways[f"oracle{suffix}"]) | teacher | {"macsPerPixel": network.macs_per_pixel()}
        for name, suffix in decoders.items()
        if isinstance(network := networks.get(name), Decoder)
    } | {
        "flux2-encoder": round_all(encoded) | teacher,
        "flux2-lua": {f"{way}{name.capitalize()}": round(v, 4) for way in WAYS for name, v in ways[way].items()},
    }
    tables = (as_table(ways), as_differences(results), "our encoder, TAEF2's decoder", as_table({"oracleT": encoded}))
    return quality, "\n\n".join(tables)


def write_manifest(models: Path, quality: dict[str, dict[str, float]]) -> None:
    entries = []
    for name in shipped(models):
        role, architecture, provenance = ENTRIES[name]
        file = models / f"{name}.safetensors"
        entry = {
            "id": name,
            "family": "flux2",
            "role": role,
            "architecture": architecture,
            "file": file.name,
            "sizeBytes": file.stat().st_size,
            "sha256": sha256(file),
            "precision": "f16",
            "space": "model",
            "licence": LICENCE,
            "provenance": provenance,
            "quality": quality.get(name, {}),
        }
        if name in GRADES and set(GRADES) <= set(shipped(models)):
            entry["grade"] = GRADES[name]
        if role == "upscaler":
            entry["scales"] = sorted({int(k.split(".")[1][1:]) for k in load_file(file) if k.startswith("heads.")})
        entries.append(entry)
    test = models / SELF_TEST
    self_test = {"file": test.name, "sizeBytes": test.stat().st_size, "sha256": sha256(test)}
    manifest = {"version": 1, "models": entries, "selfTest": self_test}
    (models / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True, help="public/models")
    for name in ENTRIES:
        parser.add_argument(f"--{name.removeprefix('flux2-')}", type=Path, help=f"checkpoint for {name}; kept as it is without")
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--teacher-decoder", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--match", default="*")
    args = parser.parse_args()
    args.models.mkdir(parents=True, exist_ok=True)
    for name in ENTRIES:
        checkpoint = getattr(args, name.removeprefix("flux2-").replace("-", "_"))
        if checkpoint:
            state = weights_of(checkpoint)
            state = fit_for_half(state) if ENTRIES[name][1] == "swinir" else state
            write_weights(state, args.models / f"{name}.safetensors")
    write_self_test(args.models)
    quality, tables = measure(args.models, (args.teacher, args.teacher_decoder), args.pictures, args.match)
    write_manifest(args.models, quality)
    print(tables)


if __name__ == "__main__":
    main()
