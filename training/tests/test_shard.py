import numpy as np
import torch

from latentlift import shard
from latentlift.cache import Cache
from latentlift.families import FAMILIES


def test_a_shard_becomes_a_cache_again_with_what_the_teachers_make_of_its_pictures(workplace, tmp_path):
    crops = shard.pack(workplace.cache, tmp_path / "shard", megabytes=10)
    assert crops == 4
    teachers = tmp_path / "teachers"
    teachers.mkdir()
    for half, path in (("encoder", workplace.taef2_encoder), ("decoder", workplace.taef2_decoder)):
        (teachers / f"taef2_{half}.pth").write_bytes(path.read_bytes())
    assert shard.unpack(tmp_path / "shard", FAMILIES["flux2"], teachers, tmp_path / "cache", "cpu") == 4
    before, after = Cache(workplace.cache, 256), Cache(tmp_path / "cache", 256)
    a, b = (c.draw(np.random.default_rng(3)) for c in (before, after))
    assert set(a) == set(b) and all(a[name].shape == b[name].shape and a[name].dtype == b[name].dtype for name in a)
    assert (a["image"].float() - b["image"].float()).abs().mean() < 6  # of 255: these colours are wilder than pictures
    assert (a["s2"].float() - b["s2"].float()).abs().mean() < 0.1 * a["s2"].float().abs().mean() + 0.02
    with torch.no_grad():
        frame = workplace.teachers.decode(b["z1"][None])
    assert (frame[0].float() - b["t1"].float()).abs().max() <= 1


def test_a_shard_keeps_to_its_size(workplace, tmp_path):
    assert shard.pack(workplace.cache, tmp_path / "small", megabytes=1e-6) == 0
    assert list((tmp_path / "small").iterdir()) == []
