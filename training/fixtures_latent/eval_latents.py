"""Real model-space latents for the detection test: pictures encoded by TAEF2 into .cache/eval-latents/<stem>.npy [32,H,W] f16.

    cd training && python -m fixtures_latent.eval_latents ENCODER.pth PICTURES_FOLDER

Sides are cut to multiples of 16 px, and pictures reduced to at most 768 px, which keeps one CPU core busy for a few minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from latentlift.models import load_tiny

OUT = Path(__file__).parents[2] / ".cache/eval-latents"
LONGEST = 768


@torch.no_grad()
def main() -> None:
    encoder = load_tiny(torch.load(sys.argv[1], weights_only=True))
    OUT.mkdir(parents=True, exist_ok=True)
    for path in sorted(Path(sys.argv[2]).iterdir()):
        image = Image.open(path).convert("RGB")
        factor = min(1.0, LONGEST / max(image.size))
        image = image.resize((int(image.width * factor), int(image.height * factor)), Image.Resampling.LANCZOS)
        image = image.crop((0, 0, image.width // 16 * 16, image.height // 16 * 16))
        pixels = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1)
        latent = encoder(pixels[None].float() / 255)[0]
        np.save(OUT / f"{path.stem}.npy", latent.numpy().astype(np.float16))
        print(path.stem, tuple(latent.shape), f"std {latent.std():.3f}")


if __name__ == "__main__":
    main()
