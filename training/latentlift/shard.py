"""A part of the cache that is small enough to travel, and a whole reproduction on the machine it travels to.

    python -m latentlift.shard pack --cache RUN/cache --out RUN/shard --megabytes 50
    python -m latentlift.shard run flux2-lua --shard RUN/shard --teachers T --scratch OUT --minutes 25 --device cuda

A shard holds pictures alone, as WebP; the teachers make their latents and decodes again where they are wanted, which a GPU does
in seconds. SPAN's enlargements travel too, so ncnn is not needed there.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .cache import finished
from .data import reduce, to_tensor
from .evaluate import load_weights
from .families import FAMILIES, Family, family_of
from .precision import autocast
from .reproduce import RECIPES, Places, read, reproduce

TRAVELLING = ("image", "y2", "y4")
QUALITY = 94


def pack(cache: Path, out: Path, megabytes: float, seed: int = 0) -> int:
    """Fill a folder with one file of pictures per chunk, chunks in random order, up to a size; the number of crops."""
    out.mkdir(parents=True, exist_ok=True)
    chunks = sorted(cache.glob("s*.safetensors"))
    room, crops = megabytes * 1e6, 0
    for index in np.random.default_rng(seed).permutation(len(chunks)):
        chunk = load_file(chunks[index])
        packed = {f"{name}.{i}": webp(picture) for name in TRAVELLING for i, picture in enumerate(chunk[name])}
        size = sum(len(data) for data in packed.values())
        if size > room:
            break
        save_file(packed, out / chunks[index].name)
        room -= size
        crops += len(chunk["image"])
    return crops


def webp(picture: Tensor) -> Tensor:
    """u8 [3,H,W] -> the bytes of a WebP file."""
    file = io.BytesIO()
    image = Image.fromarray(picture.permute(1, 2, 0).contiguous().numpy())
    image.save(file, "WEBP", quality=QUALITY, method=4, use_sharp_yuv=True)
    return torch.frombuffer(bytearray(file.getvalue()), dtype=torch.uint8)


def opened(data: Tensor) -> Image.Image:
    return Image.open(io.BytesIO(data.numpy().tobytes())).convert("RGB")


def unpack(shard: Path, family: Family, teachers: Path, out: Path, device: str) -> int:
    """Make a cache of a shard: the pictures as they travelled, and what the teachers make of them; the number of crops."""
    out.mkdir(parents=True, exist_ok=True)
    encoder = load_weights(teachers / family.encoder).to(device)
    decoder = load_weights(teachers / family.decoder).to(device) if family.decoder else None
    for path in sorted(shard.glob("s*.safetensors")):
        packed = load_file(path)
        count = sum(name.startswith("image.") for name in packed)
        pictures = {name: [opened(packed[f"{name}.{i}"]) for i in range(count)] for name in TRAVELLING}
        tensors = {name: torch.stack([to_tensor(p) for p in found]) for name, found in pictures.items()}
        sources = {"z1": pictures["image"], "s2": pictures["y2"], "s4": pictures["y4"]}
        sources |= {f"z{f}": [reduce(p, f) for p in pictures["image"]] for f in (2, 4)}
        for name, found in sources.items():
            tensors[name] = through(encoder, [to_tensor(p).float() / 255 for p in found], device).half()
        if decoder is not None:
            decoded = through(decoder, list(tensors["z1"].float()), device)
            tensors["t1"] = (decoded.clamp(0, 1) * 255).round().byte()
        save_file(tensors, out / path.name, {"crops": json.dumps([f"{path.stem}#{i}" for i in range(count)])})
    return len(finished(out))


@torch.no_grad()
def through(network: nn.Module, items: Sequence[Tensor], device: str) -> Tensor:
    """A network's outputs, one item at a time (GroupNorm and context are of each picture), stacked on the CPU."""
    with autocast(device):
        return torch.stack([network(x[None].to(device))[0].float().cpu().contiguous() for x in items])


def run(name: str, shard: Path, teachers: Path, scratch: Path, minutes: float, device: str) -> Path:
    """Unpack, then reproduce a recipe with its stages shortened, in proportion, to `minutes` in all."""
    recipe = read(RECIPES / f"{name}.toml")
    total = sum(stage["minutes"] for stage in recipe["stages"])
    with tempfile.TemporaryDirectory() as folder:
        family = FAMILIES[family_of(recipe)]
        print(f"{unpack(shard, family, teachers, Path(folder), device)} crops", flush=True)
        models = RECIPES.parents[1] / "public" / "models"
        return reproduce(name, Places(Path(folder), teachers, scratch, models, device=device, speed=total / minutes))


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    packing = commands.add_parser("pack")
    packing.add_argument("--cache", type=Path, required=True)
    packing.add_argument("--out", type=Path, required=True)
    packing.add_argument("--megabytes", type=float, default=50)
    running = commands.add_parser("run")
    running.add_argument("name", choices=sorted(path.stem for path in RECIPES.glob("*.toml")))
    running.add_argument("--shard", type=Path, required=True)
    running.add_argument("--teachers", type=Path, required=True)
    running.add_argument("--scratch", type=Path, required=True)
    running.add_argument("--minutes", type=float, default=25)
    running.add_argument("--device", default="cuda")
    args = parser.parse_args(words)
    if args.command == "pack":
        print(f"{pack(args.cache, args.out, args.megabytes)} crops")
    else:
        print(run(args.name, args.shard, args.teachers, args.scratch, args.minutes, args.device))


if __name__ == "__main__":
    main()
