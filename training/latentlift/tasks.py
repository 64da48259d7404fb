"""How a batch becomes losses: one function per network, each returning named, weighted losses of one step.

Two rules keep LUA and decoder from learning each other, which makes latents that nobody else's decoder can read:
LUA's pixels go through two decoders, and a decoder learns what the teacher's makes of a latent, whoever made it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import losses
from .adversary import Adversary
from .batches import Batch, Batches, Frozen
from .config import Config
from .models import Decoder, Encoder, Lua
from .precision import run
from .vgg import Vgg

Losses = dict[str, Tensor]
Needed = TypeVar("Needed")


@dataclass
class Task:
    """A network in training with what stands beside it."""

    config: Config
    batches: Batches
    model: nn.Module
    ours: Frozen | None = None  # our decoder
    theirs: Frozen | None = None  # TAEF2's decoder
    encoder: Frozen | None = None  # ours, for its features
    upscaler: Frozen | None = None  # a LUA, whose latents a decoder should know
    adversary: Adversary | None = None
    vgg: Vgg | None = None
    rate: float = 1.0  # of the learning rates now
    notes: dict[str, float] = field(default_factory=dict)  # figures worth a curve that are no losses

    def refresh(self) -> int:
        """Pick up what other processes wrote meanwhile: chunks of the cache, better networks. Returns the crop count."""
        for network in (self.ours, self.encoder, self.upscaler):
            if network:
                network.refresh()
        return self.batches.refresh()

    def step(self) -> dict[str, float]:
        """Draw, run, add gradients to the model; returns the weighted losses."""
        terms = TASKS[self.config.task](self)
        torch.stack(list(terms.values())).sum().backward()
        return {name: float(value.detach()) for name, value in terms.items() if not name.startswith("adversarial")} | self.notes


def needed(network: Needed | None, what: str) -> Needed:
    if network is None:
        raise ValueError(f"this run needs {what}")
    return network


def decoder(task: Task) -> Losses:
    """Follow the teacher's decode of any latent; of a picture's own latent, more weakly, the picture."""
    c, batches = task.config, task.batches
    assert isinstance(task.model, Decoder)
    if batches.rng.random() < c.strange:
        return strange(task)
    is_enlarged = c.enlarged > 0 and batches.rng.random() < c.enlarged
    batch, wholes = batches.draw(c.batch, c.cells, whole="u" if is_enlarged else "z1")
    z, goal = (batch["u"], batch["tu"]) if is_enlarged else (batch["z1"], decoded(batch))
    x = run(task.model, z, contexts(task.model, wholes))
    terms = towards_teacher(task, x, goal)
    if is_enlarged:
        terms = {f"enlarged_{name}": value for name, value in terms.items()}
    elif c.picture and "t1" in batch:
        terms["picture"] = c.picture * F.l1_loss(x, batch["image"])
    if task.adversary:
        judged(task, task.adversary, terms, goal, x, z)
    return terms


def judged(task: Task, adversary: Adversary, terms: Losses, real: Tensor, made: Tensor, source: Tensor) -> None:
    """One step of the discriminator on what is real and what was made of `source`, and its push, added to the losses so far."""
    task.notes["discriminator"] = float(adversary.learn(real, made, source, task.rate))
    task.notes["balance"] = adversary.weight
    terms["adversarial"] = adversary.push(made, source, torch.stack(list(terms.values())).sum())


def decoded(batch: Batch) -> Tensor:
    """What a decoder should make of `z1`: the teacher's decode or, in a family whose teacher has none, the picture."""
    return batch.get("t1", batch["image"])


def towards_teacher(task: Task, x: Tensor, goal: Tensor) -> Losses:
    """Losses that draw a decode to the teacher's."""
    c = task.config
    terms = {"teacher": c.teacher * F.l1_loss(x, goal)}
    if c.teacher_high:
        terms["teacher_high"] = c.teacher_high * losses.high_frequency(x, goal)
    if c.energy:
        terms["energy"] = c.energy * losses.local_energy(x, goal)
    if c.tone:
        terms["tone"] = c.tone * losses.downsampled(x, goal, 32)
    if c.features:
        network = needed(task.encoder, "--encoder, for its features").model
        assert isinstance(network, Encoder)
        terms["features"] = c.features * losses.features(network, x, goal, task.batches.rng)
    if c.seen:
        terms["seen"] = c.seen * losses.seen(needed(task.vgg, "VGG's layers, for `seen`"), x, goal, task.batches.rng)
    return terms


def strange(task: Task) -> Losses:
    """The same on a latent that no picture has, decoded by the teacher here and now."""
    teacher = needed(task.theirs, "--theirs, TAEF2's decoder, for latents that the cache does not hold")
    z = strange_latent(task.batches, task.upscaler, task.config.upscaled)
    with torch.no_grad():
        goal = teacher(z).clamp(0, 1)
    x = run(task.model, z)
    terms = {f"strange_{name}": value for name, value in towards_teacher(task, x, goal).items() if name != "features"}
    if task.adversary:
        judged(task, task.adversary, terms, goal, x, z)
    return terms


