"""The same over a Ray cluster: one pair of sessions for each worker of the pool.

    python batch_ray.py latents pictures --upscaler lua.onnx --decoder decoder.onnx --workers 4
    python batch_ray.py ... --address ray://head-node:10001
"""

import argparse
from pathlib import Path

import numpy as np
import ray
from batch_onnxruntime import LatentDecoder
from PIL import Image


class DecodeBatch:
    """Files of a batch in, the names of their pictures out. Paths must be the same on every machine."""

    def __init__(self, upscaler: str | None, decoder: str, pictures: str, threads: int) -> None:
        self.decode = LatentDecoder(upscaler, decoder, threads)
        self.pictures = Path(pictures)
        self.pictures.mkdir(parents=True, exist_ok=True)

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        targets = []
        for path in map(Path, batch["path"]):
            target = self.pictures / f"{path.stem}.png"
            if not target.exists():
                Image.fromarray(self.decode(np.load(path))).save(target)
            targets.append(str(target))
        return {"picture": np.array(targets)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("latents", type=Path)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--upscaler")
    parser.add_argument("--decoder", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--address")
    args = parser.parse_args()
    ray.init(address=args.address, runtime_env={"working_dir": str(Path(__file__).parent)})
    files = [{"path": str(path.resolve())} for path in sorted(args.latents.glob("*.npy"))]
    done = ray.data.from_items(files).map_batches(
        DecodeBatch,
        fn_constructor_args=[
            args.upscaler and str(Path(args.upscaler).resolve()),
            str(Path(args.decoder).resolve()),
            str(args.pictures.resolve()),
            args.threads,
        ],
        batch_size=8,
        concurrency=args.workers,
        num_cpus=args.threads,
    )
    for row in done.take_all():
        print(row["picture"])


if __name__ == "__main__":
    main()
