"""The networks of LatentLift, small enough to read in one sitting.

Every latent here is FLUX.2 *model space*: batch-normalised, un-patchified, [N,32,h,w], one cell per 8x8 pixels.
State-dict keys are a contract: the browser's graph builder reads architecture and sizes off these names and shapes.
"""

from .autoencoder import Decoder, DecoderStage, Encoder, EncoderStage
from .blocks import CELL, LATENT_CHANNELS, Context, Pool, ResidualBlock, soft_clamp
from .lua import Lua, LuaHead, PatchEmbed, PixelSwin
from .swin import SwinGroup, from_windows, shift_mask, to_windows
from .tiny import PooledBlock, SoftClamp, load_tiny, tiny_decoder, tiny_encoder

__all__ = [
    "CELL",
    "LATENT_CHANNELS",
    "Context",
    "Decoder",
    "DecoderStage",
    "Encoder",
    "EncoderStage",
    "Lua",
    "LuaHead",
    "PatchEmbed",
    "PixelSwin",
    "Pool",
    "PooledBlock",
    "ResidualBlock",
    "SoftClamp",
    "SwinGroup",
    "from_windows",
    "load_tiny",
    "shift_mask",
    "soft_clamp",
    "tiny_decoder",
    "tiny_encoder",
    "to_windows",
]
