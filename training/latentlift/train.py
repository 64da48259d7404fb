"""Train one of the three networks: `python -m latentlift.train {decoder,encoder,lua} --cache DIR --out DIR --minutes M`.

A run is a time budget, not a number of steps: the learning rate holds, then falls linearly to zero at the end of the
budget, whatever the machine. Checkpoints go to --out; starting again with the same --out resumes. Curves are written
as curves.csv and curves.png beside them.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import EllipsisType

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from . import losses
from .data import CELL, Cache, list_pictures, window
from .evaluate import Evaluation, load_weights, mean_of
from .models import Decoder, Encoder, Lua
from .optim import Ema, Muon, split_parameters
from .ridge import solve_skip


Window = tuple[EllipsisType, slice, slice]


@dataclass(frozen=True)
class Config:
    """Everything that defines a run; `batch` is per process. Loss weights of zero switch a loss off."""

    task: str
    minutes: float
    batch: int
    cells: int  # side of a training window, in full-scale latent cells
    lr: float = 3e-4  # Muon, in Adam's units
    adam_lr: float = 3e-5  # layers that touch latents and pixels, tables, norms, biases
    hold: float = 0.5  # share of the budget before the learning rate falls
    warmup_steps: int = 200
    clip: float = 1.0
    ema: float = 0.999
    pixel: float = 0.0
    latent: float = 0.0
    latent_fft: float = 0.0
    fft: float = 0.0
    down: float = 0.0
    high: float = 0.0
    energy: float = 0.0
    ssim: float = 0.0
    tone: float = 0.0  # LUA: 32-px block means, and the window's, against the decode of the true latent
    texture_x4: float = 0.25  # LUA x4: share of fft and energy, for strength without place costs PSNR and SSIM
    upscaled: float = 0.5  # decoder: weight of latents that an upscaler made
    latent_only_share: float = 0.0  # LUA stage I: share of the budget on latent losses alone
    evaluate_every_s: float = 300
    save_every_s: float = 120
    seed: int = 0


PRESETS: dict[str, Config] = {
    "decoder": Config(
        "decoder", minutes=60, batch=6, cells=20, lr=3e-4, adam_lr=3e-5, hold=0.25, pixel=1.0, fft=0.02, down=0.3, energy=0.1,
        upscaled=0.4,
    ),
    "encoder": Config("encoder", minutes=40, batch=4, cells=32, lr=1e-3, adam_lr=1e-4, hold=0.1, latent=1.0),
    "lua": Config(
        "lua", minutes=100, batch=4, cells=32, lr=5e-4, adam_lr=2e-5, hold=0.3, pixel=10.0, latent=0.3, fft=0.5, down=4.0,
        high=1.0, energy=4.0, ssim=1.0, tone=15.0, texture_x4=0.0, latent_only_share=0.03,
    ),
}


def build(task: str) -> nn.Module:
    """The shipped sizes: 3.2, 2.2 and 4.6 MB as f16."""
    if task == "decoder":
        return Decoder(widths=(128, 64, 32), blocks=(3, 3, 1), context=128)
    if task == "encoder":
        return Encoder(widths=(32, 64, 96), blocks=(1, 2, 4))
    return Lua(embed=112, depths=(2,) * 5, heads=7, window=8, features=48, context=112)


ADAM_ONLY = ("context", "conv_in", "conv_out", "conv_first", "skip", "stages.2.up", "conv_last.weight")


class Ranks:
    """Processes of one thread that train side by side and average their weights every few seconds (local SGD).

    On a shared CPU this wastes far less than threads, which wait for each other at every operation, or than averaging
    gradients, which waits at every step: a rank that lost its core for a moment just makes fewer steps.
    """

    def __init__(self, rank: int, size: int, every_s: float = 8) -> None:
        self.rank, self.size, self.every_s = rank, size, every_s
        self.done = 0

    def agree(self, started: float) -> float:
        """Rank 0's start on the machine's monotonic clock, so that all ranks keep the same time."""
        if self.size == 1:
            return started
        clock = torch.tensor([started], dtype=torch.float64)
        dist.broadcast(clock, 0)
        return float(clock)

    @torch.no_grad()
    def average(self, model: nn.Module, seconds: float) -> None:
        """Average the weights once for every `every_s` of `seconds` since the start; all ranks do it equally often."""
        while self.size > 1 and self.done < int(seconds / self.every_s):
            self.done += 1
            flat = torch.cat([p.flatten() for p in model.parameters()])
            dist.all_reduce(flat)
            sizes = [p.numel() for p in model.parameters()]
            for p, mean in zip(model.parameters(), (flat / self.size).split(sizes), strict=True):
                p.copy_(mean.view_as(p))


class Batches:
    """Random windows of the cache as float tensors, half of them from each crop side that has any."""

    def __init__(self, folder: Path, config: Config, device: str, rank: int = 0) -> None:
        self.rng = np.random.default_rng([config.seed, rank])
        self.device = device
        self.caches = [Cache(folder, side) for side in (512, 256)]

    def refresh(self) -> int:
        return sum(cache.refresh() for cache in self.caches)

    def draw(self, count: int, cells: int, step: int = 4) -> dict[str, Tensor]:
        """`count` windows of `cells` cells: image in [0,1] and latents z1, z2, z4 stacked to [count, ...].

        `whole` is the list of the uncut latents [1,32,h,w], which the decoder's context is taken from.
        """
        fitting = [c for c in self.caches if len(c) and c.side >= cells * CELL]
        items = []
        for _ in range(count):
            cache = fitting[int(self.rng.integers(len(fitting)))]
            items.append(window(cache.draw(self.rng), self.rng, cells, step))
        return self.stack(items) | {"whole": [i["whole"].to(self.device).float()[None] for i in items]}

    def draw_whole(self, count: int, at_least: int = 0) -> dict[str, Tensor]:
        """Uncut crops, all of one side (if any is that large, `at_least` pixels): `count` of 256, or a quarter of 512."""
        filled = [c for c in self.caches if len(c)]
        filled = [c for c in filled if c.side >= at_least] or filled
        cache = filled[int(self.rng.integers(len(filled)))]
        return self.stack([cache.draw(self.rng) for _ in range(max(1, count * 256**2 // cache.side**2))])

    def stack(self, items: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        names = ("image", "z1", "z2", "z4")
        batch = {name: torch.stack([i[name] for i in items]).to(self.device).float() for name in names}
        batch["image"] = (batch["image"] / 255).contiguous(memory_format=torch.channels_last)
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


class Task:
    """One network, the frozen ones beside it, and how a batch becomes named losses (already weighted)."""

    def __init__(
        self, config: Config, batches: Batches, model: nn.Module, frozen: Frozen | None = None, upscaler: Frozen | None = None
    ) -> None:
        self.config, self.batches, self.model, self.frozen, self.upscaler = config, batches, model, frozen, upscaler

    def refresh(self) -> int:
        """Pick up what other processes wrote meanwhile: chunks of the cache, a better decoder. Returns the crop count."""
        for network in (self.frozen, self.upscaler):
            if network:
                network.refresh()
        return self.batches.refresh()

    def backward(self, progress: float) -> dict[str, float]:
        """Draw, run, add gradients to the model; returns the weighted losses."""
        terms: dict[str, float] = defaultdict(float)
        for part in getattr(self, self.config.task)(progress):
            sum(part.values()).backward()
            for name, value in part.items():
                terms[name] += float(value.detach())
        return terms

    def decoder(self, progress: float):
        """The teacher's latents and, where there is an upscaler, what it makes of smaller ones."""
        batch = self.batches.draw(self.config.batch, self.config.cells)
        yield self.on_pixels(run(self.model, batch["z1"], contexts(self.model, batch["whole"])), batch["image"])
        if self.upscaler:
            scale = int(self.batches.rng.choice((2, 4)))
            batch = self.batches.draw_whole(2, 512 if scale == 4 else 0)
            with torch.no_grad():
                z = self.upscaler(batch[f"z{scale}"], scale)
            cells, pixels = self.random_window(z)
            part = self.on_pixels(decode_part(self.model, z, cells), batch["image"][pixels])
            yield {f"{name}_x{scale}": self.config.upscaled * value for name, value in part.items()}

    def encoder(self, progress: float):
        """Follow the teacher's latents; pixels through our frozen decoder weigh what matters of the difference."""
        batch = self.batches.draw_whole(self.config.batch)
        z = run(self.model, batch["image"])
        yield self.on_latents(z, batch["z1"]) | (self.on_pixels(self.frozen(z), batch["image"]) if self.config.pixel else {})

    def lua(self, progress: float):
        """Every trained head at every step, on uncut crops: context is taken from them, the decoder's from LUA's own output."""
        c = self.config
        for scale, at_least in ((2, 0), (4, 512)):
            if not self.model.heads[f"x{scale}"].conv_last.weight.requires_grad:
                continue
            batch = self.batches.draw_whole(c.batch, at_least)
            z = run(self.model, batch[f"z{scale}"], scale)
            part = self.on_latents(z, batch["z1"])
            if progress >= c.latent_only_share:
                cells, pixels = self.random_window(z)
                x = decode_part(self.frozen.model, z, cells)
                part |= self.on_pixels(x, batch["image"][pixels], c.texture_x4 if scale == 4 else 1.0)
                if c.tone:
                    with torch.no_grad():
                        reference = decode_part(self.frozen.model, batch["z1"], cells)
                    part["tone"] = c.tone * losses.downsampled(x, reference, 32)
                    part["tint"] = c.tone * losses.downsampled(x, reference, x.shape[-1])
            yield {f"{name}_x{scale}": value for name, value in part.items()}

    def random_window(self, z: Tensor) -> tuple[Window, Window]:
        """The index of a random square of `cells` cells in latents like z, and of the same place in their pictures."""
        size = self.config.cells
        top, left = (int(self.batches.rng.integers(0, side - size + 1)) for side in z.shape[-2:])
        place = lambda unit: (..., slice(top * unit, (top + size) * unit), slice(left * unit, (left + size) * unit))  # noqa: E731
        return place(1), place(CELL)

    def on_latents(self, z: Tensor, target: Tensor) -> dict[str, Tensor]:
        c = self.config
        part = {"latent": c.latent * F.l1_loss(z, target)}
        if c.latent_fft:
            part["latent_fft"] = c.latent_fft * losses.fft_magnitude(z, target)
        return part

    def on_pixels(self, x: Tensor, target: Tensor, texture: float = 1.0) -> dict[str, Tensor]:
        """`texture` scales the losses that ask for the right strength of detail wherever it lies."""
        c = self.config
        part = {"pixel": c.pixel * F.l1_loss(x, target)}
        for name, weight, loss in (
            ("fft", texture * c.fft, losses.fft_magnitude),
            ("down", c.down, losses.downsampled),
            ("high", c.high, losses.high_frequency),
            ("energy", texture * c.energy, losses.local_energy),
            ("ssim", c.ssim, losses.dissimilarity),
        ):
            if weight:
                part[name] = weight * loss(x, target)
        return part


