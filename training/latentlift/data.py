"""Pictures -> crops -> cached latents.

A chunk is one safetensors file: `image` u8 [n,3,S,S], and the teacher's latents of that crop and of its antialiased
bicubic reductions: `z1` [n,32,S/8,S/8], `z2` (1/2), `z4` (1/4), all f16. Latents are made once; training reads chunks.
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .models import CELL, load_tiny

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}


@dataclass(frozen=True)
class Kind:
    """How pictures of one origin are cropped: repeats per pass, range of the reduction before cropping, crop side."""

    repeats: float
    reduce: tuple[float, float]
    side: int
    min_detail: float


# By file-name prefix. Small JPEGs are reduced so that compression artefacts do not become detail to learn; wallpapers
# are often smooth gradients, so flat crops of them are mostly rejected.
KINDS: dict[str, Kind] = {
    "gen": Kind(2.0, (0.5, 1.0), 512, 0.008),
    "wall": Kind(0.7, (0.45, 1.0), 512, 0.015),
    "bsds": Kind(1.0, (0.8, 0.8), 256, 0.01),
    "inet": Kind(1.0, (0.55, 0.8), 256, 0.01),
    "": Kind(1.0, (0.5, 1.0), 256, 0.01),
}


def list_pictures(folder: Path) -> list[Path]:
    """Every picture file of a folder, sorted by name."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)


def kind_of(path: Path) -> Kind:
    return KINDS.get(path.name.split("_")[0], KINDS[""])


def open_rgb(path: Path) -> Image.Image:
    return Image.open(path).convert("RGB")


def to_tensor(image: Image.Image) -> Tensor:
    """Picture -> u8 [3,H,W]."""
    return torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1).contiguous()


def reduce(image: Image.Image, factor: int) -> Image.Image:
    """1/factor of a picture by Pillow's bicubic, which widens its kernel and so does not alias."""
    return image.resize((image.width // factor, image.height // factor), Image.Resampling.BICUBIC)


def detail(image: Image.Image) -> float:
    """Mean absolute difference of neighbouring luminance pixels, in [0,1]: near 0 for a gradient or a sky."""
    grey = np.asarray(image.convert("L"), np.float32) / 255
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()) / 2


def random_crop(path: Path, rng: random.Random) -> Image.Image | None:
    """One square crop of a picture after a random reduction, or None where only flat crops were drawn."""
    kind = kind_of(path)
    image = open_rgb(path)
    smallest = kind.side / min(image.size)
    factor = rng.uniform(*kind.reduce)
    factor = min(1.0, max(factor, smallest * 1.0001))
    if smallest > 1:
        return None
    image = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)
    for _ in range(3):
        left = rng.randint(0, image.width - kind.side)
        top = rng.randint(0, image.height - kind.side)
        crop = image.crop((left, top, left + kind.side, top + kind.side))
        if detail(crop) >= kind.min_detail:
            return crop
    return crop if rng.random() < 0.1 else None


def varied(crop: Image.Image, rng: random.Random) -> Image.Image:
    """Mirrored half of the time and, independently, in other colours half of the time: gamma, channel gains, saturation.

    The latent of a whole crop depends on the colours of the whole crop, of which a crop is only one example.
    """
    if rng.random() < 0.5:
        crop = ImageOps.mirror(crop)
    if rng.random() < 0.5:
        gamma = rng.uniform(0.7, 1.4)
        gains = [rng.uniform(0.75, 1) for _ in range(3)]
        crop = crop.point([round(255 * gain * (level / 255) ** gamma) for gain in gains for level in range(256)])
        crop = ImageEnhance.Color(crop).enhance(rng.uniform(0.5, 1.5))
    return crop


@torch.no_grad()
def encode(encoder: nn.Module, images: Sequence[Image.Image], dtype: torch.dtype = torch.float32) -> Tensor:
    """Equal-sized pictures -> latents [n,32,H/8,W/8] f16, one at a time to keep memory flat."""
    latents = []
    for image in images:
        x = (to_tensor(image)[None].to(dtype) / 255).to(memory_format=torch.channels_last)
        latents.append(encoder(x).half().contiguous())
    return torch.cat(latents)


