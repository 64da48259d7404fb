"""Pictures -> varied square crops, and their latents."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps
from torch import Tensor

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}


@dataclass(frozen=True)
class Kind:
    """How pictures of one origin are cropped: range of the reduction before cropping, least detail, crops per pass."""

    reduce: tuple[float, float]
    min_detail: float
    repeats: float = 1


# By file-name prefix. Small JPEGs are reduced so that compression artefacts do not become detail to learn; wallpapers
# are often smooth gradients, so flat crops of them are mostly rejected.
KINDS: dict[str, Kind] = {
    "gen": Kind((0.5, 1.0), 0.008, 3),
    "wall": Kind((0.45, 1.0), 0.015),
    "bsds": Kind((0.8, 0.8), 0.01),
    "inet": Kind((0.55, 0.8), 0.01),
    "book": Kind((0.5, 0.9), 0.01),
    "paint": Kind((0.7, 1.0), 0.008),
    "cloth": Kind((0.66, 0.85), 0.01, 0.4),  # thousands of one subject
    "": Kind((0.5, 1.0), 0.01),
}


def list_pictures(folder: Path) -> list[Path]:
    """Every picture file of a folder, sorted by name."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)


def kind_of(path: Path) -> Kind:
    return KINDS.get(path.name.split("_")[0], KINDS[""])


def open_rgb(path: Path) -> Image.Image:
    """The picture as RGB; where it is transparent, a plain warm grey."""
    image = Image.open(path)
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, (124, 118, 110, 255)), image).convert("RGB")


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


def random_crop(path: Path, rng: random.Random, side: int = 256) -> Image.Image | None:
    """One square crop of a picture after a random reduction, or None where it is too small or only flat crops were drawn."""
    kind = kind_of(path)
    image = open_rgb(path)
    smallest = side / min(image.size)
    if smallest > 1:
        return None
    factor = min(1.0, max(rng.uniform(*kind.reduce), smallest * 1.0001))
    image = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)
    crops = []
    for _ in range(3):
        left = rng.randint(0, image.width - side)
        top = rng.randint(0, image.height - side)
        crops.append(image.crop((left, top, left + side, top + side)))
        if detail(crops[-1]) >= kind.min_detail:
            return crops[-1]
    return crops[-1] if rng.random() < 0.1 else None


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
def encode(encoder: Callable[[Tensor], Tensor], images: Sequence[Image.Image], dtype: torch.dtype = torch.float32) -> Tensor:
    """Equal-sized pictures -> latents [n,32,H/8,W/8] f16, one at a time to keep memory flat."""
    latents = []
    for image in images:
        x = (to_tensor(image)[None].to(dtype) / 255).to(memory_format=torch.channels_last)
        latents.append(encoder(x).half().contiguous())
    return torch.cat(latents)


def window(item: dict[str, Tensor], rng: np.random.Generator, cells: int, step: int, whole: str = "z1") -> dict[str, Tensor]:
    """A random square of `cells` full-scale cells, its corner on a multiple of `step` cells, cut from all tensors alike;
    `whole` is the uncut latent of that name. A smaller latent of which the square need not be whole cells is left out."""
    side = item["z1"].shape[-1]
    top, left = (int(rng.integers(0, (side - cells) // step + 1)) * step for _ in range(2))

    def cut(x: Tensor) -> Tensor:
        unit = x.shape[-1] / side
        return x[:, int(top * unit) : int((top + cells) * unit), int(left * unit) : int((left + cells) * unit)]

    fits = lambda x: all(length * x.shape[-1] % side == 0 for length in (cells, step))
    return {name: cut(tensor) for name, tensor in item.items() if fits(tensor)} | {"whole": item[whole]}
