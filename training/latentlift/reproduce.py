"""Make one shipped file: `python -m latentlift.reproduce flux2-lua --cache DIR --teachers DIR --scratch DIR`.

A recipe (recipes/NAME.toml) lists the stages of a file. Each stage is a run of latentlift.train in SCRATCH/NAME/STAGE that
starts from the stage before; finished stages are passed over and an interrupted one goes on, so the same command resumes.
A stage with `seeds` is run once with each, and gives the mean of their weights. A stage with `blend` gives weights between
those it started from, or those of the earlier stage `from`, and those it came to: so much of the way (0..1). One with
`begin` starts from the mean of what the earlier stages that it names gave.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from . import train
from .config import PRESETS, configured
from .families import FAMILIES, family_of
from .train import weights_of

RECIPES = Path(__file__).parents[1] / "recipes"
STAGE_KEYS = {"name", "minutes", "only", "set", "begin", "seeds", "blend", "from"}
RECIPE_KEYS = {"task", "family", "shape", "start", "fresh", "uses", "stages"}
USES = ("decoder", "encoder", "upscaler", "theirs")


@dataclass(frozen=True)
class Places:
    """Where a reproduction finds and leaves things."""

    cache: Path
    teachers: Path  # the files that families.py names
    scratch: Path
    models: Path  # the published files, for what a recipe builds on
    pictures: Path | None = None
    device: str = "cpu"
    workers: int = 1
    speed: float = 1.0  # of this machine: minutes are divided by it


def read(path: Path) -> dict:
    """A recipe, checked: unknown keys and settings are errors, not silence."""
    recipe = tomllib.loads(path.read_text())
    strange = set(recipe) - RECIPE_KEYS | {key for stage in recipe["stages"] for key in set(stage) - STAGE_KEYS}
    strange |= set(recipe.get("uses", {})) - set(USES)
    if strange:
        raise ValueError(f"{path.name} has keys that nothing reads: {', '.join(sorted(strange))}")
    names: list[str] = []
    for stage in recipe["stages"]:
        configured(PRESETS[recipe["task"]], stage.get("set", {}))
        unknown = [name for name in [*stage.get("begin", []), *([stage["from"]] if "from" in stage else [])] if name not in names]
        if unknown:
            raise ValueError(f"{path.name}: {stage['name']} builds on {', '.join(unknown)}, which is no stage before it")
        if "from" in stage and "blend" not in stage:
            raise ValueError(f"{path.name}: {stage['name']} has `from` without `blend`, which alone reads it")
        names.append(stage["name"])
    return recipe


def weights(name: str, places: Places) -> Path:
    """What another recipe made: its last finished or running stage here, else the published file."""
    recipe = RECIPES / f"{name}.toml"
    stages = read(recipe)["stages"] if recipe.exists() else []
    for stage in reversed(stages):
        made = outcome(stage, places.scratch / name / stage["name"])
        if made.exists():
            return made
    return places.models / f"{name}.safetensors"


def command(name: str, recipe: dict, stage: dict, seed: int | None, start: Path | None, places: Places) -> list[str]:
    """The arguments of latentlift.train for one run of a stage."""
    words = [recipe["task"], "--shape", recipe["shape"], "--cache", str(places.cache)]
    words += ["--out", str(folder(name, stage, seed, places)), "--minutes", str(stage["minutes"] / places.speed)]
    words += ["--family", family_of(recipe), "--device", places.device, "--workers", str(places.workers)]
    family = FAMILIES[family_of(recipe)]
    if family.decoder:
        words += ["--theirs", str(places.teachers / family.decoder)]
    if start:
        words += ["--init", str(start)]
    if start == weights_to_start_from(recipe, places) and recipe.get("fresh"):
        words += ["--fresh", *recipe["fresh"]]
    if stage.get("only"):
        words += ["--only", stage["only"]]
    for role, other in recipe.get("uses", {}).items():
        words += [f"--{role}", str(weights(other, places))]
    if places.pictures:
        words += ["--teacher", str(places.teachers / family.encoder), "--pictures", str(places.pictures)]
    settings = [f"{key}={value}" for key, value in stage.get("set", {}).items()]
    if seed is not None:
        settings.append(f"seed={seed}")
    return words + (["--set", *settings] if settings else [])


def finished(out: Path, minutes: float) -> bool:
    """Whether a stage has spent its budget."""
    if not (out / "last.pt").exists():
        return False
    return torch.load(out / "last.pt", map_location="cpu", weights_only=True)["elapsed"] >= 60 * minutes


def seeds_of(stage: dict) -> list[int | None]:
    """One entry for each run of a stage: its seed, or None where the settings' own stands."""
    return stage.get("seeds", [None])


