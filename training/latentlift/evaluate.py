"""Picture quality: PSNR, SSIM, sharpness and colour drift of every way to enlarge, on a folder of pictures.

`oracle` encode, decode · `lua2`/`lua4` encode the reduced picture, upscale the latent, decode · `pixel2`/`pixel4` decode
the small latent, bicubic · `lanczos2`/`lanczos4` the same with Lanczos · `latent2`/`latent4` bicubic latent, decode.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from .data import list_pictures, open_rgb, reduce, to_tensor
from .losses import dissimilarity, luminance
from .models import CELL, Decoder, Encoder, Lua, load_tiny

Metrics = dict[str, float]
Upscale = Callable[[Tensor, int], Tensor]


def psnr(a: Tensor, b: Tensor) -> float:
    """Peak signal-to-noise ratio in dB over RGB in [0,1]."""
    return float(-10 * torch.log10(F.mse_loss(a, b)))


def ssim(a: Tensor, b: Tensor) -> float:
    """Mean structural similarity over the three channels."""
    return 1 - float(dissimilarity(a, b))


def gradient_energy(x: Tensor) -> float:
    """Mean square of horizontal and vertical neighbour differences."""
    return float(x.diff(dim=-1).square().mean() + x.diff(dim=-2).square().mean())


def grid(x: Tensor) -> float:
    """Strength of a pattern that repeats with every cell, in 1/255: root mean square of the mean cell's fine luminance.

    [1,3,H,W], sides multiples of 8. What a picture has by chance falls with its number of cells: Kodak's have 0.5 to 0.9.
    """
    y = luminance(x)
    fine = y - F.avg_pool2d(y, CELL + 1, 1, CELL // 2, count_include_pad=False)
    rows, columns = (side // CELL for side in y.shape[-2:])
    cell = fine.view(rows, CELL, columns, CELL).mean((0, 2))
    return 255 * float(cell.square().mean().sqrt())


def measure(output: Tensor, picture: Tensor, reference: Tensor | None = None) -> Metrics:
    """Metrics of output [1,3,H,W] against the picture; with a reference (the 1x decode) also `drift` and `tint`.

    drift: mean absolute difference of 32x32-pixel block means; tint: largest absolute difference of the channels' means; both,
    and `grid`, in 1/255.
    """
    output = output.clamp(0, 1)
    result = {
        "psnr": psnr(output, picture),
        "ssim": ssim(output, picture),
        "sharpness": gradient_energy(output) / gradient_energy(picture),
        "grid": grid(output),
    }
    if reference is not None:
        reference = reference.clamp(0, 1)
        result["drift"] = 255 * float(F.l1_loss(F.avg_pool2d(output, 32), F.avg_pool2d(reference, 32)))
        result["tint"] = 255 * float((output.mean((0, 2, 3)) - reference.mean((0, 2, 3))).abs().max())
    return result


def resize(rgb: Tensor, factor: int, how: Image.Resampling) -> Tensor:
    """Enlarge RGB [1,3,H,W] as an 8-bit picture, the way a viewer would."""
    pixels = (rgb[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
    image = Image.fromarray(pixels).resize((pixels.shape[1] * factor, pixels.shape[0] * factor), how)
    return to_tensor(image)[None].float() / 255


def cropped(image: Image.Image, multiple: int = 128) -> Image.Image:
    """The picture cut right and bottom to multiples of `multiple` pixels."""
    return image.crop((0, 0, image.width // multiple * multiple, image.height // multiple * multiple))


class Evaluation:
    """Pictures with their latents at 1, 1/2 and 1/4, made once by the encoder."""

    @torch.no_grad()
    def __init__(self, paths: Iterable[Path], encoder: nn.Module) -> None:
        self.items: list[tuple[str, Tensor, dict[int, Tensor]]] = []
        for path in paths:
            image = cropped(open_rgb(path))
            scales = {f: to_tensor(reduce(image, f) if f > 1 else image)[None].float() / 255 for f in (1, 2, 4)}
            self.items.append((path.stem, scales[1], {f: encoder(x) for f, x in scales.items()}))

    @torch.no_grad()
    def run(self, decode: Callable[[Tensor], Tensor], upscale: Upscale | None, baselines: bool = True) -> dict[str, dict[str, Metrics]]:
        """{picture: {way: metrics}}."""
        results: dict[str, dict[str, Metrics]] = {}
        for name, picture, latents in self.items:
            oracle = decode(latents[1])
            ways = {"oracle": measure(oracle, picture)}
            for f in (2, 4):
                if upscale is not None:
                    ways[f"lua{f}"] = measure(decode(upscale(latents[f], f)), picture, oracle)
                if baselines:
                    small = decode(latents[f])
                    ways[f"pixel{f}"] = measure(resize(small, f, Image.Resampling.BICUBIC), picture, oracle)
                    ways[f"lanczos{f}"] = measure(resize(small, f, Image.Resampling.LANCZOS), picture, oracle)
                    large = F.interpolate(latents[f], scale_factor=f, mode="bicubic")
                    ways[f"latent{f}"] = measure(decode(large), picture, oracle)
            results[name] = ways
        return results


def mean_of(results: dict[str, dict[str, Metrics]]) -> dict[str, Metrics]:
    """{way: metrics} averaged over the pictures."""
    first = next(iter(results.values()))
    return {
        way: {m: float(np.mean([r[way][m] for r in results.values()])) for m in metrics} for way, metrics in first.items()
    }


def as_table(means: dict[str, Metrics]) -> str:
    """Markdown table of mean_of's result."""
    columns = ("psnr", "ssim", "sharpness", "grid", "drift", "tint")
    lines = ["| way | PSNR dB | SSIM | sharpness | grid /255 | drift /255 | tint /255 |", "|---|---|---|---|---|---|---|"]
    digits = {"psnr": 2, "ssim": 4, "sharpness": 3, "grid": 2, "drift": 2, "tint": 2}
    for way, metrics in means.items():
        cells = [f"{metrics[c]:.{digits[c]}f}" if c in metrics else "" for c in columns]
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def network_of(state: Mapping[str, Tensor]) -> nn.Module:
    """Any of our networks, or a TAESD-type one, known by its keys; float32, eval mode."""
    if "conv_first.weight" in state:
        return Lua.from_state_dict(state).eval()
    if "conv_out.weight" in state:
        return Encoder.from_state_dict(state).eval()
    if "conv_in.weight" in state:
        return Decoder.from_state_dict(state).eval()
    return load_tiny(state)


def load_weights(path: Path) -> nn.Module:
    """A network from .safetensors, .pth, or the averaged weights of a training checkpoint."""
    state = load_file(path) if path.suffix == ".safetensors" else torch.load(path, weights_only=True, map_location="cpu")
    return network_of(state.get("ema", state))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--match", default="*", help="glob on file names")
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--decoder", type=Path, required=True)
    parser.add_argument("--upscaler", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    paths = [p for p in list_pictures(args.pictures) if p.match(args.match)]
    upscaler = load_weights(args.upscaler) if args.upscaler else None
    results = Evaluation(paths, load_weights(args.encoder)).run(load_weights(args.decoder), upscaler)
    print(json.dumps({"pictures": results, "mean": mean_of(results)}, indent=1) if args.json else as_table(mean_of(results)))


if __name__ == "__main__":
    main()