def write_chunk(path: Path, crops: Sequence[Image.Image], encoder: nn.Module, dtype: torch.dtype) -> None:
    """Encode crops at three scales and write them; the file appears under its name only when complete."""
    tensors = {"image": torch.stack([to_tensor(c) for c in crops])}
    for factor in (1, 2, 4):
        tensors[f"z{factor}"] = encode(encoder, crops if factor == 1 else [reduce(c, factor) for c in crops], dtype)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial)
    partial.rename(path)


def build_cache(pictures: Path, teacher: Path, out: Path, passes: int, chunk: int, seed: int, dtype: torch.dtype) -> None:
    """Write chunks until every picture had `passes` turns; a finished chunk is kept, so it can be interrupted."""
    out.mkdir(parents=True, exist_ok=True)
    encoder = load_tiny(torch.load(teacher, weights_only=True)).to(dtype).to(memory_format=torch.channels_last)
    for turn in range(passes):
        rng = random.Random(seed + turn)
        files = list_pictures(pictures)
        drawn = [p for p in files for _ in range(int(kind_of(p).repeats + rng.random()))]
        rng.shuffle(drawn)
        waiting: dict[int, list[Image.Image]] = {}
        written = 0
        for path in drawn:
            crop = random_crop(path, rng)
            if crop is None:
                continue
            pending = waiting.setdefault(crop.width, [])
            pending.append(varied(crop, rng))
            if len(pending) * (crop.width // 256) ** 2 >= chunk:
                target = out / f"s{crop.width}-p{seed + turn:02d}-{written:04d}.safetensors"
                if not target.exists():
                    write_chunk(target, pending, encoder, dtype)
                    print(target.name, flush=True)
                written += 1
                waiting[crop.width] = []


class Cache:
    """All chunks of one crop side in memory; `refresh` picks up chunks written since."""

    def __init__(self, folder: Path, side: int) -> None:
        self.folder, self.side = folder, side
        self.seen: set[str] = set()
        self.chunks: list[dict[str, Tensor]] = []
        self.refresh()

    def refresh(self) -> int:
        for path in sorted(self.folder.glob(f"s{self.side}-*.safetensors")):
            if path.name not in self.seen:
                self.seen.add(path.name)
                self.chunks.append(load_file(path))
        return len(self)

    def __len__(self) -> int:
        return sum(len(c["image"]) for c in self.chunks)

    def draw(self, rng: np.random.Generator) -> dict[str, Tensor]:
        """One random item: image [3,S,S] u8 and its latents z1, z2, z4 f16."""
        index = int(rng.integers(len(self)))
        for chunk in self.chunks:
            if index < len(chunk["image"]):
                return {name: tensor[index] for name, tensor in chunk.items()}
            index -= len(chunk["image"])
        raise IndexError(f"the cache {self.folder} holds no crops of side {self.side}: run latentlift.data first")


def window(item: dict[str, Tensor], rng: np.random.Generator, cells: int, step: int) -> dict[str, Tensor]:
    """A random square of `cells` full-scale cells, its corner on a multiple of `step` cells, cut from all scales alike;
    `whole` is the uncut z1."""
    side = item["z1"].shape[-1]
    top, left = (int(rng.integers(0, (side - cells) // step + 1)) * step for _ in range(2))
    cut = lambda x, unit: x[:, int(top * unit) : int((top + cells) * unit), int(left * unit) : int((left + cells) * unit)]  # noqa: E731
    return {
        "image": cut(item["image"], CELL),
        "z1": cut(item["z1"], 1),
        "z2": cut(item["z2"], 0.5),
        "z4": cut(item["z4"], 0.25),
        "whole": item["z1"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=build_cache.__doc__)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True, help="TAEF2 encoder, .pth")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--chunk", type=int, default=64, help="crops per chunk, in units of 256x256 pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bf16", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    dtype = torch.bfloat16 if args.bf16 else torch.float32
    build_cache(args.pictures, args.teacher, args.out, args.passes, args.chunk, args.seed, dtype)


if __name__ == "__main__":
    main()
