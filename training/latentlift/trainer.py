"""A run: a time budget, checkpoints, resuming, curves."""

from __future__ import annotations

import csv
import sys
import time
from collections import defaultdict
from pathlib import Path

import torch
from torch import nn

from .config import Config
from .judge import Judge
from .optim import Ema, Muon, split_parameters
from .ranks import Ranks
from .tasks import Task

ADAM_ONLY = (
    "context", "conv_in", "conv_out", "conv_first", "skip", "stages.2.up",
    "conv_last.weight", "refine.conv_in.weight", "refine.conv_out.weight",
)

TRAINED_PER_JUDGED = 15  # seconds of training, at least, for each second of looking at what it came to


def rate(config: Config, step: int, progress: float) -> float:
    """Learning-rate factor: linear warm-up, hold, linear fall to zero at the end of the budget."""
    fall = 1.0 if progress < config.hold else max(0.0, (1 - progress) / (1 - config.hold))
    return min(1.0, (step + 1) / config.warmup_steps) * fall


def optimizers_of(config: Config, model: nn.Module) -> list[tuple[torch.optim.Optimizer, float]]:
    """Muon for the hidden matrices (unless its rate is zero) and Adam for the rest, each with its base rate."""
    matrices, rest = split_parameters(model, ADAM_ONLY)
    matrices, rest = ([p for p in group if p.requires_grad] for group in (matrices, rest))
    if not config.lr:
        matrices, rest = [], matrices + rest
    adam = torch.optim.AdamW(rest, config.adam_lr, betas=(config.beta, 0.99), weight_decay=0)
    pairs: list[tuple[torch.optim.Optimizer, float]] = [(adam, config.adam_lr)]
    return [(Muon(matrices, config.lr), config.lr), *pairs] if matrices else pairs


class Trainer:
    """Runs a task until its budget is spent; the final averaged weights are in <out>/last.pt, key `ema`."""

    def __init__(self, config: Config, task: Task, out: Path, judge: Judge | None, ranks: Ranks) -> None:
        self.config, self.task, self.out, self.judge, self.ranks = config, task, out, judge, ranks
        self.step, self.elapsed = 0, 0.0
        self.ema = Ema(task.model, config.ema)
        self.optimizers = optimizers_of(config, task.model)
        out.mkdir(parents=True, exist_ok=True)
        if (out / "last.pt").exists():
            self.load(torch.load(out / "last.pt", map_location="cpu", weights_only=True))

    def fit(self) -> None:
        """Train until the budget is spent."""
        begun = self.elapsed
        # Alone on a CPU, a run counts the time it computed: a busy machine must not anneal it early.
        clock = time.process_time if self.ranks.size == 1 and self.task.batches.device == "cpu" else time.monotonic
        started = self.ranks.agree(clock() - begun)
        saved, evaluate_at = time.monotonic(), begun + self.config.evaluate_every_s if begun else 0.0
        shown: dict[str, list[float]] = defaultdict(list)
        budget = self.config.minutes * 60
        while self.elapsed < budget:
            for name, value in self.one_step(self.elapsed / budget).items():
                shown[name].append(value)
            self.elapsed = min(clock() - started, budget)
            self.ranks.average(self.task.model, self.elapsed - begun)
            if time.monotonic() - saved <= self.config.save_every_s and self.elapsed < budget:
                continue
            saved = time.monotonic()
            if self.ranks.rank > 0:
                self.task.refresh()
                continue
            self.save()
            report = {name: sum(values) / len(values) for name, values in shown.items()}
            shown.clear()
            if self.judge and (self.elapsed >= evaluate_at or self.elapsed >= budget):
                before = clock()
                report |= self.judge(self.ema.model, self.out / f"sheet-{int(self.elapsed // 60):04d}.png")
                taken = clock() - before
                started += taken  # the budget is for training
                evaluate_at = self.elapsed + max(self.config.evaluate_every_s, TRAINED_PER_JUDGED * taken)
            self.record(report, budget, self.task.refresh())

    def one_step(self, progress: float) -> dict[str, float]:
        """Gradients, clipped, into the weights and their average; a step that is not finite is skipped."""
        self.task.rate = rate(self.config, self.step, progress)
        for optimizer, base in self.optimizers:
            optimizer.param_groups[0]["lr"] = base * self.task.rate
            optimizer.zero_grad(set_to_none=True)
        terms = self.task.step()
        norm = nn.utils.clip_grad_norm_(self.task.model.parameters(), self.config.clip)
        if torch.isfinite(norm):
            for optimizer, _ in self.optimizers:
                optimizer.step()
        self.ema.update(self.task.model, self.step)
        self.step += 1
        return terms | {"norm": float(norm)}

    def record(self, report: dict[str, float], budget: float, crops: int) -> None:
        """One line on the terminal, one row per figure in curves.csv."""
        share = self.elapsed / budget
        bar = "#" * int(20 * share) + "." * (20 - int(20 * share))
        figures = " ".join(f"{k} {v:.4g}" for k, v in report.items())
        print(f"[{bar}] {self.elapsed / 60:.1f}/{budget / 60:.0f} min step {self.step} crops {crops} {figures}", flush=True)
        path = self.out / "curves.csv"
        is_new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow(["seconds", "step", "name", "value"])
            writer.writerows([round(self.elapsed, 1), self.step, k, f"{v:.6g}"] for k, v in report.items())

    def save(self) -> None:
        """Write the checkpoint; the file appears under its name only when complete."""
        state = {
            "model": self.task.model.state_dict(),
            "ema": self.ema.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer, _ in self.optimizers],
            "step": self.step,
            "elapsed": self.elapsed,
        }
        if self.task.adversary:
            state["adversary"] = self.task.adversary.state_dict()
        partial = self.out / "last.partial"
        torch.save(state, partial)
        partial.rename(self.out / "last.pt")

    def load(self, state: dict) -> None:
        """Go on from a checkpoint of the same run."""
        self.task.model.load_state_dict(state["model"])
        self.ema.model.load_state_dict(state["ema"])
        for (optimizer, _), saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        if self.task.adversary:
            self.task.adversary.load_state_dict(state["adversary"])
        self.step, self.elapsed = state["step"], state["elapsed"]
        print(f"resumed at step {self.step}, {self.elapsed / 60:.1f} min", file=sys.stderr)


def plot(path: Path) -> None:
    """curves.png beside curves.csv: losses and, where measured, PSNR."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    series: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with path.open() as file:
        for row in csv.DictReader(file):
            series[row["name"]].append((float(row["seconds"]) / 60, float(row["value"])))
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
    for name, points in series.items():
        if "." not in name and name != "norm":
            left.plot(*zip(*points, strict=True), label=name)
        if name.endswith(".psnr"):
            right.plot(*zip(*points, strict=True), marker="o", label=name)
    left.set(xlabel="minutes", ylabel="weighted loss", yscale="log")
    right.set(xlabel="minutes", ylabel="PSNR dB")
    left.legend()
    if right.lines:
        right.legend()
    figure.tight_layout()
    figure.savefig(path.with_suffix(".png"), dpi=110)
    plt.close(figure)