@torch.no_grad()
def strange_latent(batches: Batches, upscaler: Frozen | None, upscaled: float) -> Tensor:
    """A whole latent [1,32,32,32] that is mixed of two, shifted or noisy; a share `upscaled` of them is an upscaler's."""
    batch = batches.draw_whole(2)
    z = batch["z1"][:, :, :32, :32]
    if upscaler and batches.rng.random() < upscaled:
        scale = int(batches.rng.choice((2, 4)))
        return upscaler(batch[f"z{scale}"][:1, :, : 32 // scale, : 32 // scale], scale)
    kind = int(batches.rng.integers(3))
    if kind == 0 and len(z) > 1:
        share = float(batches.rng.uniform(0.3, 0.7))
        return share * z[:1] + (1 - share) * z[1:2]
    if kind == 1:
        return z[:1] + 0.3 * torch.randn(1, z.shape[1], 1, 1, device=z.device)
    return z[:1] + float(batches.rng.uniform(0.05, 0.4)) * torch.randn_like(z[:1])


def lua(task: Task) -> Losses:
    """One factor, on uncut crops: towards the latent of what a good pixel network makes of the same small picture.

    That is a function of LUA's input and lies where real latents lie; the true picture's detail is neither. Against a
    discriminator, which sees the small latent beside it, what LUA makes should look like a true latent.
    """
    c, batches = task.config, task.batches
    assert isinstance(task.model, Lua)
    scale = 4 if batches.rng.random() < c.share_x4 else 2
    batch = batches.draw_whole(c.batch)
    goal = batch[f"s{scale}"]
    z = run(task.model, batch[f"z{scale}"], scale)
    if c.sharpen:
        goal = goal + c.sharpen * losses.fine_part(z.detach())
    terms = {"latent": c.latent * F.l1_loss(z, goal)}
    if c.latent_fft:
        terms["latent_fft"] = c.latent_fft * losses.fft_magnitude(z, goal)
    if c.latent_tone:
        terms["latent_tone"] = c.latent_tone * losses.downsampled(z, goal, 8)
    if c.latent_true:
        terms["latent_true"] = c.latent_true * F.l1_loss(z, batch["z1"])
    if batches.rng.random() < c.pixels:  # through both decoders or through none
        terms |= through_theirs(task, z, goal, batch, scale) | through_ours(task, z, goal, batch, scale)
    if task.adversary:
        judged(task, task.adversary, terms, batch["z1"], z, batch[f"z{scale}"])
    return {f"{name}_x{scale}": value for name, value in terms.items()}


def through_theirs(task: Task, z: Tensor, goal: Tensor, batch: Batch, scale: int) -> Losses:
    """TAEF2's decode of windows of LUA's latents against its decode of the targets' windows. Tone depends on the whole latent
    and cancels out in small windows; a large one now and then holds it. How much texture there is, is asked of the decode of the
    true latent: where it lies cannot be told from the input, how much of it there is can."""
    teacher = needed(task.theirs, "--theirs, TAEF2's decoder: through one decoder alone, LUA would learn that decoder's habits")
    c = task.config
    is_large = task.batches.rng.random() < c.large
    windows = [random_window(task, z, c.cells)] if is_large else [random_window(task, z, c.window) for _ in range(c.windows)]
    cut = lambda x: torch.cat([x[cells] for cells in windows])
    with torch.no_grad():
        there = teacher(cut(goal))
    here = teacher(cut(z))
    difference = F.l1_loss(here, there) + losses.high_frequency(here, there)
    terms = {"theirs": c.theirs * (difference + (losses.downsampled(here, there, 32) if is_large else 0))}
    if c.mesh:
        with torch.no_grad():  # a sharpened target holds of LUA's mesh what it draws out
            plain = teacher(cut(batch[f"s{scale}"])) if c.sharpen else there
        terms["theirs_mesh"] = c.mesh * losses.mesh(here, plain, task.batches.cell)
    if c.energy:
        true = torch.cat([decoded(batch)[in_pixels(cells, task.batches.cell)] for cells in windows])
        terms["theirs_energy"] = c.energy * losses.local_energy(here, true)
    return terms


Window = tuple[slice, slice, slice, slice]


def in_pixels(window: Window, cell: int) -> Window:
    """The part of a picture that a window of its latent covers."""
    one, _, *sides = window
    rows, columns = (slice(side.start * cell, side.stop * cell) for side in sides)
    return one, slice(None), rows, columns


def random_window(task: Task, z: Tensor, cells: int) -> Window:
    """The index of a random square of `cells` cells in one latent of a batch; of all of it where it has no more."""
    rng, size = task.batches.rng, min(cells, *z.shape[-2:])
    one = int(rng.integers(len(z)))
    top, left = (int(rng.integers(0, side - size + 1)) for side in z.shape[-2:])
    return slice(one, one + 1), slice(None), slice(top, top + size), slice(left, left + size)


def through_ours(task: Task, z: Tensor, goal: Tensor, batch: Batch, scale: int) -> Losses:
    """Our decoder on one whole crop: pixels of the target, block means of the full latent's decode."""
    c, decode = task.config, needed(task.ours, "--decoder, ours: TAEF2's windows alone would leave colour free")
    one = int(task.batches.rng.integers(len(z)))
    pick = lambda x: x[one : one + 1]
    x = decode(pick(z))
    target = pick(batch[f"y{scale}"])
    if c.sharpen:
        with torch.no_grad():
            target = decode(pick(goal)).clamp(0, 1)
    terms = {"ours": c.ours * F.l1_loss(x, target)}
    if c.mesh:
        terms["mesh"] = c.mesh * losses.mesh(x, pick(batch[f"y{scale}"]), task.batches.cell)
    if c.tone:
        reference = pick(decoded(batch))
        terms["tone"] = c.tone * (losses.downsampled(x, reference, 32) + losses.downsampled(x, reference, x.shape[-1]))
    if c.features:
        network = needed(task.encoder, "--encoder, for its features").model
        assert isinstance(network, Encoder)
        terms["features"] = c.features * losses.features(network, x, pick(decoded(batch)), task.batches.rng)
    if c.seen:
        vgg = needed(task.vgg, "VGG's layers, for `seen`")
        terms["seen"] = c.seen * losses.seen(vgg, x, pick(decoded(batch)), task.batches.rng)
    if c.energy:
        terms["energy"] = c.energy * losses.local_energy(x, pick(decoded(batch)))
    if c.truth:
        terms["truth"] = c.truth * F.l1_loss(x, pick(batch["image"]))
    return terms


def encoder(task: Task) -> Losses:
    """Follow the teacher's latents; pixels through our frozen decoder weigh what matters of the difference."""
    c = task.config
    batch = task.batches.draw_whole(c.batch)
    z = run(task.model, batch["image"])
    terms = {"latent": c.latent * F.l1_loss(z, batch["z1"])}
    if c.pixel:
        terms["pixel"] = c.pixel * F.l1_loss(needed(task.ours, "--decoder")(z), batch["image"])
    return terms


def pixel(task: Task) -> Losses:
    """pixel-swin: pictures from small ones, of `cells` cells, clean or as our decoder makes them of the small latent."""
    c, batches = task.config, task.batches
    scale = 4 if batches.rng.random() < c.share_x4 else 2
    if batches.rng.random() < c.decoded:
        # Decoded whole and then cut, for a decoder's colours hang on the whole latent.
        whole = batches.draw_whole(1)
        small = needed(task.ours, "--decoder, ours, whose pictures are enlarged")(whole[f"z{scale}"]).clamp(0, 1)
        small, picture = cut_alike(small, whole["image"], c.batch, c.cells * batches.cell, batches)
    else:
        picture = batches.draw(c.batch, c.cells * scale, 4)[0]["image"]
        small = F.interpolate(picture, scale_factor=1 / scale, mode="bicubic", antialias=True).clamp(0, 1)
    x = run(task.model, small, scale)
    terms = {"pixel": c.pixel * F.l1_loss(x, picture), "high": c.high * losses.high_frequency(x, picture)}
    return {f"{name}_x{scale}": value for name, value in terms.items()}


def cut_alike(small: Tensor, large: Tensor, count: int, side: int, batches: Batches) -> tuple[Tensor, Tensor]:
    """`count` random squares of `side` pixels of a small picture [1,3,h,w], and the same places of its enlargement."""
    scale = large.shape[-1] // small.shape[-1]
    cuts = []
    for _ in range(count):
        top, left = (int(batches.rng.integers(0, extent - side + 1)) for extent in small.shape[-2:])
        cut = lambda x, unit, y=top, z=left: x[..., unit * y : unit * (y + side), unit * z : unit * (z + side)]
        cuts.append((cut(small, 1), cut(large, scale)))
    return torch.cat([a for a, _ in cuts]), torch.cat([b for _, b in cuts])


def contexts(model: Decoder, wholes: list[Tensor]) -> Tensor | None:
    """The decoder's context of each whole latent [1,32,h,w], stacked; None for a decoder without context."""
    if model.context is None:
        return None
    vectors = [model.context_of(z) for z in wholes]
    return torch.cat([v for v in vectors if v is not None])


TASKS: dict[str, Callable[[Task], Losses]] = {"decoder": decoder, "encoder": encoder, "lua": lua, "pixel": pixel}