def folder(name: str, stage: dict, seed: int | None, places: Places) -> Path:
    """Where a run of a stage leaves its checkpoint."""
    out = places.scratch / name / stage["name"]
    return out if seed is None else out / f"seed-{seed}"


def outcome(stage: dict, out: Path) -> Path:
    """Where the weights that a stage gives lie."""
    return out / ("blend.pt" if "blend" in stage else "mean.pt" if "seeds" in stage else "last.pt")


def mean(checkpoints: Sequence[Path], out: Path) -> None:
    """The mean of the averaged weights of checkpoints of one shape, written as a checkpoint's."""
    states = [weights_of(path) for path in checkpoints]
    torch.save({"ema": {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}}, out)


def blend(start: Path, end: Path, share: float, out: Path) -> None:
    """Averaged weights between those of two checkpoints of one shape, written as a checkpoint's."""
    here, there = weights_of(start), weights_of(end)
    torch.save({"ema": {name: torch.lerp(x, there[name], share) for name, x in here.items()}}, out)


def reproduce(name: str, places: Places, match: Sequence[str] = ()) -> Path:
    """Run what is left of a recipe; the last stage's checkpoint."""
    recipe = read(RECIPES / f"{name}.toml")
    start = weights_to_start_from(recipe, places)
    given: dict[str, Path] = {}
    for stage in recipe["stages"]:
        if "begin" in stage:
            start = beginning(places.scratch / name / stage["name"], [given[other] for other in stage["begin"]])
        base = given[stage["from"]] if "from" in stage else start
        start = given[stage["name"]] = run(name, recipe, stage, start, base, places, match)
    assert start is not None
    return start


def beginning(out: Path, others: Sequence[Path]) -> Path:
    """Where the mean of other stages' weights lies, from which the stage in the folder `out` starts."""
    out.mkdir(parents=True, exist_ok=True)
    mean(others, out / "begin.pt")
    return out / "begin.pt"


def run(
    name: str, recipe: dict, stage: dict, start: Path | None, base: Path | None, places: Places, match: Sequence[str]
) -> Path:
    """Run what is left of a stage that starts from the weights `start`; the weights that it gives, a blend's from `base` on."""
    for seed in seeds_of(stage):
        if not finished(folder(name, stage, seed, places), stage["minutes"] / places.speed):
            print(f"== {name}: {stage['name']}" + ("" if seed is None else f", seed {seed}"), flush=True)
            words = command(name, recipe, stage, seed, start, places)
            train.main([*words, *(["--match", *match] if match else [])])
    out = places.scratch / name / stage["name"]
    end = out / "last.pt"
    if "seeds" in stage:
        end = out / "mean.pt"
        mean([folder(name, stage, seed, places) / "last.pt" for seed in seeds_of(stage)], end)
    if "blend" in stage:
        if base is None:
            raise ValueError(f"{name}: a first stage that begins from nothing has nothing to blend with")
        blend(base, end, stage["blend"], outcome(stage, out))
    return outcome(stage, out)


def weights_to_start_from(recipe: dict, places: Places) -> Path | None:
    """The published file that a recipe goes on from; None where it begins from nothing."""
    return places.models / f"{recipe['start']}.safetensors" if recipe.get("start") else None


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=sorted(path.stem for path in RECIPES.glob("*.toml")))
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, required=True, help="folder of the teachers' encoders and decoders")
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=RECIPES.parents[1] / "public" / "models")
    parser.add_argument("--pictures", type=Path, help="eval pictures: curves of PSNR and contact sheets")
    parser.add_argument("--match", nargs="*", default=[])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster this machine is than one core of the recipe's")
    args = parser.parse_args(words)
    rest = {key: value for key, value in vars(args).items() if key not in ("name", "match")}
    print(reproduce(args.name, Places(**rest), args.match))


if __name__ == "__main__":
    main()
