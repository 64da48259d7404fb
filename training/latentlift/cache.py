"""Crops with everything training needs of them, made once: `python -m latentlift.cache --pictures DIR ... --out DIR`.

A chunk is one safetensors file of equal crops (side S):

| tensor | what |
|---|---|
| `image` u8 [n,3,S,S] | the crop |
| `z1`, `z2`, `z4` f16 [n,32,S/8/f,..] | the teacher's latents of it and of its antialiased bicubic reductions |
| `t1` u8 [n,3,S,S] | the teacher's decode of z1: what a decoder should make of it; not where a family's teacher has no decoder |
| `y2`, `y4` u8 [n,3,S,S] | the reductions enlarged again by SPAN: what can be known of the crop from them |
| `s2`, `s4` f16 [n,32,S/8,S/8] | the teacher's latents of y2, y4: LUA's targets, functions of its input |
| `u` f16 [n,32,S/8,S/8], `tu` u8 [n,3,S,S] | a latent that a LUA made of z2 or z4, and the teacher's decode of it |

`y`, `s` are what LUA learns from; `u`, `tu`, with `--upscaler LUA`, what a decoder learns LUA's latents from. A decoder needs no
targets: `--no-targets` leaves `y`, `s` out.

(8: pixels a cell; Sana's cells have 32.)

Its metadata names its crops (`picture#pass`). Building again goes on where it stopped, takes pictures added since, and
training reads what is there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from .data import encode, kind_of, list_pictures, random_crop, reduce, to_tensor, varied
from .evaluate import load_weights
from .families import DEFAULT, FAMILIES
from .models import load_tiny
from .precision import run
from .span import Span

FACTORS = (2, 4)


@dataclass(frozen=True)
class Teachers:
    """What turns a crop into tensors: the teacher's halves, SPAN by factor, a LUA."""

    encoder: Callable[[Tensor], Tensor]
    decoder: Callable[[Tensor], Tensor] | None
    span: dict[int, Span]
    upscaler: Callable[[Tensor, int], Tensor] | None = None

    @staticmethod
    def load(encoder: Path, decoder: Path | None, upscaler: Path | None, has_targets: bool) -> Teachers:
        halves = in_best_precision(encoder), in_best_precision(decoder) if decoder else None
        span = {factor: Span(factor) for factor in FACTORS} if has_targets else {}
        lua = load_weights(upscaler) if upscaler else None
        return Teachers(*halves, span, None if lua is None else lambda z, scale: run(lua, z, scale))

    @torch.no_grad()
    def decode(self, latents: Tensor) -> Tensor:
        """Latents [n,32,h,w] -> u8 [n,3,8h,8w], one at a time to keep memory flat."""
        if self.decoder is None:
            raise ValueError("this family's teacher has no decoder")
        frames = [self.decoder(z[None].float().contiguous(memory_format=torch.channels_last)) for z in latents]
        return torch.cat([(x.clamp(0, 1) * 255).round().byte().contiguous() for x in frames])

    def tensors(self, crops: Sequence[Image.Image]) -> dict[str, Tensor]:
        """All tensors of equal crops."""
        result = {"image": stack(crops), "z1": encode(self.encoder, crops)}
        if self.decoder is not None:
            result["t1"] = self.decode(result["z1"])
        for factor in FACTORS:
            small = [reduce(crop, factor) for crop in crops]
            result[f"z{factor}"] = encode(self.encoder, small)
            if factor in self.span:
                large = [self.span[factor](picture) for picture in small]
                result[f"y{factor}"] = stack(large)
                result[f"s{factor}"] = encode(self.encoder, large)
        if self.upscaler is not None:
            result["u"] = torch.cat([self.enlarged(result, index) for index in range(len(crops))])
            result["tu"] = self.decode(result["u"])
        return result

    @torch.no_grad()
    def enlarged(self, tensors: Mapping[str, Tensor], index: int) -> Tensor:
        """LUA's latent [1,32,h,w] of one crop: of every fourth from a quarter, of the others from a half."""
        assert self.upscaler is not None
        factor = 4 if index % 4 == 3 else 2
        return self.upscaler(tensors[f"z{factor}"][index : index + 1].float(), factor).half().contiguous()


def in_best_precision(path: Path) -> Callable[[Tensor], Tensor]:
    """One of a teacher's halves. In bf16, where hardware has it: TAEF2's latents 1.2 % off, in a third of the time."""
    network = load_tiny(torch.load(path, weights_only=True)).to(memory_format=torch.channels_last)
    return lambda x: run(network, x)


def stack(pictures: Sequence[Image.Image]) -> Tensor:
    return torch.stack([to_tensor(p) for p in pictures])


def finished(out: Path) -> set[str]:
    """Names of the crops that the chunks of a folder hold."""
    names: set[str] = set()
    for path in out.glob("s*.safetensors"):
        with safe_open(path, "pt") as file:
            names.update(json.loads((file.metadata() or {}).get("crops", "[]")))
    return names


