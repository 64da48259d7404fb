"""Random crops and windows of the cache as float tensors, and networks that are used, not trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .cache import Cache
from .data import window
from .evaluate import load_weights
from .precision import run

Batch = dict[str, Tensor]


class Batches:
    """Draws from every crop side that has any, in proportion to the pixels it holds."""

    def __init__(self, folder: Path, seed: int, device: str, rank: int = 0) -> None:
        self.rng = np.random.default_rng([seed, rank])
        self.device = device
        self.folder = folder
        self.caches: list[Cache] = []
        self.refresh()

    def refresh(self) -> int:
        """Pick up chunks written since, of sides not met before too; the number of crops."""
        known = {cache.side for cache in self.caches}
        found = {int(path.name[1:].partition("-")[0]) for path in self.folder.glob("s*-*.safetensors")}
        self.caches += [Cache(self.folder, side) for side in sorted(found - known)]
        return sum(cache.refresh() for cache in self.caches)

    @property
    def cell(self) -> int:
        """Pixels a latent cell."""
        return self.filled()[0].cell

    @property
    def cells(self) -> int:
        """The least crop's side in latent cells."""
        return min(cache.side for cache in self.filled()) // self.cell

    def filled(self) -> list[Cache]:
        """The crop sides that there are crops of."""
        filled = [cache for cache in self.caches if len(cache)]
        if not filled:
            raise IndexError("the cache holds no crops yet: run latentlift.cache first")
        return filled

    def pick(self, at_least: int = 0) -> Cache:
        """A crop side, by the pixels it holds, of at least so many pixels where any is that large."""
        filled = self.filled()
        fitting = [c for c in filled if c.side >= at_least] or filled
        area = np.array([len(c) * c.side**2 for c in fitting], float)
        return fitting[int(self.rng.choice(len(fitting), p=area / area.sum()))]

    def draw(self, count: int, cells: int, step: int = 2, whole: str = "z1") -> tuple[Batch, list[Tensor]]:
        """`count` windows of `cells` cells, stacked, and the uncut latents `whole` [1,32,h,w] that decoders take context from."""
        drawn = [self.pick(cells * self.cell).draw(self.rng) for _ in range(count)]
        if any(whole not in item for item in drawn):
            raise ValueError(f"crops of {self.folder} hold no `{whole}`: build a cache with --upscaler, in a folder of its own")
        items = [window(item, self.rng, cells, step, whole) for item in drawn]
        return self.stack(items, "whole"), [i["whole"].to(self.device).float()[None] for i in items]

    def draw_whole(self, count: int, at_least: int = 0) -> Batch:
        """Uncut crops, all of one side: `count` of 256 pixels, or as many as have no more."""
        cache = self.pick(at_least)
        return self.stack([cache.draw(self.rng) for _ in range(max(1, count * 256**2 // cache.side**2))])

    def stack(self, items: list[dict[str, Tensor]], leave: str = "") -> Batch:
        """Items -> batch: pictures (u8) in [0,1], latents as f32."""
        batch: Batch = {}
        for name, first in items[0].items():
            if name == leave:
                continue
            x = torch.stack([i[name] for i in items]).to(self.device)
            x = x.float() / 255 if first.dtype is torch.uint8 else x.float()
            batch[name] = x.contiguous(memory_format=torch.channels_last)
        return batch


class Frozen:
    """A network that is used, not trained. Its file is read again when it changes: it may be training in another process."""

    def __init__(self, path: Path, device: str) -> None:
        self.path, self.device, self.read = path, device, 0.0
        self.refresh()

    def refresh(self) -> None:
        written = self.path.stat().st_mtime
        if written > self.read:
            self.read = written
            model = load_weights(self.path).requires_grad_(False)
            self.model = model.to(self.device).to(memory_format=torch.channels_last)

    def __call__(self, x: Tensor, *args: int | Tensor | None) -> Tensor:
        return run(self.model, x, *args)
