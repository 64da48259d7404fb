"""Crops with everything training needs of them, made once: `python -m latentlift.cache --pictures DIR ... --out DIR`.

A chunk is one safetensors file of equal crops (side S):

| tensor | what |
|---|---|
| `image` u8 [n,3,S,S] | the crop |
| `z1`, `z2`, `z4` f16 [n,32,S/8/f,..] | the teacher's latents of it and of its antialiased bicubic reductions |
| `t1` u8 [n,3,S,S] | the teacher's decode of z1: what a decoder should make of it |
| `y2`, `y4` u8 [n,3,S,S] | the reductions enlarged again by SPAN: what can be known of the crop from them |
| `s2`, `s4` f16 [n,32,S/8,S/8] | the teacher's latents of y2, y4: LUA's targets, functions of its input |

Its metadata names its crops (`picture#pass`). Building again goes on where it stopped, takes pictures added since, and
training reads what is there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from .data import encode, kind_of, list_pictures, random_crop, reduce, to_tensor, varied
from .models import load_tiny
from .precision import run
from .span import Span

# Colour depends on the whole picture's size, so some crops are larger; a crop of 512 costs as much as four of 256.
SIDES = {256: 0.88, 512: 0.11, 768: 0.01}


@dataclass(frozen=True)
class Teachers:
    """What turns a crop into tensors: TAEF2's halves and SPAN by factor."""

    encoder: Callable[[Tensor], Tensor]
    decoder: Callable[[Tensor], Tensor]
    span: dict[int, Span]

    @staticmethod
    def load(encoder: Path, decoder: Path) -> Teachers:
        return Teachers(in_best_precision(encoder), in_best_precision(decoder), {2: Span(2), 4: Span(4)})

    @torch.no_grad()
    def decode(self, latents: Tensor) -> Tensor:
        """Latents [n,32,h,w] -> u8 [n,3,8h,8w], one at a time to keep memory flat."""
        frames = [self.decoder(z[None].float().contiguous(memory_format=torch.channels_last)) for z in latents]
        return torch.cat([(x.clamp(0, 1) * 255).round().byte().contiguous() for x in frames])

    def tensors(self, crops: Sequence[Image.Image]) -> dict[str, Tensor]:
        """All tensors of equal crops."""
        result = {"image": stack(crops), "z1": encode(self.encoder, crops)}
        result["t1"] = self.decode(result["z1"])
        for factor, span in self.span.items():
            small = [reduce(crop, factor) for crop in crops]
            large = [span(picture) for picture in small]
            result[f"z{factor}"] = encode(self.encoder, small)
            result[f"y{factor}"] = stack(large)
            result[f"s{factor}"] = encode(self.encoder, large)
        return result


def in_best_precision(path: Path) -> Callable[[Tensor], Tensor]:
    """One of TAEF2's halves. In bf16, where hardware has it: latents 1.2 % off and decodes 0.5/255, in a third of the time."""
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


def crops_of(pictures: Sequence[Path], passes: range, done: set[str]) -> Iterator[tuple[str, Image.Image]]:
    """One varied crop of every picture per pass (of some kinds several), in an order and by draws that depend on nothing but
    names and the pass."""
    for turn in passes:
        order = sorted(pictures, key=lambda path: hashlib.sha256(f"{path.name}#{turn}".encode()).digest())
        for path, repeat in [(p, r) for p in order for r in range(repeats_of(p, turn))]:
            name = f"{path.name}#{turn}" + (f".{repeat}" if repeat else "")
            if name in done:
                continue
            rng = random.Random(name)
            side = rng.choices(list(SIDES), list(SIDES.values()))[0]
            crop = random_crop(path, rng, side) or (random_crop(path, rng, 256) if side > 256 else None)
            if crop is not None:
                yield name, varied(crop, rng)


def build(pictures: Sequence[Path], teachers: Teachers, out: Path, passes: range, chunk: int) -> None:
    """Write chunks of `chunk` crops (counted in units of 256x256 pixels) until every picture had its passes."""
    out.mkdir(parents=True, exist_ok=True)
    waiting: dict[int, dict[str, Image.Image]] = {}
    for name, crop in crops_of(pictures, passes, finished(out)):
        pending = waiting.setdefault(crop.width, {})
        pending[name] = crop
        if len(pending) * (crop.width // 256) ** 2 >= chunk:
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
    parser.add_argument("--encoder", type=Path, required=True, help="TAEF2's, .pth")
    parser.add_argument("--decoder", type=Path, required=True, help="TAEF2's, .pth")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--first-pass", type=int, default=0)
    parser.add_argument("--chunk", type=int, default=16, help="crops per chunk, in units of 256x256 pixels")
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    pictures = [path for folder in args.pictures for path in list_pictures(folder)]
    passes = range(args.first_pass, args.first_pass + args.passes)
    build(pictures, Teachers.load(args.encoder, args.decoder), args.out, passes, args.chunk)


if __name__ == "__main__":
    main()