def write_chunk(out: Path, crops: dict[str, Image.Image], teachers: Teachers) -> Path:
    """Write named equal crops as one chunk; the file appears under its name only when complete."""
    names = json.dumps(list(crops))
    side = next(iter(crops.values())).width
    path = out / f"s{side}-{hashlib.sha256(names.encode()).hexdigest()[:12]}.safetensors"
    partial = path.with_suffix(f".{os.getpid()}.partial")
    save_file(teachers.tensors(list(crops.values())), partial, {"crops": names})
    partial.rename(path)
    return path


def repeats_of(path: Path, turn: int) -> int:
    """How many crops a picture gives in a pass: the whole part of its kind's number, and one more as often as the rest says."""
    return int(kind_of(path).repeats + random.Random(f"{path.name}#{turn} repeats").random())


def crops_of(
    pictures: Sequence[Path], passes: range, done: set[str], sides: Mapping[int, float] = FAMILIES[DEFAULT].sides
) -> Iterator[tuple[str, Image.Image]]:
    """One varied crop of every picture per pass (of some kinds several), in an order and by draws that depend on nothing but
    names and the pass."""
    for turn in passes:
        order = sorted(pictures, key=lambda path: hashlib.sha256(f"{path.name}#{turn}".encode()).digest())
        for path, repeat in [(p, r) for p in order for r in range(repeats_of(p, turn))]:
            name = f"{path.name}#{turn}" + (f".{repeat}" if repeat else "")
            if name in done:
                continue
            rng = random.Random(name)
            side, least = rng.choices(list(sides), list(sides.values()))[0], min(sides)
            crop = random_crop(path, rng, side) or (random_crop(path, rng, least) if side > least else None)
            if crop is not None:
                yield name, varied(crop, rng)


def build(
    pictures: Sequence[Path],
    teachers: Teachers,
    out: Path,
    passes: range,
    chunk: int,
    sides: Mapping[int, float] = FAMILIES[DEFAULT].sides,
) -> None:
    """Write chunks of `chunk` crops (counted in units of the smallest side's) until every picture had its passes."""
    out.mkdir(parents=True, exist_ok=True)
    waiting: dict[int, dict[str, Image.Image]] = {}
    for name, crop in crops_of(pictures, passes, finished(out), sides):
        pending = waiting.setdefault(crop.width, {})
        pending[name] = crop
        if len(pending) * (crop.width // min(sides)) ** 2 >= chunk:
            print(write_chunk(out, pending, teachers).name, flush=True)
            waiting[crop.width] = {}
    for pending in waiting.values():
        if pending:
            print(write_chunk(out, pending, teachers).name, flush=True)


class Cache:
    """All chunks of one crop side, mapped into memory; `refresh` picks up chunks written since."""

    def __init__(self, folder: Path, side: int) -> None:
        self.folder, self.side = folder, side
        self.seen: set[str] = set()
        self.chunks: list[dict[str, Tensor]] = []
        self.starts: list[int] = []
        self.length = 0
        self.refresh()

    def refresh(self) -> int:
        for path in sorted(self.folder.glob(f"s{self.side}-*.safetensors")):
            if path.name not in self.seen:
                self.seen.add(path.name)
                self.chunks.append(load_file(path))
                self.starts.append(self.length)
                self.length += len(self.chunks[-1]["image"])
        return self.length

    def __len__(self) -> int:
        return self.length

    @property
    def cell(self) -> int:
        """Pixels a latent cell; of a cache that holds crops."""
        return self.side // self.chunks[0]["z1"].shape[-1]

    def draw(self, rng: np.random.Generator) -> dict[str, Tensor]:
        """One random item: the chunk's tensors without their first dimension."""
        if not self.length:
            raise IndexError(f"the cache {self.folder} holds no crops of side {self.side}: run latentlift.cache first")
        index = int(rng.integers(self.length))
        at = int(np.searchsorted(self.starts, index, side="right")) - 1
        return {name: tensor[index - self.starts[at]] for name, tensor in self.chunks[at].items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, nargs="+", required=True, help="folders")
    parser.add_argument("--teachers", type=Path, required=True, help="folder of the teacher's encoder and decoder, .pth")
    parser.add_argument("--family", choices=sorted(FAMILIES), default=DEFAULT)
    parser.add_argument("--upscaler", type=Path, help="a LUA, whose latents a decoder is to learn")
    parser.add_argument("--no-targets", action="store_true", help="without what LUA learns from: half of the time")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--first-pass", type=int, default=0)
    parser.add_argument("--chunk", type=int, default=16, help="crops per chunk, in units of the smallest")
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    pictures = [path for folder in args.pictures for path in list_pictures(folder)]
    passes = range(args.first_pass, args.first_pass + args.passes)
    family = FAMILIES[args.family]
    decoder = args.teachers / family.decoder if family.decoder else None
    teachers = Teachers.load(args.teachers / family.encoder, decoder, args.upscaler, not args.no_targets)
    build(pictures, teachers, args.out, passes, args.chunk, family.sides)


if __name__ == "__main__":
    main()
