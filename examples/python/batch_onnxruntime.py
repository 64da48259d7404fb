"""Upscales and decodes a folder of latents with ONNX Runtime.

    npm run export:onnx -- --model flux2-lua --scale 2 --height 32 --width 32 --out lua.onnx
    npm run export:onnx -- --model flux2-decoder --height 64 --width 64 --out decoder.onnx
    python batch_onnxruntime.py latents pictures --upscaler lua.onnx --decoder decoder.onnx
"""

import argparse
from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image


class LatentDecoder:
    """float32 [1, C, H, W] in model space -> uint8 [H * s, W * s, 3]. One pair of sessions, kept."""

    def __init__(self, upscaler: str | None, decoder: str, threads: int = 0) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self.sessions = [
            ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            for path in (upscaler, decoder)
            if path is not None
        ]

    def __call__(self, latent: np.ndarray) -> np.ndarray:
        values = latent.astype(np.float32)
        for session in self.sessions:
            (values,) = session.run(None, {session.get_inputs()[0].name: values})
        return np.rint(np.clip(values[0], 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("latents", type=Path)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--upscaler")
    parser.add_argument("--decoder", required=True)
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args()
    decode = LatentDecoder(args.upscaler, args.decoder, args.threads)
    args.pictures.mkdir(parents=True, exist_ok=True)
    for path in sorted(args.latents.glob("*.npy")):
        target = args.pictures / f"{path.stem}.png"
        if target.exists():
            continue
        Image.fromarray(decode(np.load(path))).save(target)
        print(target)


if __name__ == "__main__":
    main()
