"""The yardstick: every way to enlarge, through our decoder and through another, on a folder of pictures.

`oracle` encode, decode · `lua2`/`lua4` encode the reduced picture, upscale the latent, decode · `twice4` LUA x2 upon LUA x2 ·
`pixel2`/`pixel4` decode the small latent, bicubic · `lanczos2`/`lanczos4` the same with Lanczos · `span2`/`span4` the same
with SPAN · `swin2`/`swin4` the same with pixel-swin (--pixel) · `latent2`/`latent4` bicubic latent, decode. A name that
ends in T went through --decoder2 (TAEF2's).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from .data import list_pictures, open_rgb, reduce, to_tensor
from .metrics import Metrics, measure
from .models import Decoder, Encoder, Lua, PixelSwin, load_tiny
from .perceptual import Perceptual
from .span import Span

Decode = Callable[[Tensor], Tensor]
Upscale = Callable[[Tensor, int], Tensor]
Results = dict[str, dict[str, Metrics]]  # picture -> way -> metrics

BASELINES = ("pixel", "lanczos", "span", "latent")
COLUMNS = {"psnr": 2, "ssim": 4, "sharpness": 3, "perceptual": 3, "grid": 2, "drift": 2, "tint": 2}
HEADINGS = ("PSNR dB", "SSIM", "sharpness", "perceptual", "grid /255", "drift /255", "tint /255")


def resize(rgb: Tensor, factor: int, how: Image.Resampling) -> Tensor:
    """Enlarge RGB [1,3,H,W] as an 8-bit picture, the way a viewer would."""
    image = to_image(rgb)
    return to_rgb(image.resize((image.width * factor, image.height * factor), how))


def to_image(rgb: Tensor) -> Image.Image:
    """RGB [1,3,H,W] about [0,1] -> 8-bit picture."""
    return Image.fromarray((rgb[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous().numpy())


def to_rgb(image: Image.Image) -> Tensor:
    """Picture -> [1,3,H,W] in [0,1]."""
    return to_tensor(image)[None].float() / 255


FILTERS = {"pixel": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS}


def by_span(span: Span) -> Callable[[Tensor], Tensor]:
    """SPAN on RGB [1,3,h,w], as an 8-bit picture."""
    return lambda rgb: to_rgb(span(to_image(rgb)))


def by_swin(swin: Upscale, factor: int) -> Callable[[Tensor], Tensor]:
    """pixel-swin at one factor."""
    return lambda rgb: swin(rgb, factor)


def cropped(image: Image.Image, multiple: int = 128) -> Image.Image:
    """The picture cut right and bottom to multiples of `multiple` pixels."""
    return image.crop((0, 0, image.width // multiple * multiple, image.height // multiple * multiple))


def central(image: Image.Image, side: int) -> Image.Image:
    """The square of `side` pixels in the middle."""
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


class Evaluation:
    """Pictures with their latents at 1, 1/2 and 1/4, made once by the encoder; of each its middle, where `side` says so."""

    @torch.no_grad()
    def __init__(self, paths: Iterable[Path], encoder: Decode, side: int = 0) -> None:
        self.items: list[tuple[str, Tensor, dict[int, Tensor]]] = []
        self.perceptual = Perceptual() if Perceptual.installed() else None
        for path in paths:
            image = open_rgb(path)
            image = central(image, side) if side else cropped(image)
            scales = {f: to_rgb(reduce(image, f) if f > 1 else image) for f in (1, 2, 4)}
            self.items.append((path.stem, scales[1], {f: encoder(x) for f, x in scales.items()}))

    def measure(self, output: Tensor, picture: Tensor, reference: Tensor | None = None) -> Metrics:
        """All metrics, the perceptual distance where its network is installed."""
        extra = {"perceptual": self.perceptual(output, picture)} if self.perceptual else {}
        return measure(output, picture, reference) | extra

    @torch.no_grad()
    def run(
        self,
        decoders: Mapping[str, Decode],
        upscale: Upscale | None,
        baselines: Sequence[str] = BASELINES,
        pixel: Upscale | None = None,
        factors: Sequence[int] = (2, 4),
        show: Callable[[str, str, Tensor], None] | None = None,
    ) -> Results:
        """Every way through every decoder, whose name is appended to the way's. `show` is given each output."""
        rivals: dict[str, Callable[[Tensor], Tensor]] = {}
        for f in factors:
            for name in ("pixel", "lanczos"):
                if name in baselines:
                    rivals[f"{name}{f}"] = partial(resize, factor=f, how=FILTERS[name])
            if "span" in baselines:
                rivals[f"span{f}"] = by_span(Span(f))
            if pixel:
                rivals[f"swin{f}"] = by_swin(pixel, f)
        results: Results = {}
        for name, picture, latents in self.items:
            results[name] = {}
            large = {f"lua{f}": upscale(latents[f], f) for f in factors} if upscale else {}
            if upscale and 4 in factors:
                large["twice4"] = upscale(upscale(latents[4], 2), 2)
            for suffix, decode in decoders.items():
                reference: Tensor | None = None
                for way, output in self.ways(decode, latents, large, rivals, "latent" in baselines):
                    results[name][way + suffix] = self.measure(output, picture, reference)
                    reference = output if way == "oracle" else reference
                    if show:
                        show(name, way + suffix, output)
        return results

    @staticmethod
    def ways(
        decode: Decode,
        latents: Mapping[int, Tensor],
        large: Mapping[str, Tensor],
        rivals: Mapping[str, Callable[[Tensor], Tensor]],
        is_stretched: bool,
    ) -> Iterable[tuple[str, Tensor]]:
        """(way, output) of one decoder on one picture, the 1x decode first. A rival's name ends in its factor."""
        yield "oracle", decode(latents[1])
        for way, latent in large.items():
            yield way, decode(latent)
        small = {f: decode(latents[f]).clamp(0, 1) for f in sorted({int(name[-1]) for name in rivals})}
        for way, enlarge in rivals.items():
            yield way, enlarge(small[int(way[-1])])
        for f in (2, 4) if is_stretched else ():
            yield f"latent{f}", decode(F.interpolate(latents[f], scale_factor=f, mode="bicubic"))


