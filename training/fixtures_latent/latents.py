"""Golden latent files in the form of every writer that we know, with what a reader must understand in expected.json.

    cd training && python -m fixtures_latent.latents [--encoder ENCODER.pth --picture PICTURE]

The values are one real FLUX.2 latent (TAEF2 on a Kodak picture, kept as base.npy and made again only when an encoder is given);
other families take its first channels as their model-space latent. Each row states family, space, axes, and cells of the
model-space latent computed here, with torch's own reshapes, not with the product's formulas.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

ROOT = Path(__file__).parents[2]
OUT = ROOT / "src/core/latent/fixtures"
# raw = model / scale + shift; one scale and shift for all channels.
FACTORS = {
    "sd1": (0.18215, 0.0),
    "sdxl": (0.13025, 0.0),
    "sd3": (1.5305, 0.0609),
    "flux1": (0.3611, 0.1159),
    "sana": (0.41407, 0.0),
    "hunyuan-image": (0.75289, 0.0),
}
# diffusers, autoencoder_kl_wan.py
WAN_MEAN = torch.tensor(
    [-0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508,
     0.4134, -0.0715, 0.5517, -0.3632, -0.1922, -0.9497, 0.2503, -0.2921]
)
WAN_STD = torch.tensor(
    [2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743,
     3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253, 2.8251, 1.9160]
)
# raw = model * std + mean of each channel. Playground's VAE configuration states these with a scaling factor of 0.5.
STATISTICS = {
    "wan": (WAN_MEAN, WAN_STD),
    # MiniMaxAI/MiniMax-H3, video_vae/config.json.
    "minimax-h3": (
        torch.tensor(
            [0.858090341, -0.960659146, 1.066164017, -0.509032547, -0.272758186, -1.367541432, -0.255325496, -0.269075543,
             -0.537684083, -0.04640973, 0.665737033, 0.196901277, -0.546060801, -0.403534204, -0.236830249, 0.259284526,
             -0.301339447, 0.211341992, -1.120684862, 0.358193338, -0.042251438, 0.260482997, 0.228640929, 0.705603182]
        ),
        torch.tensor(
            [1.222377419, 1.276726365, 1.683177471, 1.754945517, 1.56362164, 2.194143534, 0.965313792, 1.056988597,
             0.841948926, 0.772995293, 1.895593762, 0.946841836, 0.799680948, 0.449889004, 0.719739974, 0.693629324,
             2.961095095, 2.769419909, 3.049618483, 2.108805418, 3.276226282, 3.162735701, 2.281681299, 2.612784386]
        ),
    ),
    "playground": (torch.tensor([-1.6574, 1.886, -1.383, 2.5155]), torch.tensor([8.4927, 5.9022, 6.5498, 5.2299]) / 0.5),
}


def encode_base(encoder: Path, picture: Path) -> None:
    """One picture's model-space latent [32,16,24] f16 from a 192x128 centre crop at half size."""
    from latentlift.models import load_tiny

    image = Image.open(picture).convert("RGB")
    image = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
    left, top = (image.width - 192) // 2, (image.height - 128) // 2
    pixels = np.asarray(image.crop((left, top, left + 192, top + 128)))
    x = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
    with torch.no_grad():
        z = load_tiny(torch.load(encoder, weights_only=True))(x)
    np.save(OUT / "base.npy", z[0].numpy().astype(np.float16))


def flux2_raw(z: Tensor) -> Tensor:
    """Model [32,H,W] -> raw, through torch's pixel_unshuffle and the statistics in the product's table (read as text)."""
    source = (ROOT / "src/core/families/flux2.ts").read_text()
    mean, std = (
        torch.tensor([float(v) for v in source.split(f"FLUX2_{name}")[1].split("[\n")[1].split("]")[0].split(",") if v.strip()])
        for name in ("MEAN", "STD")
    )
    assert len(mean) == len(std) == 128
    patches = torch.nn.functional.pixel_unshuffle(z[None], 2)[0]
    return torch.nn.functional.pixel_shuffle((patches * std[:, None, None] + mean[:, None, None])[None], 2)[0]


