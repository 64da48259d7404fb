"""What defines a run: one frozen record, filled from a stage of a recipe (recipes/*.toml) or from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Config:
    """Everything that defines a run; `batch` is per process. Loss weights of zero switch a loss off."""

    task: str
    minutes: float = 60
    batch: int = 4
    cells: int = 32  # side of a training window, in full-scale latent cells
    lr: float = 3e-4  # Muon, in Adam's units; zero: Adam for everything
    adam_lr: float = 3e-5  # layers that touch latents and pixels, tables, norms, biases
    beta: float = 0.9  # Adam's first; a run against a discriminator wants 0.5
    hold: float = 0.5  # share of the budget before the learning rate falls
    warmup_steps: int = 200
    clip: float = 1.0
    ema: float = 0.999
    evaluate_every_s: float = 300
    save_every_s: float = 120
    seed: int = 0

    # Decoder: follow the teacher's decode, and more weakly the picture.
    teacher: float = 0.0  # L1 to the teacher's decode
    teacher_high: float = 0.0  # the same of what a small blur takes away
    picture: float = 0.0  # L1 to the picture
    features: float = 0.0  # L1 of the encoder's features of output and teacher's decode; LUA's output is its decode by ours
    seen: float = 0.0  # squared distance of VGG's features of output and teacher's decode (vgg.py); for LUA as `features`
    energy: float = 0.0  # how much texture the teacher's decode has in each neighbourhood, wherever in it; LUA: through both
    tone: float = 0.0  # 32-pixel block means against the teacher's decode
    strange: float = 0.0  # share of steps on latents that no picture has: mixed, shifted, noisy, an upscaler's
    upscaled: float = 0.25  # share of those that an upscaler made, where there is one
    enlarged: float = 0.0  # share of the other steps on LUA's latents that the cache holds (`u`)
    adversarial: float = 0.0  # norm of the discriminator's gradient on picture or latent, relative to the other losses'
    adversarial_lr: float = 2e-4

    # LUA: its targets are functions of its input (cache.py: s2, s4).
    latent: float = 0.0  # L1 to the target latent
    latent_fft: float = 0.0
    latent_tone: float = 0.0  # L1 of means of 8x8 cells: colour, for any decoder
    latent_true: float = 0.0  # L1 to the latent of the true picture
    ours: float = 0.0  # pixels of our decoder, on a whole crop, against the target's picture
    theirs: float = 0.0  # pixels of TAEF2's decoder, on windows, against its decode of the target
    pixels: float = 1.0  # share of the steps that go through both decoders; the others, much shorter, compare latents alone
    window: int = 12  # side of those windows in cells
    windows: int = 1  # of them a step
    sharpen: float = 0.0  # how much of its own fine part is added to LUA's targets: what hedges between pictures is drawn out
    large: float = 0.0  # share of the steps with one window of `cells` instead: colour hangs on much of the latent
    mesh: float = 0.0  # what repeats with every cell in the difference to the target's decode, block by block; through both
    truth: float = 0.0  # L1 of our decoder's pixels to the true picture
    share_x4: float = 0.34  # of the steps that enlarge by four: with x4's head, or x2 twice

    # Encoder and pixel-swin.
    pixel: float = 0.0
    high: float = 0.0  # L1 of what a small blur takes away
    decoded: float = 0.5  # pixel-swin: share of steps on small pictures that our decoder made, not on clean ones


def configured(base: Config, changes: Mapping[str, object]) -> Config:
    """A copy with some fields changed; values may be text, as on a command line. Unknown names are refused."""
    kinds = {f.name: {"int": int, "float": float, "str": str}[str(f.type)] for f in fields(Config)}
    unknown = sorted(set(changes) - set(kinds))
    if unknown:
        raise ValueError(f"no such setting: {', '.join(unknown)}; there are {', '.join(sorted(kinds))}")
    read = {name: kinds[name](float(str(value))) if kinds[name] is not str else str(value) for name, value in changes.items()}
    result = replace(base, **read)
    if result.task == "lua" and not min(result.ours, result.theirs, result.pixels) > 0:
        raise ValueError("LUA trains through both decoders: none of `ours`, `theirs`, `pixels` may be 0, or it learns one's ways")
    return result


PRESETS: dict[str, Config] = {
    "decoder": Config(
        "decoder", minutes=60, batch=4, cells=20, hold=0.3, ema=0.998,
        teacher=1.0, teacher_high=1.0, picture=0.15, tone=0.3, strange=0.1,
    ),
    "encoder": Config("encoder", minutes=40, batch=4, cells=32, lr=1e-3, adam_lr=1e-4, hold=0.1, latent=1.0),
    "pixel": Config("pixel", minutes=240, batch=4, cells=6, lr=5e-4, adam_lr=2e-4, hold=0.4, ema=0.998, pixel=1.0, high=0.5),
    "lua": Config(
        "lua", minutes=100, batch=4, cells=32, lr=4e-4, adam_lr=3e-5, hold=0.4, ema=0.998,
        latent=4.0, ours=1.0, theirs=1.5, tone=0.15,
    ),
}