def contexts(model: Decoder, wholes: list[Tensor]) -> Tensor | None:
    """The decoder's context of each whole latent [1,32,h,w], stacked; None for a decoder without context."""
    if model.context is None:
        return None
    with torch.autocast(wholes[0].device.type, torch.bfloat16):
        return torch.cat([model.context_of(z) for z in wholes])


def decode_part(decoder: Decoder, z: Tensor, cells: Window) -> Tensor:
    """A window of a latent, decoded in the context of the whole."""
    return run(decoder, z[cells], decoder.context_of(z))


def run(model: nn.Module, x: Tensor, *args: int | Tensor | None) -> Tensor:
    """Forward in bf16 where that is safe (autocast keeps norms and softmax in f32), result in f32."""
    with torch.autocast(x.device.type, torch.bfloat16):
        return model(x.contiguous(memory_format=torch.channels_last), *args).float()


class Judge:
    """The yardstick during training: eval pictures, teacher's latents, the way the network will be used."""

    def __init__(self, config: Config, pictures: list, teacher: nn.Module, frozen: Frozen | None) -> None:
        self.config, self.teacher, self.frozen = config, teacher, frozen
        self.evaluation = Evaluation(pictures, teacher)
        self.pictures = pictures

    def __call__(self, model: nn.Module) -> dict[str, float]:
        device = next(model.parameters()).device
        ours = lambda x, *scale: run(model, x.to(device), *scale).cpu()  # noqa: E731
        decode = lambda z: self.frozen(z.to(device)).cpu()  # noqa: E731
        if self.config.task == "decoder":
            results = self.evaluation.run(ours, None, baselines=False)
        elif self.config.task == "encoder":
            results = Evaluation(self.pictures, ours).run(decode, None, baselines=False)
        else:
            results = self.evaluation.run(decode, ours, baselines=False)
        return {f"{way}.{metric}": v for way, metrics in mean_of(results).items() for metric, v in metrics.items()}


