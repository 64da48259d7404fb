"""The latent spaces that are trained for: whose teachers make them, and what crops they want."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Family:
    """One latent space; files are names in the teachers' folder."""

    encoder: str
    decoder: str | None  # None: there is no teacher for this way, and a decoder learns the pictures themselves
    sides: Mapping[int, float]  # sides of crops in pixels, and how often each is drawn
    middle: int  # side of the pictures' middles that a run is judged on, in pixels
    factors: tuple[int, ...]  # that it is judged at: the smallest latent must fill a window of the trunk


FAMILIES = {
    # 8 pixels a cell. Colour depends on the whole picture's size, so some crops are larger.
    "flux2": Family("taef2_encoder.pth", "taef2_decoder.pth", {256: 0.88, 512: 0.11, 768: 0.01}, 256, (2, 4)),
    # 32 pixels a cell: 512 of them are 16 cells, and their half the 8 of one window.
    "sana": Family("taesana_encoder.pth", None, {512: 0.8, 768: 0.15, 1024: 0.05}, 512, (2,)),
}
DEFAULT = "flux2"


def family_of(recipe: Mapping[str, Any]) -> str:
    """The name of the family whose latents a recipe is about."""
    return recipe.get("family", DEFAULT)