def statistics_of(file: str) -> tuple[Tensor, Tensor]:
    """Mean and deviation of each channel in a family's file of the product, read as text."""
    source = (ROOT / f"src/core/families/{file}.ts").read_text()
    mean, std = (
        torch.tensor([float(v) for v in source.split(f"const {name} = [")[1].split("]")[0].split(",") if v.strip()])
        for name in ("MEAN", "STD")
    )
    return mean, std


def to_raw(z: Tensor, family: str) -> Tensor:
    """Model [C,H,W] -> raw VAE values."""
    if family == "flux2":
        return flux2_raw(z)
    if family in STATISTICS or family in ("qwen-image-21", "wan22", "mochi"):
        mean, std = STATISTICS.get(family) or statistics_of(family)
        return z * std[:, None, None] + mean[:, None, None]
    scale, shift = FACTORS[family]
    return z / scale + shift


def patches(z: Tensor) -> Tensor:
    """[..., C,H,W] -> [..., 4C,H/2,W/2] with k = 4c + 2u + v, which is pixel_unshuffle's own order."""
    return torch.nn.functional.pixel_unshuffle(z, 2)


def tokens(z: Tensor) -> Tensor:
    """[B,C,H,W] -> [B,N,4C] as diffusers' pipeline_flux._pack_latents writes it."""
    b, c, h, w = z.shape
    z = z.view(b, c, h // 2, 2, w // 2, 2).permute(0, 2, 4, 1, 3, 5)
    return z.reshape(b, (h // 2) * (w // 2), c * 4)


@dataclass
class Rows:
    rows: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, z: Tensor, family: str, space: str, **expected: Any) -> None:
        """`z`: the model-space latent [C,H,W] that a reader must arrive at; five cells of it are stated."""
        generator = torch.Generator().manual_seed(len(self.rows))
        c, h, w = z.shape
        cells = [[int(torch.randint(n, (1,), generator=generator)) for n in (c, h, w)] for _ in range(5)]
        probes = [[*cell, float(z[tuple(cell)])] for cell in cells]
        self.rows[name] = {"family": family, "space": space, "size": [c, h, w], "probes": probes, **expected}

    def refuse(self, name: str, code: str, **expected: Any) -> None:
        self.rows[name] = {"refused": code, **expected}


def write_flux2(rows: Rows, z: Tensor) -> None:
    raw = flux2_raw(z)
    half = z.half()
    np.save(OUT / "flux2-model.npy", half.numpy())
    rows.add("flux2-model.npy", z, "flux2", "model", axes="chw")
    np.save(OUT / "flux2-klein.npy", raw[None].half().numpy())
    rows.add("flux2-klein.npy", z, "flux2", "raw", axes="bchw")
    np.save(OUT / "flux2-packed.npy", tokens(half[None]).numpy())
    rows.add("flux2-packed.npy", z, "flux2", "model", axes="bnc", packedWidth=12)
    np.save(OUT / "flux2-channels-last.npy", half.permute(1, 2, 0).contiguous().numpy())
    rows.add("flux2-channels-last.npy", z, "flux2", "model", axes="hwc")
    graph = {"3": {"class_type": "VAELoader", "inputs": {"vae_name": "flux2-vae.safetensors"}}}
    save_file(
        {"latent_tensor": patches(z[None].half()).float(), "latent_format_version_0": torch.tensor([])},
        OUT / "flux2-comfy.latent",
        {"prompt": json.dumps(graph)},
    )
    rows.add("flux2-comfy.latent", z, "flux2", "model", axes="bchw", producer="ComfyUI .latent", confidence="certain")
    bf16 = z.bfloat16()
    save_file({"latent": bf16}, OUT / "ai-toolkit.safetensors", {"latent_space_version": "flux2"})
    rows.add("ai-toolkit.safetensors", bf16.float(), "flux2", "model", producer="ai-toolkit latent cache", confidence="certain")
    metadata = {"architecture": "flux_2_dev", "width": "192", "height": "128", "format_version": "1.0.1"}
    save_file({"latents_8x12_bfloat16": patches(bf16)}, OUT / "musubi-flux2.safetensors", metadata)
    rows.add("musubi-flux2.safetensors", bf16.float(), "flux2", "model", axes="chw", confidence="certain")
    cache = {"latent_image": raw.bfloat16(), "original_resolution": (128, 192), "crop_offset": (0, 0)}
    torch.save(cache, OUT / "onetrainer.pt")
    rows.add("onetrainer.pt", z, "flux2", "raw", producer="OneTrainer cache", tolerance=0.02)


def write_others(rows: Rows, base: Tensor) -> None:
    """4- and 16-channel families: the first channels of the real latent, and a second, mirrored item for batches."""
    four, sixteen = base[:4], base[:16]
    raw = to_raw
    marker = {"latent_format_version_0": torch.tensor([])}
    graph = {"4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl_base_1.0.safetensors"}}}
    batch = torch.stack([raw(four, "sdxl"), raw(four, "sdxl").flip(-1)])
    save_file({"latent_tensor": batch.contiguous(), **marker}, OUT / "sdxl-batch.latent", {"prompt": json.dumps(graph)})
    rows.add("sdxl-batch.latent", four, "sdxl", "raw", items=2, confidence="certain")
    rows.add("sdxl-batch.latent item 1", four.flip(-1), "sdxl", "raw", file="sdxl-batch.latent", override={"item": 1})
    save_file({"latent_tensor": four[None].contiguous()}, OUT / "legacy.latent")
    rows.add("legacy.latent", four, "sd1", "model", confidence="certain")
    save_file({"latent_tensor": raw(four, "sdxl")[None].contiguous(), **marker}, OUT / "no-prompt.latent")
    rows.add("no-prompt.latent", four, "sdxl", "raw", orGuess=True)

    def kohya(name: str, z: Tensor, suffix: str = "") -> None:
        arrays = {"latents": z, "original_size": torch.tensor([192, 128]), "crop_ltrb": torch.tensor([0, 0, 192, 128])}
        np.savez(OUT / name, **{key + suffix: value.numpy() for key, value in arrays.items()})

    kohya("photo_0192x0128_sdxl.npz", raw(four, "sdxl"))
    rows.add("photo_0192x0128_sdxl.npz", four, "sdxl", "raw", producer="sd-scripts latent cache", confidence="certain")
    kohya("photo.npz", raw(four, "sd1"))
    rows.add("photo.npz", four, "sd1", "raw", orGuess=True)
    kohya("photo_0192x0128_sd3.npz", raw(sixteen, "sd3"), "_16x24")
    rows.add("photo_0192x0128_sd3.npz", sixteen, "sd3", "raw", tensor="latents_16x24", confidence="certain")
    kohya("photo_0192x0128_flux.npz", sixteen, "_16x24")
    rows.add("photo_0192x0128_flux.npz", sixteen, "flux1", "model", confidence="certain")
    np.savez(OUT / "photo_flux_te.npz", l_pooled=np.zeros(8, np.float32), t5_out=np.zeros((4, 16, 4096 // 64), np.float32))
    rows.refuse("photo_flux_te.npz", "latent/not-a-latent", says="text-encoder")

    torch.save({"samples": raw(four, "sdxl")[None]}, OUT / "samples.pt")
    rows.add("samples.pt", four, "sdxl", "raw", tensor="samples", orGuess=True)
    pixels = (((four / 6 + 0.5).clamp(0, 1)) * 255).round().byte().permute(1, 2, 0).contiguous()
    Image.fromarray(pixels.numpy(), "RGBA").save(OUT / "taesd.png")
    rows.add("taesd.png", four.clamp(-3, 3), "sdxl", "model", axes="hwc", orGuess=True, tolerance=0.013)

    np.save(OUT / "flux1-packed.npy", tokens(sixteen[None].half()).numpy())
    rows.add("flux1-packed.npy", sixteen, "flux1", "model", axes="bnc", packedWidth=12)
    np.save(OUT / "flux1-raw.npy", raw(sixteen, "flux1")[None].half().numpy())
    rows.add("flux1-raw.npy", sixteen, "flux1", "raw", tolerance=0.004)
    wan = raw(sixteen, "wan").half()
    video = torch.stack([wan, wan.flip(-1), wan.flip(-2)], 1)[None]
    np.save(OUT / "wan-raw-video.npy", video.numpy())
    rows.add("wan-raw-video.npy", sixteen, "wan", "raw", axes="bcthw", frames=3, tolerance=0.004)
    rows.add(
        "wan-raw-video.npy frame 2",
        sixteen.flip(-2),
        "wan",
        "raw",
        file="wan-raw-video.npy",
        override={"frame": 2},
        tolerance=0.004,
    )
    metadata = {"architecture": "qwen_image", "width": "192", "height": "128", "format_version": "1.0.1"}
    save_file({"latents_1x16x24_bfloat16": sixteen[:, None].bfloat16()}, OUT / "musubi-qwen.safetensors", metadata)
    rows.add("musubi-qwen.safetensors", sixteen.bfloat16().float(), "wan", "model", axes="cthw", confidence="certain")
    np.save(OUT / "sana-raw.npy", raw(base, "sana")[None, :, :, :16].half().contiguous().numpy())
    rows.add("sana-raw.npy", base[:, :, :16], "sana", "raw", orGuess=True, tolerance=0.004)


def write_odd(rows: Rows, base: Tensor) -> None:
    """Values and shapes that need a warning or a refusal."""
    four = base[:4]
    np.save(OUT / "zeros.npy", np.zeros((1, 4, 8, 8), np.float16))
    rows.add("zeros.npy", torch.zeros(4, 8, 8), "sdxl", "model", orGuess=True, warns="empty latent")
    holed = four.half().clone()
    holed[0, 0, 0], holed[1, 2, 3], holed[2, 4, 5] = float("nan"), float("inf"), float("-inf")
    np.save(OUT / "not-finite.npy", holed.numpy())
    rows.add("not-finite.npy", holed.float().nan_to_num(0, 0, 0), "sdxl", "model", orGuess=True, warns="3 of 1536 values")
    noise = torch.randn(16, 16, 24, generator=torch.Generator().manual_seed(1)).half()
    np.save(OUT / "noise.npy", noise.numpy())
    rows.add("noise.npy", noise.float(), "flux1", "model", orGuess=True, warns="pure noise")
    np.save(OUT / "picture.npy", np.zeros((3, 16, 16), np.float16))
    rows.refuse("picture.npy", "latent/shape", says="[3,16,16]")
    np.save(OUT / "wan22-5b.npy", np.zeros((1, 48, 8, 8), np.float16))
    rows.add("wan22-5b.npy", torch.zeros(48, 8, 8), "wan22", "model", orGuess=True, warns="empty latent")
    np.save(OUT / "ltx.npy", np.zeros((1, 128, 2, 4, 4), np.float16))
    rows.add("ltx.npy", torch.zeros(128, 4, 4), "ltx", "model", orGuess=True, frames=2, warns="empty latent")
    np.save(OUT / "nothing.npy", np.zeros((1, 4, 0, 8), np.float32))
    rows.refuse("nothing.npy", "latent/empty")
    torch.save({"net.weight": torch.zeros(4, 4, 3, 3), "net.bias": torch.zeros(4)}, OUT / "network.pth")
    rows.refuse("network.pth", "latent/not-a-latent", says="Models")


def write_later(rows: Rows, base: Tensor) -> None:
    """Families that came after the others, last, because a row's cells follow from its place."""
    four = base[:4]
    np.save(OUT / "playground-raw.npy", to_raw(four, "playground")[None].half().numpy())
    rows.add("playground-raw.npy", four, "playground", "raw", orGuess=True, tolerance=0.004)

    frames = torch.stack([base[:24], base[:24].flip(-1)], 1)[None].contiguous()
    graph = {"1": {"class_type": "VAELoader", "inputs": {"vae_name": "minimax_h3_video_vae_fp16.safetensors"}}}
    save_file(
        {"latent_tensor": frames, "latent_format_version_0": torch.tensor([])},
        OUT / "minimax-h3.latent",
        {"prompt": json.dumps(graph)},
    )
    rows.add("minimax-h3.latent", base[:24], "minimax-h3", "model", axes="bcthw", frames=2, confidence="certain")
    np.save(OUT / "minimax-h3-raw.npy", to_raw(base[:24], "minimax-h3")[None, :, None].half().numpy())
    rows.add("minimax-h3-raw.npy", base[:24], "minimax-h3", "raw", axes="bcthw", tolerance=0.004)
    write_wide(rows, base)


def write_wide(rows: Rows, base: Tensor) -> None:
    """Families of many channels: the real latent's, mirrored over and over."""
    wide = torch.cat([base, base.flip(-1), base.flip(-2), base.flip(-1, -2)])
    marker = {"latent_format_version_0": torch.tensor([])}

    def comfy(name: str, family: str, vae: str, space: str, *frames: Tensor) -> None:
        """As SaveLatent writes it; with a time axis where there are frames."""
        z = [(to_raw(frame, family) if space == "raw" else frame) for frame in frames]
        values = torch.stack(z, 1)[None] if family in ("wan22", "mochi", "ltx") else z[0][None]
        graph = {"1": {"class_type": "VAELoader", "inputs": {"vae_name": vae}}}
        save_file({"latent_tensor": values.contiguous(), **marker}, OUT / name, {"prompt": json.dumps(graph)})
        expected = {"frames": len(frames)} if len(frames) > 1 else {}
        rows.add(name, frames[0], family, space, confidence="certain", tolerance=0.002, **expected)

    comfy("qwen-image-21.latent", "qwen-image-21", "qwen_image_2.1_vae.safetensors", "raw", wide[:64])
    comfy("hunyuan-image.latent", "hunyuan-image", "hunyuan_image_2.1_vae_fp16.safetensors", "raw", wide[:64, :, :16])
    comfy("wan22.latent", "wan22", "wan2.2_vae.safetensors", "raw", wide[:48], wide[:48].flip(-1))
    comfy("mochi.latent", "mochi", "mochi_vae.safetensors", "raw", wide[:12], wide[:12].flip(-1))
    comfy("ltx.latent", "ltx", "LTX-2_vae.safetensors", "model", wide[:, :8, :8], wide[:, :8, :8].flip(-1))
    # One frame: without its writer's word it would be taken for FLUX.2's patches.
    comfy("ltx-frame.latent", "ltx", "LTX-2_vae.safetensors", "model", wide[:, :8, :8])
    # Without a word from the writer, the means of the raw channels tell.
    np.save(OUT / "qwen-image-21-raw.npy", to_raw(wide[:64], "qwen-image-21")[None].half().numpy())
    rows.add("qwen-image-21-raw.npy", wide[:64], "qwen-image-21", "raw", tolerance=0.01)
    np.save(OUT / "wan22-raw.npy", to_raw(wide[:48], "wan22")[None, :, None].half().numpy())
    rows.add("wan22-raw.npy", wide[:48], "wan22", "raw", orGuess=True, tolerance=0.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--picture", type=Path)
    args = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    if args.encoder:
        encode_base(args.encoder, args.picture)
    base = torch.from_numpy(np.load(OUT / "base.npy").astype(np.float32))
    rows = Rows()
    write_flux2(rows, base)
    write_others(rows, base)
    write_odd(rows, base)
    write_later(rows, base)
    (OUT / "expected.json").write_text(json.dumps(rows.rows, indent=1) + "\n")
    print(f"{len(rows.rows)} rows, {sum(p.stat().st_size for p in OUT.iterdir())} bytes in {OUT}")


if __name__ == "__main__":
    main()
