"""Swin layers (arXiv 2103.14030) in SwinIR's groups."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


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

    index: Tensor

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
