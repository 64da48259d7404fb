"""What makes a decoder, or LUA, sharp: a small discriminator that sees what it made beside what it was made of."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from .models import LATENT_CHANNELS, Encoder


def normed(inner: int, out: int, kernel: int = 3, stride: int = 1) -> nn.Module:
    """A padded convolution of spectral norm 1."""
    return spectral_norm(nn.Conv2d(inner, out, kernel, stride, 1))


class Standardised(nn.Module):
    """Channels about 0 with a deviation of 1, as the first pictures seen have them."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        for name in ("mean", "deviation"):
            self.register_buffer(name, torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        if not bool(self.deviation.any()):
            self.mean.copy_(x.detach().mean((0, 2, 3), keepdim=True))
            self.deviation.copy_(x.detach().std((0, 2, 3), keepdim=True) + 1e-3)
        return (x - self.mean) / self.deviation


class FeatureDiscriminator(nn.Module):
    """A score for every 8x8 pixels of RGB [N,3,H,W] in [0,1], as an encoder's first stages see it, and its latent: [N,1,H/8,W/8].

    Projected GANs (arXiv 2111.01007): on features that are there already, it tells our decode from the teacher's within a hundred
    steps, where one that began at the pixels never left chance.
    """

    def __init__(self, encoder: Encoder, width: int = 64) -> None:
        super().__init__()
        self.encoder = (encoder,)  # in a tuple: neither trained nor saved with this
        conv, slope = normed, nn.LeakyReLU(0.2)
        first, second, *_ = encoder.widths
        self.fine = nn.Sequential(Standardised(first), conv(first, width), slope, conv(width, width, 4, 2))
        self.coarse = nn.Sequential(Standardised(second), conv(second, width))
        self.latent = conv(LATENT_CHANNELS, 2 * width)
        self.eighth = nn.Sequential(slope, conv(width, 2 * width, 4, 2))
        self.score = nn.Sequential(slope, conv(2 * width, 2 * width), slope, conv(2 * width, 1))

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        fine, coarse, *_ = self.encoder[0].features(x)
        seen, told = self.eighth(self.fine(fine) + self.coarse(coarse)), self.latent(z)
        if told.shape != seen.shape:  # a cell of 32 pixels is told to each of its 8x8
            told = F.interpolate(told, size=seen.shape[-2:])
        return self.score(seen + told)


class LatentDiscriminator(nn.Module):
    """A score for every 2x2 cells: a latent [N,32,h,w] and, beside it, the small one it was made of, enlarged -> [N,1,h/2,w/2].

    No decoder stands between: what it asks for is a latent as they are, for whichever decoder comes next.
    """

    def __init__(self, width: int = 96) -> None:
        super().__init__()
        conv, slope = normed, nn.LeakyReLU(0.2)
        self.latent, self.small = conv(LATENT_CHANNELS, width), conv(LATENT_CHANNELS, width)
        self.score = nn.Sequential(
            slope,
            conv(width, width), slope,
            conv(width, 2 * width, 4, 2), slope,
            conv(2 * width, 2 * width), slope,
            conv(2 * width, 1),
        )  # fmt: skip

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        return self.score(self.latent(x) + self.small(F.interpolate(z, size=x.shape[-2:])))


class Adversary:
    """The discriminator with its optimiser, and the balance of its gradient against the other losses'.

    A generator's loss is weighed so that its gradient on what it made has `ratio` times the norm of the reconstruction's
    (a running average): no weight to tune, and no blow-up when the discriminator leads. It is never more than twice what it
    was at its least, for one that has come to know nothing has a gradient of noise. At first the discriminator learns alone:
    one that knows nothing yet is fooled by whatever it happens to like.
    """

    ALONE = 250
    WARM_UP = 300
    KEPT = 0.98  # of the running average in a step: a least value of less would be one of chance

    def __init__(self, ratio: float, lr: float, device: str, net: nn.Module) -> None:
        self.ratio = ratio
        self.net = net.to(device).to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr, betas=(0.5, 0.99), weight_decay=0)
        self.base = lr
        self.mean, self.least, self.steps = 0.0, math.inf, 0

    def learn(self, real: Tensor, fake: Tensor, z: Tensor, rate: float) -> Tensor:
        """One step of the discriminator (hinge loss); returns its loss."""
        self.optimizer.param_groups[0]["lr"] = self.base * rate
        self.net.requires_grad_(True)
        scores = self.net(torch.cat([real, fake.detach()]), torch.cat([z, z]))
        good, bad = scores.chunk(2)
        loss = F.relu(1 - good).mean() + F.relu(1 + bad).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.net.requires_grad_(False)
        return loss.detach()

    def push(self, x: Tensor, z: Tensor, reconstruction: Tensor) -> Tensor:
        """A scalar whose gradient on picture or latent x is the discriminator's, balanced against the reconstruction's."""
        score = -self.net(x, z).mean()
        (away,) = torch.autograd.grad(score, x)
        (back,) = torch.autograd.grad(reconstruction, x, retain_graph=True)
        balance = self.ratio * float(back.norm() / (away.norm() + 1e-9))
        self.mean = balance if self.steps == 0 else self.KEPT * self.mean + (1 - self.KEPT) * balance
        if self.steps >= self.ALONE:
            self.least = min(self.least, self.mean)
        self.steps += 1
        return (self.share() * self.weight * away * x).sum()

    @property
    def weight(self) -> float:
        """Of the discriminator's gradient, once all of it counts."""
        return min(self.mean, 2 * self.least)

    def share(self) -> float:
        """How much of the full weight counts by now."""
        return min(1.0, max(0.0, (self.steps - self.ALONE) / self.WARM_UP))

    def state_dict(self) -> dict:
        return {
            "net": self.net.state_dict(), "optimizer": self.optimizer.state_dict(),
            "mean": self.mean, "least": self.least, "steps": self.steps,
        }

    def load_state_dict(self, state: dict) -> None:
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.mean, self.least, self.steps = state["mean"], state["least"], state["steps"]
