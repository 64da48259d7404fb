"""A small place to train in: pictures with detail, untrained teachers, and the cache made of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from latentlift import cache
from latentlift.models import tiny_decoder, tiny_encoder

torch.set_num_threads(1)


@dataclass(frozen=True)
class Workplace:
    root: Path
    pictures: Path
    cache: Path
    taef2_encoder: Path
    taef2_decoder: Path
    teachers: cache.Teachers


def bicubic(factor):
    return lambda image: image.resize((image.width * factor, image.height * factor), Image.Resampling.BICUBIC)


def make_picture(path, size, rng):
    coarse = Image.fromarray(rng.integers(0, 255, (40, 40, 3), dtype=np.uint8))
    coarse.resize(size, Image.Resampling.BICUBIC).save(path)


@pytest.fixture(scope="session")
def workplace(tmp_path_factory):
    root = tmp_path_factory.mktemp("training")
    (root / "pictures").mkdir()
    rng = np.random.default_rng(0)
    for i in range(4):
        make_picture(root / "pictures" / f"made_{i}.png", (300, 280), rng)
    torch.manual_seed(0)
    torch.save(tiny_encoder(pooled=True).half().state_dict(), root / "encoder.pth")
    torch.save(tiny_decoder(pooled=True).half().state_dict(), root / "decoder.pth")
    encoder, decoder = (evaluate_mode(root / f"{half}.pth") for half in ("encoder", "decoder"))
    teachers = cache.Teachers(encoder, decoder, {2: bicubic(2), 4: bicubic(4)})
    cache.build(sorted((root / "pictures").iterdir()), teachers, root / "cache", range(1), chunk=2)
    return Workplace(root, root / "pictures", root / "cache", root / "encoder.pth", root / "decoder.pth", teachers)


def evaluate_mode(path):
    from latentlift.models import load_tiny

    return load_tiny(torch.load(path, weights_only=True))
