"""Train one network: `python -m latentlift.train {decoder,encoder,lua} --cache DIR --out DIR --minutes M`.

A run is a time budget, not a number of steps: the learning rate holds, then falls linearly to zero at the end of the
budget, whatever the machine. One process on a CPU counts the time it computed, else the clock on the wall counts.
Checkpoints go to --out; starting again with the same --out resumes. Curves are written as curves.csv and curves.png.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.multiprocessing.spawn import spawn

from . import half
from .adversary import Adversary, FeatureDiscriminator, LatentDiscriminator
from .batches import Batches, Frozen
from .config import PRESETS, Config, configured
from .data import list_pictures
from .evaluate import load_weights
from .families import DEFAULT, FAMILIES
from .judge import Judge
from .models import Encoder, Lua, PixelSwin
from .ranks import Ranks
from .ridge import PixelPairs, solve_skip
from .shapes import DEFAULTS, SHAPES, build
from .tasks import Task, needed
from .trainer import Trainer, plot
from .vgg import Vgg


def head_of(key: str) -> str | None:
    """heads.x4.conv_last.weight -> x4; None for what belongs to no head."""
    first, _, rest = key.partition(".")
    return rest.partition(".")[0] if first == "heads" else None


def start_from(model: nn.Module, path: Path, fresh_parts: Sequence[str] = ()) -> None:
    """Take over what weights there are; anything new must be a part that starts as if it were not there. A head that the shape
    no longer has is left behind; weights of a narrower network are grown into; parts whose names start as `fresh_parts` say stay
    as they were drawn: what knew the latents of another family."""
    own = tuple(fresh_parts)
    fresh = model.state_dict()
    heads = {head_of(key) for key in fresh}
    kept = {key: x for key, x in weights_of(path).items() if head_of(key) in heads and not key.startswith(own)}
    kept = {key: grown(x, fresh[key]) if key in fresh else x for key, x in kept.items()}
    loaded = model.load_state_dict(kept, strict=False)
    missing = [k for k in loaded.missing_keys if not k.startswith(own)]
    strange = [k for k in missing if ".refine." not in k and "context" not in k and ".blocks." not in k]
    if strange or loaded.unexpected_keys:
        raise ValueError(f"{path.name} is of another shape: {', '.join(strange + list(loaded.unexpected_keys))}")


def grown(old: Tensor, fresh: Tensor) -> Tensor:
    """A narrow layer's weights [out,in,...] inside a wider one's: channels that are new start as `fresh` has them, and what was
    there does not listen to them yet. So a wider network of convolutions and ReLUs gives what the narrow one gave, to begin with.
    """
    if old.shape == fresh.shape or any(n < m for n, m in zip(fresh.shape, old.shape, strict=True)):
        return old  # one too wide is refused by load_state_dict, with both shapes
    wide = fresh.clone()
    wide[: old.shape[0]] = 0
    wide[tuple(slice(side) for side in old.shape)] = old
    return wide


def weights_of(path: Path) -> dict[str, Tensor]:
    """State dict of a checkpoint's averaged weights, or of an exported file; a LUA's stream as training leaves it, so any two
    of one shape can be averaged."""
    model = load_weights(path)
    state = model.state_dict()
    return half.for_training(state) if isinstance(model, Lua) else state


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=sorted(PRESETS))
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shape", choices=sorted(SHAPES), help="sizes of the network (shapes.py)")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--set", nargs="*", default=[], metavar="FIELD=VALUE", help="override a field of Config")
    parser.add_argument("--init", type=Path, help="start from these averaged weights (last.pt or .safetensors)")
    parser.add_argument("--fresh", nargs="*", default=[], metavar="PREFIX", help="what not to take of --init, such as heads")
    parser.add_argument("--family", choices=sorted(FAMILIES), default=DEFAULT, help="whose latents: how the run is judged")
    parser.add_argument("--only", default="", metavar="PREFIX", help="train these parameters alone, such as heads.x4")
    parser.add_argument("--decoder", type=Path, help="our frozen decoder: for encoder and lua")
    parser.add_argument("--theirs", type=Path, help="another decoder, TAEF2's: for lua, strange latents and the yardstick")
    parser.add_argument("--encoder", type=Path, help="our encoder, for its features")
    parser.add_argument("--upscaler", type=Path, help="a LUA whose latents the decoder should learn to decode as TAEF2 does")
    parser.add_argument("--teacher", type=Path, help="TAEF2's encoder, for the yardstick during training")
    parser.add_argument("--pictures", type=Path, help="eval pictures, with --teacher")
    parser.add_argument("--match", nargs="*", default=["*"])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=1, help="data-parallel processes (CPU)")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> None:
    args = arguments(words)
    if args.workers == 1:
        work(0, args)
    else:
        args.out.mkdir(parents=True, exist_ok=True)  # ranks would wait for ever to meet in a folder that is not there
        store_of(args).unlink(missing_ok=True)  # a run that was killed leaves its file, and ranks would wait for it
        spawn(work, (args,), nprocs=args.workers)
    plot(args.out / "curves.csv")


def store_of(args: argparse.Namespace) -> Path:
    """Where the ranks of a run meet."""
    return args.out.resolve().with_suffix(".ranks")


def work(rank: int, args: argparse.Namespace) -> None:
    """One process of a run: everything from the configuration to the last checkpoint."""
    if args.workers > 1:
        torch.set_num_threads(1)
        store = f"file://{store_of(args)}"
        dist.init_process_group("gloo", init_method=store, rank=rank, world_size=args.workers, timeout=timedelta(hours=1))
    changes: dict[str, object] = dict(s.split("=", 1) for s in args.set)
    config = configured(PRESETS[args.task], changes | ({"minutes": args.minutes} if args.minutes else {}))
    torch.manual_seed(config.seed)
    task = assemble(config, args, rank)
    if rank == 0:
        print(config, flush=True)
    Trainer(config, task, args.out, judge_of(args, task) if rank == 0 else None, Ranks(rank, args.workers)).fit()


def assemble(config: Config, args: argparse.Namespace, rank: int) -> Task:
    """The network in training and everything beside it, on the device."""
    batches = Batches(args.cache, config.seed, args.device, rank)
    model = build(args.shape or DEFAULTS[config.task])
    if args.init:
        start_from(model, args.init, args.fresh)
    if isinstance(model, Lua) and (not args.init or "skip" in args.fresh):
        pairs = Batches(args.cache, config.seed, args.device)
        solve_skip(model, PixelPairs(pairs) if isinstance(model, PixelSwin) else pairs)
    model = model.to(args.device).to(memory_format=torch.channels_last)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(args.only))
    frozen = lambda path: Frozen(path, args.device) if path else None
    ours, theirs = frozen(args.decoder), frozen(args.theirs)
    task = Task(config, batches, model, ours, theirs, frozen(args.encoder), frozen(args.upscaler))
    if config.seen:
        task.vgg = Vgg.pretrained().to(args.device).to(memory_format=torch.channels_last)
    if config.adversarial:
        task.adversary = Adversary(config.adversarial, config.adversarial_lr, args.device, discriminator_of(task))
    return task


def discriminator_of(task: Task) -> nn.Module:
    """Of latents for LUA, of pictures for a decoder."""
    if task.config.task == "lua":
        return LatentDiscriminator()
    encoder = needed(task.encoder, "--encoder, whose features the discriminator sees").model
    assert isinstance(encoder, Encoder)
    return FeatureDiscriminator(encoder)


def judge_of(args: argparse.Namespace, task: Task) -> Judge | None:
    if not (args.teacher and args.pictures):
        return None
    pictures = [p for p in list_pictures(args.pictures) if any(p.match(m) for m in args.match)]
    return Judge(args.task, pictures, args.teacher, task.ours, task.theirs, FAMILIES[args.family])


if __name__ == "__main__":
    main()
