"""The yardstick during training: the middles of a few pictures, in figures and as a contact sheet to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from .batches import Frozen
from .evaluate import Decode, Evaluation, load_weights, mean_of, to_image
from .families import Family
from .precision import run

SHEETS = {
    "decoder": ("oracleT", "oracle"),
    "encoder": ("oracleT",),
    "lua": ("pixel2T", "lua2T", "lua2", "lua4T"),
    "pixel": ("pixel2", "swin2", "pixel4", "swin4"),
}


class Judge:
    """Measures averaged weights the way they will be used."""

    def __init__(
        self, task: str, pictures: Sequence[Path], teacher: Path, ours: Frozen | None, theirs: Frozen | None, family: Family
    ) -> None:
        self.task, self.pictures, self.ours, self.theirs, self.family = task, pictures, ours, theirs, family
        self.evaluation = Evaluation(pictures, load_weights(teacher), family.middle)

    @torch.no_grad()
    def __call__(self, model: nn.Module, sheet: Path) -> dict[str, float]:
        """{way.metric: mean over the pictures}; the sheet gets a row per picture: picture, then the ways of SHEETS."""
        device = next(model.parameters()).device
        place = lambda f: lambda x, *scale: run(f, x.to(device), *scale).cpu()
        mine: Decode = place(model)
        decoders: dict[str, Decode] = {}
        if self.task == "decoder":
            decoders[""] = mine
        elif self.ours:
            decoders[""] = place(self.ours.model)
        if self.theirs and self.task != "pixel":
            decoders["T"] = place(self.theirs.model)
        evaluation = Evaluation(self.pictures, mine, self.family.middle) if self.task == "encoder" else self.evaluation
        shown: dict[tuple[str, str], Tensor] = {}
        results = evaluation.run(
            decoders,
            place(model) if self.task == "lua" else None,
            ("pixel",) if self.task in ("lua", "pixel") else (),
            place(model) if self.task == "pixel" else None,
            self.family.factors,
            show=lambda name, way, x: shown.__setitem__((name, way), x),
        )
        rows = [
            torch.cat([picture] + [shown[name, way] for way in SHEETS[self.task] if (name, way) in shown], 3)
            for name, picture, _ in evaluation.items
        ]
        to_image(torch.cat(rows, 2)).save(sheet)
        return {f"{way}.{metric}": v for way, metrics in mean_of(results).items() for metric, v in metrics.items()}