def rate(config: Config, step: int, progress: float) -> float:
    """Learning-rate factor: linear warm-up, hold, linear fall to zero at the end of the budget."""
    fall = 1.0 if progress < config.hold else max(0.0, (1 - progress) / (1 - config.hold))
    return min(1.0, (step + 1) / config.warmup_steps) * fall


class Trainer:
    def __init__(self, config: Config, task: Task, out: Path, judge: Judge | None, ranks: Ranks) -> None:
        self.config, self.task, self.out, self.judge, self.ranks = config, task, out, judge, ranks
        self.step, self.elapsed = 0, 0.0
        self.ema = Ema(task.model, config.ema)
        matrices, rest = split_parameters(task.model, ADAM_ONLY)
        self.optimizers = [Muon(matrices, config.lr), torch.optim.AdamW(rest, config.adam_lr, betas=(0.9, 0.99), weight_decay=0)]
        self.base = [config.lr, config.adam_lr]
        out.mkdir(parents=True, exist_ok=True)
        if (out / "last.pt").exists():
            self.load(torch.load(out / "last.pt", map_location="cpu", weights_only=True))

    def fit(self) -> None:
        """Train until the budget is spent; the final averaged weights are in <out>/last.pt, key `ema`."""
        begun = self.elapsed
        started = self.ranks.agree(time.monotonic() - begun)
        saved = evaluated = self.elapsed
        shown: dict[str, float] = defaultdict(float)
        since = 0
        budget = self.config.minutes * 60
        while self.elapsed < budget:
            for name, value in self.one_step(self.elapsed / budget).items():
                shown[name] += value
            since += 1
            self.elapsed = min(time.monotonic() - started, budget)
            self.ranks.average(self.task.model, self.elapsed - begun)
            if self.elapsed - saved > self.config.save_every_s or self.elapsed >= budget:
                saved = self.elapsed
                if self.ranks.rank > 0:
                    self.task.refresh()
                    continue
                report = {name: value / since for name, value in shown.items()}
                if self.judge and (self.elapsed - evaluated > self.config.evaluate_every_s or self.elapsed >= budget):
                    evaluated = self.elapsed
                    report |= self.judge(self.ema.model)
                self.record(report, budget, self.task.refresh())
                shown.clear()
                since = 0
                self.save()

    def one_step(self, progress: float) -> dict[str, float]:
        for optimizer, base in zip(self.optimizers, self.base, strict=True):
            optimizer.param_groups[0]["lr"] = base * rate(self.config, self.step, progress)
            optimizer.zero_grad(set_to_none=True)
        terms = self.task.backward(progress)
        norm = nn.utils.clip_grad_norm_(self.task.model.parameters(), self.config.clip)
        if torch.isfinite(norm):
            for optimizer in self.optimizers:
                optimizer.step()
        self.ema.update(self.task.model, self.step)
        self.step += 1
        return terms | {"norm": float(norm)}

    def record(self, report: dict[str, float], budget: float, crops: int) -> None:
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
        state = {
            "model": self.task.model.state_dict(),
            "ema": self.ema.model.state_dict(),
            "optimizers": [o.state_dict() for o in self.optimizers],
            "step": self.step,
            "elapsed": self.elapsed,
        }
        partial = self.out / "last.partial"
        torch.save(state, partial)
        partial.rename(self.out / "last.pt")

    def load(self, state: dict) -> None:
        self.task.model.load_state_dict(state["model"])
        self.ema.model.load_state_dict(state["ema"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.step, self.elapsed = state["step"], state["elapsed"]
        print(f"resumed at step {self.step}, {self.elapsed / 60:.1f} min", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=sorted(PRESETS))
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--set", nargs="*", default=[], metavar="FIELD=VALUE", help="override a field of Config")
    parser.add_argument("--init", type=Path, help="start from these averaged weights (last.pt or .safetensors)")
    parser.add_argument("--only", default="", metavar="PREFIX", help="train these parameters alone, such as heads.x4")
    parser.add_argument("--decoder", type=Path, help="our frozen decoder: needed for encoder and lua")
    parser.add_argument("--upscaler", type=Path, help="a LUA whose latents the decoder should learn to decode as well")
    parser.add_argument("--teacher", type=Path, help="TAEF2 encoder, for the yardstick during training")
    parser.add_argument("--pictures", type=Path, help="eval pictures, with --teacher")
    parser.add_argument("--match", default="*")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=1, help="data-parallel processes (CPU)")
    args = parser.parse_args()
    if args.workers == 1:
        work(0, args)
    else:
        store_of(args).unlink(missing_ok=True)  # a run that was killed leaves its file, and ranks would wait for it
        torch.multiprocessing.spawn(work, (args,), nprocs=args.workers)
    plot(args.out / "curves.csv")


def store_of(args: argparse.Namespace) -> Path:
    """Where the ranks of a run meet."""
    return args.out.resolve().with_suffix(".ranks")


def work(rank: int, args: argparse.Namespace) -> None:
    """One process of a run: everything from the configuration to the last checkpoint."""
    if args.workers > 1:
        torch.set_num_threads(1)
        dist.init_process_group("gloo", init_method=f"file://{store_of(args)}", rank=rank, world_size=args.workers, timeout=timedelta(hours=1))
    preset = PRESETS[args.task]
    changes = {k: type(getattr(preset, k))(float(v)) for k, v in (s.split("=") for s in args.set)}
    config = replace(preset, **changes, **({"minutes": args.minutes} if args.minutes else {}))
    torch.manual_seed(config.seed)
    batches = Batches(args.cache, config, args.device, rank)
    model = build(config.task)
    if args.init:
        model.load_state_dict(weights_of(args.init), strict=False)  # a new context starts at zero
    elif config.task == "lua":
        solve_skip(model, Batches(args.cache, config, args.device))
    model = model.to(args.device).to(memory_format=torch.channels_last)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(args.only))
    frozen = Frozen(args.decoder, args.device) if args.decoder else None
    upscaler = Frozen(args.upscaler, args.device) if args.upscaler else None
    judge = None
    if rank == 0:
        print(config, flush=True)
        if args.teacher and args.pictures:
            paths = [p for p in list_pictures(args.pictures) if p.match(args.match)]
            judge = Judge(config, paths, load_weights(args.teacher), frozen)
    Trainer(config, Task(config, batches, model, frozen, upscaler), args.out, judge, Ranks(rank, args.workers)).fit()


def weights_of(path: Path) -> dict[str, Tensor]:
    """State dict of a checkpoint's averaged weights, or of an exported file."""
    return load_weights(path).state_dict()


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


if __name__ == "__main__":
    main()
