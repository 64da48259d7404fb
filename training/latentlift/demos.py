"""Write public/demos: latents of freely redistributable pictures, as a person's own file would look, and thumbnails.

Latents come from the TAEF2 encoder, not from ours; thumbnails are our decoder's. Pictures come from scikit-image's
wheel and from Debian packages unpacked with `dpkg-deb -x` into one folder (--debian); the page of text is drawn here.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from .data import open_rgb, to_tensor
from .evaluate import load_weights
from .models import CELL

THUMBNAIL_SIDE = 160
LOMIRI = "usr/share/backgrounds"
PLASMA = "usr/share/wallpapers"


@dataclass(frozen=True)
class Demo:
    """One demo: which part of which picture (left, top, width, height in its pixels), at how many cells; the page opens on
    `focus`, x and y in 0..1 of its sides, where there is detail to look at."""

    id: str
    title: str
    kind: str
    path: str
    box: tuple[int, int, int, int]
    height: int
    width: int
    focus: tuple[float, float]
    source: str
    licence: str
    author: str


# The page opens on the first: a small one, with thin structure that stretching loses.
DEMOS = (
    Demo("rocket", "Falcon 9 on the pad", "machinery", "skimage:rocket.jpg", (212, 60, 367, 367), 32, 32, (0.5, 0.72),
         "scikit-image data", "Public domain", "SpaceX"),
    Demo("astronaut", "Eileen Collins", "portrait", "skimage:astronaut.png", (0, 0, 512, 512), 64, 64, (0.42, 0.17),
         "scikit-image data, NASA Great Images", "Public domain", "NASA"),
    Demo("dandelions", "Dandelions", "foliage", f"{LOMIRI}/seeding_by_Clements_Engelhardt.jpg", (0, 0, 0, 0), 48, 72,
         (0.25, 0.32), "Debian package lomiri-wallpapers-16.04", "CC0-1.0", "Clemens Engelhardt"),
    Demo("dragonfly", "Dragonfly in a tree", "foliage", f"{LOMIRI}/Dragonfly_by_Bolly.jpg", (0, 0, 0, 0), 64, 64, (0.66, 0.38),
         "Debian package lomiri-wallpapers-16.04", "CC-BY-SA-4.0", "Bolly"),
    Demo("chelsea", "Chelsea the cat", "animal", "skimage:chelsea.png", (75, 0, 300, 300), 32, 32, (0.33, 0.38),
         "scikit-image data", "CC0-1.0", "Stéfan van der Walt"),
    Demo("type", "Printed text", "text", "drawn:type", (0, 0, 512, 384), 48, 64, (0.3, 0.62),
         "drawn by training/latentlift/demos.py in DejaVu Sans", "CC0-1.0", "LatentLift"),
    Demo("safe-landing", "Safe Landing", "illustration", f"{PLASMA}/SafeLanding/contents/images/5120x2880.jpg",
         (0, 0, 0, 0), 64, 64, (0.22, 0.66), "Debian package plasma-workspace-wallpapers", "CC-BY-SA-4.0", "Louis Durrant"),
)


TYPE_LINES = (
    (54, "Latent, not pixels"),
    (30, "The quick brown fox jumps over"),
    (24, "the lazy dog. 0123456789 & (a+b)^2"),
    (19, "Sphinx of black quartz, judge my vow; pack my box"),
    (16, "with five dozen liquor jugs. How vexingly quick daft zebras jump!"),
    (13, "Small print tests an upscaler most: strokes are one pixel wide, and every letter matters."),
)


def draw_type(width: int, height: int) -> Image.Image:
    """A page of text in falling sizes, DejaVu Sans, dark on warm paper with one reversed line."""
    import matplotlib

    font_file = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    image = Image.new("RGB", (width, height), (246, 240, 226))
    pen = ImageDraw.Draw(image)
    top = 24
    for index, (size, line) in enumerate(TYPE_LINES):
        font = ImageFont.truetype(str(font_file), size)
        while pen.textlength(line, font) > width - 32:
            size -= 1
            font = ImageFont.truetype(str(font_file), size)
        if index == 2:
            pen.rectangle((0, top - 8, width, top + size + 14), fill=(28, 60, 110))
        pen.text((16, top), line, font=font, fill=(250, 214, 90) if index == 2 else (30, 28, 34))
        top += round(size * 1.35) + 22
    return image


def picture(demo: Demo, debian: Path) -> Image.Image:
    """The demo's picture, cut to its box (all of it when the box is empty), then centred and reduced to its cells."""
    if demo.path.startswith("skimage:"):
        import skimage

        image = open_rgb(Path(skimage.__file__).parent / "data" / demo.path.removeprefix("skimage:"))
    elif demo.path == "drawn:type":
        image = draw_type(demo.width * CELL, demo.height * CELL)
    else:
        image = open_rgb(next(debian.glob(f"**/{demo.path}")))
    left, top, width, height = demo.box
    if width:
        image = image.crop((left, top, left + width, top + height))
    size = (demo.width * CELL, demo.height * CELL)
    scale = max(size[0] / image.width, size[1] / image.height)
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    left, top = (image.width - size[0]) // 2, (image.height - size[1]) // 2
    return image.crop((left, top, left + size[0], top + size[1]))


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debian", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--decoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    encoder, decoder = load_weights(args.teacher), load_weights(args.decoder)
    entries = []
    for demo in DEMOS:
        latent = encoder(to_tensor(picture(demo, args.debian))[None].float() / 255).half()
        np.save(args.out / f"{demo.id}.npy", latent.numpy())
        pixels = (decoder(latent.float())[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
        thumbnail = Image.fromarray(pixels)
        scale = THUMBNAIL_SIDE / min(thumbnail.size)
        size = (round(thumbnail.width * scale), round(thumbnail.height * scale))
        thumbnail.resize(size, Image.Resampling.LANCZOS).save(args.out / f"{demo.id}.webp", quality=82)
        entries.append({
            "id": demo.id, "title": demo.title, "kind": demo.kind, "file": f"{demo.id}.npy", "thumbnail": f"{demo.id}.webp",
            "family": "flux2", "height": demo.height, "width": demo.width, "focus": list(demo.focus),
            "source": demo.source, "licence": demo.licence, "author": demo.author,
        })
    (args.out / "demos.json").write_text(json.dumps({"version": 1, "demos": entries}, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
