"""The networks of LatentLift, small enough to read in one sitting.

Every latent here is FLUX.2 *model space*: batch-normalised, un-patchified, [N,32,h,w], one cell per 8x8 pixels.
State-dict keys are a contract: the browser's graph builder reads architecture and sizes off these names and shapes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LATENT_CHANNELS = 32
CELL = 8  # pixels per latent cell


def soft_clamp(z: Tensor) -> Tensor:
    """tanh(z/3)*3: keeps any latent, however extreme, inside (-3, 3)."""
    return torch.tanh(z / 3) * 3


class Pool(nn.Sequential):
    """What the whole picture says about each of its cells, by normalising over it: 1x1 to 2C, GroupNorm(4), ReLU, 1x1 back.

    TAEF2's own device (madebyollin/taesd), at half its width; keys pool.{0,1,3}.
    """

    def __init__(self, width: int) -> None:
        wide = 2 * width
        super().__init__(
            nn.Conv2d(width, wide, 1, bias=False), nn.GroupNorm(4, wide), nn.ReLU(), nn.Conv2d(wide, width, 1, bias=False)
        )


class ResidualBlock(nn.Module):
    """y + conv2(relu(conv1(y))), both 3x3, where y is x or, with a pool, x + pool(x).

    The hidden width may differ from the stream's. conv2 starts at zero, so a block added to trained weights changes nothing.
    """

    def __init__(self, width: int, hidden: int | None = None, pooled: bool = False) -> None:
        super().__init__()
        self.pool = Pool(width) if pooled else None
        self.conv1 = nn.Conv2d(width, hidden or width, 3, padding=1)
        self.conv2 = nn.Conv2d(hidden or width, width, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: Tensor) -> Tensor:
        if self.pool is not None:
            x = x + self.pool(x)
        return x + self.conv2(F.relu(self.conv1(x)))


class Context(nn.Sequential):
    """What the whole picture says about each of its cells: [N,C,h,w] -> one vector [N,out,1,1].

    conv3x3, ReLU, mean over all cells, then a small MLP. FLUX.2's autoencoder (and TAEF2) normalises over the whole
    picture, so the same colours have different latents in different pictures: a crop encoded alone differs from the same
    crop of the whole by 30 % of mean |z|, and nothing of bounded reach can tell which it is.
    """

    def __init__(self, channels: int, hidden: int, out: int) -> None:
        super().__init__(
            nn.Conv2d(channels, hidden, 3, padding=1), nn.ReLU(),
            nn.Conv2d(hidden, hidden, 1), nn.ReLU(),
            nn.Conv2d(hidden, out, 1),
        )
        nn.init.zeros_(self[4].weight)
        nn.init.zeros_(self[4].bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self[1](self[0](x)).mean((2, 3), keepdim=True)
        return self[4](self[3](self[2](x)))


class DecoderStage(nn.Module):
    """Blocks at one resolution, then a 3x3 convolution to 4x the next width and a pixel shuffle."""

    def __init__(self, width: int, next_width: int, blocks: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ResidualBlock(width) for _ in range(blocks))
        self.up = nn.Conv2d(width, 4 * next_width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return F.pixel_shuffle(self.up(x), 2)


class Decoder(nn.Module):
    """"latentlift-decoder": latent [N,32,h,w] -> RGB [N,3,8h,8w] about [0,1], unclamped.

    Convolutions of bounded reach (see receptive_radius), so tiles can be exact. With a context (keys context.{0,2,4}) one
    vector of the whole latent is added to conv_in's output: a tiled decode computes it once and gives it to every tile.
    """

    def __init__(
        self, widths: Sequence[int] = (128, 64, 32), blocks: Sequence[int] = (3, 3, 1), context: int | None = None
    ) -> None:
        super().__init__()
        self.context = Context(LATENT_CHANNELS, context, widths[0]) if context else None
        self.conv_in = nn.Conv2d(LATENT_CHANNELS, widths[0], 3, padding=1)
        following = [*widths[1:], 3]
        self.stages = nn.ModuleList(DecoderStage(w, n, b) for w, n, b in zip(widths, following, blocks, strict=True))

    def forward(self, z: Tensor, context: Tensor | None = None) -> Tensor:
        """`context`: the vector [N,widths[0],1,1] of the whole latent where z is only a part of it."""
        x = self.conv_in(soft_clamp(z))
        if self.context is not None:
            x = x + (self.context_of(z) if context is None else context)
        for stage in self.stages:
            x = stage(x)
        return x

    def context_of(self, z: Tensor) -> Tensor | None:
        """The context vector of a whole latent, None for a decoder without one."""
        return None if self.context is None else self.context(soft_clamp(z))

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> Decoder:
        stages = _count(state, "stages.")
        widths = [state[f"stages.{s}.up.weight"].shape[1] for s in range(stages)]
        context = state["context.0.weight"].shape[0] if "context.0.weight" in state else None
        model = cls(widths, [_count(state, f"stages.{s}.blocks.") for s in range(stages)], context)
        model.load_state_dict({k: v.float() for k, v in state.items()})
        return model

    def receptive_radius(self) -> float:
        """How far, in latent cells, an input cell can reach from the pixel it influences."""
        return 1 + sum((2 * len(stage.blocks) + 1) / 2**s for s, stage in enumerate(self.stages))

    def macs_per_pixel(self) -> float:
        """Multiply-adds of the convolutions per output pixel."""
        total = self.conv_in.weight.numel() / CELL**2
        if self.context is not None:
            total += self.context[0].weight.numel() / CELL**2
        for s, stage in enumerate(self.stages):
            weights = sum(p.numel() for n, p in stage.named_parameters() if n.endswith("weight"))
            total += weights / (CELL / 2**s) ** 2
        return total


class EncoderStage(nn.Module):
    """Blocks at one resolution; `down` (3x3, stride 2) leads to the next one where there is one."""

    def __init__(self, width: int, next_width: int | None, blocks: int, pooled: bool) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ResidualBlock(width, pooled=pooled) for _ in range(blocks))
        self.down = nn.Conv2d(width, next_width, 3, stride=2, padding=1) if next_width else None

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x if self.down is None else self.down(x)


class Encoder(nn.Module):
    """"latentlift-encoder": RGB [N,3,H,W] in [0,1], H and W multiples of 8 -> latent [N,32,H/8,W/8].

    conv_in takes what the stages do not of the 8 pixels a cell: kernel 4 and stride 2 before three stages, 8 and 4 before
    two. With pooled=True the last stage's blocks see the whole picture (see Context for why they must).
    """

    def __init__(self, widths: Sequence[int] = (32, 64, 96), blocks: Sequence[int] = (1, 2, 4), pooled: bool = True) -> None:
        super().__init__()
        stride = CELL // 2 ** (len(widths) - 1)
        self.conv_in = nn.Conv2d(3, widths[0], 2 * stride, stride=stride, padding=stride // 2)
        following = [*widths[1:], None]
        self.stages = nn.ModuleList(
            EncoderStage(w, n, b, pooled and n is None) for w, n, b in zip(widths, following, blocks, strict=True)
        )
        self.conv_out = nn.Conv2d(widths[-1], LATENT_CHANNELS, 3, padding=1)

    def forward(self, rgb: Tensor) -> Tensor:
        return self.conv_out(self.features(rgb)[-1])

    def features(self, rgb: Tensor) -> list[Tensor]:
        """What conv_in and each stage make of a picture."""
        found = [self.conv_in(rgb)]
        for stage in self.stages:
            found.append(stage(found[-1]))
        return found

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> Encoder:
        stages = _count(state, "stages.")
        widths = [state[f"stages.{s}.blocks.0.conv1.weight"].shape[1] for s in range(stages)]
        pooled = f"stages.{stages - 1}.blocks.0.pool.0.weight" in state
        model = cls(widths, [_count(state, f"stages.{s}.blocks.") for s in range(stages)], pooled)
        model.load_state_dict({k: v.float() for k, v in state.items()})
        return model


def relative_position_index(window: int) -> Tensor:
    """[window^2, window^2] rows of the (2*window-1)^2 bias table, as in Swin: query minus key, row-major."""
    coords = torch.stack(torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")).flatten(1)
    offset = coords[:, :, None] - coords[:, None, :] + window - 1
    return offset[0] * (2 * window - 1) + offset[1]


def to_windows(x: Tensor, window: int) -> Tensor:
    """[N,H,W,C] -> [N*windows, window^2, C], windows in row-major order."""
    n, h, w, c = x.shape
    x = x.view(n, h // window, window, w // window, window, c).transpose(2, 3)
    return x.reshape(-1, window * window, c)


def from_windows(x: Tensor, window: int, height: int, width: int) -> Tensor:
    """Inverse of to_windows."""
    x = x.view(-1, height // window, width // window, window, window, x.shape[-1]).transpose(2, 3)
    return x.reshape(-1, height, width, x.shape[-1])


def shift_mask(height: int, width: int, window: int) -> Tensor:
    """[windows, window^2, window^2]: 0 where two cells of a shifted window are neighbours in the latent, else -100."""
    shift = window // 2
    rows = (torch.arange(height) >= height - window).int() + (torch.arange(height) >= height - shift).int()
    cols = (torch.arange(width) >= width - window).int() + (torch.arange(width) >= width - shift).int()
    region = to_windows((rows[:, None] * 3 + cols[None, :])[None, :, :, None], window)[..., 0]
    return torch.where(region[:, None, :] == region[:, :, None], 0.0, -100.0)


class WindowAttention(nn.Module):
    """Multi-head attention within windows [B, window^2, C], with a learned bias per head and relative position."""

    def __init__(self, dim: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * window - 1) ** 2, heads))
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)
        self.register_buffer("index", relative_position_index(window), persistent=False)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        b, tokens, dim = x.shape
        q, k, v = self.qkv(x).view(b, tokens, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        bias = self.relative_position_bias_table[self.index.flatten()].view(tokens, tokens, self.heads).permute(2, 0, 1)
        if mask is not None:  # windows repeat for every item of the batch
            bias = (bias[None] + mask[:, None]).repeat(b // mask.shape[0], 1, 1, 1)
        scores = (q * (dim // self.heads) ** -0.5) @ k.transpose(-2, -1) + bias.to(q.dtype)
        x = scores.softmax(-1).to(v.dtype) @ v
        return self.proj(x.transpose(1, 2).reshape(b, tokens, dim))


class Mlp(nn.Module):
    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.gelu(self.fc1(x)))


class SwinLayer(nn.Module):
    """Pre-norm attention and MLP on [N,H,W,C]; a shifted layer rolls by half a window and masks what is not adjacent."""

    def __init__(self, dim: int, heads: int, window: int, mlp_ratio: float, shifted: bool) -> None:
        super().__init__()
        self.window = window
        self.shift = window // 2 if shifted else 0
        self.norm1 = nn.LayerNorm(dim)
        self.attn = WindowAttention(dim, heads, window)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = Mlp(dim, int(dim * mlp_ratio))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        _, h, w, _ = x.shape
        y = self.norm1(x)
        if self.shift:
            y = torch.roll(y, (-self.shift, -self.shift), (1, 2))
        y = self.attn(to_windows(y, self.window), mask if self.shift else None)
        y = from_windows(y, self.window, h, w)
        if self.shift:
            y = torch.roll(y, (self.shift, self.shift), (1, 2))
        x = x + y
        return x + self.mlp(self.norm2(x))


class ResidualGroup(nn.Module):
    def __init__(self, dim: int, depth: int, heads: int, window: int, mlp_ratio: float) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(SwinLayer(dim, heads, window, mlp_ratio, i % 2 == 1) for i in range(depth))


class SwinGroup(nn.Module):
    """RSTB of SwinIR: Swin layers, a 3x3 convolution, and a skip around both."""

    def __init__(self, dim: int, depth: int, heads: int, window: int, mlp_ratio: float) -> None:
        super().__init__()
        self.residual_group = ResidualGroup(dim, depth, heads, window, mlp_ratio)
        self.conv = nn.Conv2d(dim, dim, 3, padding=1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        y = x
        for block in self.residual_group.blocks:
            y = block(y, mask)
        return x + self.conv(y.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


class PatchEmbed(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)


class LuaHead(nn.Module):
    """Pixel-shuffle head for one power-of-two scale, with the keys of LUA's release:

    conv_before.0 (conv3x3 embed -> f, then LeakyReLU 0.01), upsample.{0,2,...} (per factor-2 step conv3x3 f -> 4f,
    then PixelShuffle(2)), conv_last (conv3x3 f -> latent channels). One addition: `post.{0,1,...}`, residual blocks of
    `post` hidden channels each at the high resolution, before conv_last. They reach two cells each, so tiles stay as exact.
    """

    def __init__(self, dim: int, features: int, channels: int, scale: int, post: Sequence[int] = ()) -> None:
        super().__init__()
        self.conv_before = nn.Sequential(nn.Conv2d(dim, features, 3, padding=1), nn.LeakyReLU(0.01))
        steps: list[nn.Module] = []
        for _ in range(int(math.log2(scale))):
            steps += [nn.Conv2d(features, 4 * features, 3, padding=1), nn.PixelShuffle(2)]
        self.upsample = nn.Sequential(*steps)
        if post:
            self.post = nn.Sequential(*(ResidualBlock(features, hidden) for hidden in post))
        self.conv_last = nn.Conv2d(features, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.upsample(self.conv_before(x))
        return self.conv_last(self.post(x) if hasattr(self, "post") else x)


class Lua(nn.Module):
    """"swinir" with LUA heads: latent [N,C,h,w] -> latent [N,C,scale*h,scale*w], scale 2 or 4 (arXiv 2511.10629).

    Key names are those of the release (SwinIRMultiHead: one trunk; heads.x2, heads.x4, each with conv_before.0,
    upsample.{0,2}, conv_last). Additions: `post` blocks in the heads; with skip=True a linear path `skip` (conv5x5 to 4C, pixel shuffle,
    applied once per factor 2 with the same weights) carries what a linear map can, and the trunk learns the rest; with a
    context (keys context.{0,2,4}) one vector of the whole latent is added to conv_first's output.
    Sides are reflect-padded right and bottom to a multiple of the window, and the result is cropped.
    """

    def __init__(
        self,
        channels: int = LATENT_CHANNELS,
        embed: int = 96,
        depths: Sequence[int] = (4, 4, 4, 4),
        heads: int = 4,
        window: int = 8,
        mlp_ratio: float = 2,
        features: int = 64,
        scales: Sequence[int] = (2, 4),
        skip: bool = True,
        context: int | None = None,
        post: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.window = window
        self.context = Context(channels, context, embed) if context else None
        self.conv_first = nn.Conv2d(channels, embed, 3, padding=1)
        self.patch_embed = PatchEmbed(embed)
        self.layers = nn.ModuleList(SwinGroup(embed, d, heads, window, mlp_ratio) for d in depths)
        self.norm = nn.LayerNorm(embed)
        self.conv_after_body = nn.Conv2d(embed, embed, 3, padding=1)
        self.heads = nn.ModuleDict({f"x{s}": LuaHead(embed, features, channels, s, post) for s in scales})
        self.skip = nn.Conv2d(channels, 4 * channels, 5, padding=2) if skip else None
        self._masks: dict[tuple[int, int], Tensor] = {}

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> Lua:
        embed, channels = state["conv_first.weight"].shape[:2]
        groups = _count(state, "layers.")
        scales = sorted({int(k.split(".")[1][1:]) for k in state if k.startswith("heads.")})
        post = f"heads.x{scales[0]}.post."
        table = state["layers.0.residual_group.blocks.0.attn.relative_position_bias_table"]
        model = cls(
            channels=channels,
            embed=embed,
            depths=[_count(state, f"layers.{i}.residual_group.blocks.") for i in range(groups)],
            heads=table.shape[1],
            window=(math.isqrt(table.shape[0]) + 1) // 2,
            mlp_ratio=state["layers.0.residual_group.blocks.0.mlp.fc1.weight"].shape[0] / embed,
            features=next(v for k, v in state.items() if k.endswith("conv_before.0.weight")).shape[0],
            scales=scales,
            skip="skip.weight" in state,
            context=state["context.0.weight"].shape[0] if "context.0.weight" in state else None,
            post=[state[f"{post}{i}.conv1.weight"].shape[0] for i in range(_count(state, post))],
        )
        model.load_state_dict({k: v.float() for k, v in state.items()})
        return model

    def features_of(self, z: Tensor, context: Tensor | None = None) -> Tensor:
        """The trunk, shared by both heads: [N,C,h,w] with h, w multiples of the window -> [N,embed,h,w]."""
        shallow = self.conv_first(z)
        if context is not None:
            shallow = shallow + context
        x = self.patch_embed.norm(shallow.permute(0, 2, 3, 1))
        mask = self._mask(x.shape[1], x.shape[2]).to(x.device)
        for layer in self.layers:
            x = layer(x, mask)
        return self.conv_after_body(self.norm(x).permute(0, 3, 1, 2)) + shallow

    def context_of(self, z: Tensor) -> Tensor | None:
        """The context vector [N,embed,1,1] of a whole latent, None for weights without one."""
        return None if self.context is None else self.context(soft_clamp(z))

    def forward(self, z: Tensor, scale: int, context: Tensor | None = None) -> Tensor:
        """`context`: the vector of the whole latent where z is only a part of it."""
        _, _, h, w = z.shape
        if context is None:
            context = self.context_of(z)
        z = F.pad(z, (0, -w % self.window, 0, -h % self.window), mode="reflect")
        y = self.heads[f"x{scale}"](self.features_of(z, context))
        if self.skip is not None:
            for _ in range(int(math.log2(scale))):
                z = F.pixel_shuffle(self.skip(z), 2)
            y = y + z
        return y[:, :, : scale * h, : scale * w]

    def _mask(self, height: int, width: int) -> Tensor:
        if (height, width) not in self._masks:
            self._masks[height, width] = shift_mask(height, width, self.window)
        return self._masks[height, width]


class PooledBlock(nn.Module):
    """TAESD's block: relu(convs(x) + x); with pool, a global branch is added to x first (TAEF2's latent resolution)."""

    def __init__(self, width: int, pooled: bool) -> None:
        super().__init__()
        conv = lambda: nn.Conv2d(width, width, 3, padding=1)  # noqa: E731
        self.conv = nn.Sequential(conv(), nn.ReLU(), conv(), nn.ReLU(), conv())
        self.pool = (
            nn.Sequential(
                nn.Conv2d(width, 4 * width, 1, bias=False),
                nn.GroupNorm(4, 4 * width),
                nn.ReLU(),
                nn.Conv2d(4 * width, width, 1, bias=False),
            )
            if pooled
            else None
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.pool is not None:
            x = x + self.pool(x)
        return F.relu(self.conv(x) + x)


class SoftClamp(nn.Module):
    def forward(self, z: Tensor) -> Tensor:
        return soft_clamp(z)


def tiny_decoder(pooled: bool, channels: int = LATENT_CHANNELS, width: int = 64) -> nn.Sequential:
    """TAESD-type decoder, latent [N,channels,h,w] -> RGB [N,3,8h,8w]; keys are the indices of the Sequential."""
    layers: list[nn.Module] = [SoftClamp(), nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
    layers += [PooledBlock(width, pooled) for _ in range(3)]
    for blocks in (3, 3, 1):
        layers += [nn.Upsample(scale_factor=2), nn.Conv2d(width, width, 3, padding=1, bias=False)]
        layers += [PooledBlock(width, False) for _ in range(blocks)]
    return nn.Sequential(*layers, nn.Conv2d(width, 3, 3, padding=1))


def tiny_encoder(pooled: bool, channels: int = LATENT_CHANNELS, width: int = 64) -> nn.Sequential:
    """TAESD-type encoder, RGB [N,3,8h,8w] in [0,1] -> latent [N,channels,h,w]; keys are the indices of the Sequential."""
    layers: list[nn.Module] = [nn.Conv2d(3, width, 3, padding=1), PooledBlock(width, False)]
    for step in range(3):
        layers.append(nn.Conv2d(width, width, 3, stride=2, padding=1, bias=False))
        layers += [PooledBlock(width, pooled and step == 2) for _ in range(3)]
    return nn.Sequential(*layers, nn.Conv2d(width, channels, 3, padding=1))


def load_tiny(state: Mapping[str, Tensor]) -> nn.Sequential:
    """A TAESD-type encoder or decoder (TAEF2 among them) from its state dict, as float32 in eval mode."""
    is_encoder = "0.weight" in state
    pooled = any(".pool." in key for key in state)
    model = tiny_encoder(pooled) if is_encoder else tiny_decoder(pooled)
    model.load_state_dict({k: v.float() for k, v in state.items()})
    return model.eval()


def _count(state: Mapping[str, Tensor], prefix: str) -> int:
    """How many numbered children stand directly under a key prefix."""
    return len({key[len(prefix) :].split(".")[0] for key in state if key.startswith(prefix)})