def mean_of(results: Results) -> dict[str, Metrics]:
    """{way: metrics} averaged over the pictures."""
    first = next(iter(results.values()))
    return {
        way: {m: float(np.mean([r[way][m] for r in results.values()])) for m in metrics} for way, metrics in first.items()
    }


def difference(results: Results, way: str, other: str, metric: str, draws: int = 2000) -> tuple[float, float, float]:
    """Mean of way minus other over the pictures, and the middle 90 % of that mean when pictures are drawn anew (bootstrap)."""
    gaps = np.array([r[way][metric] - r[other][metric] for r in results.values()])
    means = gaps[np.random.default_rng(0).integers(0, len(gaps), (draws, len(gaps)))].mean(1)
    return float(gaps.mean()), float(np.quantile(means, 0.05)), float(np.quantile(means, 0.95))


def as_table(means: Mapping[str, Metrics]) -> str:
    """Markdown table of mean_of's result."""
    lines = [f"| way | {' | '.join(HEADINGS)} |", "|---" * (1 + len(HEADINGS)) + "|"]
    for way, metrics in means.items():
        cells = [f"{metrics[c]:.{digits}f}" if c in metrics else "" for c, digits in COLUMNS.items()]
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def as_differences(results: Results) -> str:
    """Markdown table of LUA against each rival, with 90 % intervals over pictures."""
    ways = set(next(iter(results.values())))
    metrics = [m for m in ("psnr", "ssim", "perceptual") if m in next(iter(results.values()))["oracle"]]
    lines = [f"| difference | {' | '.join(metrics)} |", "|---" * (1 + len(metrics)) + "|"]
    for f in (2, 4):
        for way in (f"lua{f}", f"lua{f}T"):
            for other in (f"pixel{f}", f"pixel{f}T", f"span{f}T", f"swin{f}"):
                if way in ways and other in ways:
                    gaps = [difference(results, way, other, m) for m in metrics]
                    cells = [f"{mean:+.3f} ({low:+.3f} to {high:+.3f})" for mean, low, high in gaps]
                    lines.append(f"| {way} - {other} | {' | '.join(cells)} |")
    return "\n".join(lines)


def network_of(state: Mapping[str, Tensor]) -> nn.Module:
    """Any of our networks, or a TAESD-type one, known by its keys; float32, eval mode."""
    if "conv_first.weight" in state:
        kind = PixelSwin if state["conv_first.weight"].shape[1] == 3 else Lua
        return kind.from_state_dict(state).eval()
    if "conv_out.weight" in state:
        return Encoder.from_state_dict(state).eval()
    if "conv_in.weight" in state:
        return Decoder.from_state_dict(state).eval()
    return load_tiny(state)


def load_weights(path: Path) -> nn.Module:
    """A network from .safetensors, .pth, or the averaged weights of a training checkpoint."""
    if path.suffix == ".safetensors":
        return network_of(load_file(path))
    state: dict = torch.load(path, weights_only=True, map_location="cpu")
    return network_of(state.get("ema", state))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--match", default="*", help="glob on file names")
    parser.add_argument("--side", type=int, default=0, help="only the middle square of so many pixels")
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--decoder", type=Path, required=True)
    parser.add_argument("--decoder2", type=Path, help="another decoder of the same latents, such as TAEF2's")
    parser.add_argument("--upscaler", type=Path)
    parser.add_argument("--pixel", type=Path, help="pixel-swin, which enlarges the decode of the small latent")
    parser.add_argument("--factors", type=int, nargs="+", default=[2, 4], choices=(2, 4))
    parser.add_argument("--baselines", nargs="*", default=["pixel"], choices=BASELINES)
    parser.add_argument("--save", type=Path, help="folder for every output as PNG")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    paths = [p for p in list_pictures(args.pictures) if p.match(args.match)]
    decoders = {"": load_weights(args.decoder)} | ({"T": load_weights(args.decoder2)} if args.decoder2 else {})

    def save(name: str, way: str, output: Tensor) -> None:
        args.save.mkdir(parents=True, exist_ok=True)
        to_image(output).save(args.save / f"{name}.{way}.png")

    evaluation = Evaluation(paths, load_weights(args.encoder), args.side)
    upscaler = load_weights(args.upscaler) if args.upscaler else None
    pixel = load_weights(args.pixel) if args.pixel else None
    results = evaluation.run(decoders, upscaler, args.baselines, pixel, args.factors, save if args.save else None)
    if args.json:
        print(json.dumps({"pictures": results, "mean": mean_of(results)}, indent=1))
    else:
        print(as_table(mean_of(results)), "", as_differences(results), sep="\n")


if __name__ == "__main__":
    main()
