import json
import random

import numpy as np
import pytest
import torch
from conftest import make_picture
from PIL import Image
from safetensors import safe_open

from latentlift import cache, data
from latentlift.batches import Batches


def test_a_chunk_holds_each_crop_with_latents_decode_and_targets(workplace):
    item = cache.Cache(workplace.cache, 256).draw(np.random.default_rng(0))
    for name in ("image", "t1", "y2", "y4"):
        assert item[name].shape == (3, 256, 256) and item[name].dtype == torch.uint8
    assert [item[name].shape[-1] for name in ("z1", "z2", "z4", "s2", "s4")] == [32, 16, 8, 32, 32]


def test_targets_are_functions_of_the_small_picture_and_not_of_the_detail_it_lost(workplace):
    rng = np.random.default_rng(1)
    coarse = Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)).resize((256, 256), Image.Resampling.BICUBIC)
    detail = 20 * (-1.0) ** np.add.outer(np.arange(256), np.arange(256))
    other = Image.fromarray((np.asarray(coarse, np.float32) * 0.8 + 25 + detail[..., None]).astype(np.uint8))
    plain = Image.fromarray((np.asarray(coarse, np.float32) * 0.8 + 25).astype(np.uint8))
    a, b = workplace.teachers.tensors([plain]), workplace.teachers.tensors([other])
    far = lambda name: float((a[name].float() - b[name].float()).abs().mean())
    assert far("image") > 15 and far("y2") < 2
    assert far("s2") < 0.3 * far("z1")


def test_building_again_adds_what_is_new_and_keeps_what_is_there(workplace, tmp_path):
    pictures, out = tmp_path / "pictures", tmp_path / "cache"
    pictures.mkdir()
    rng = np.random.default_rng(2)
    for i in range(3):
        make_picture(pictures / f"made_{i}.png", (260, 260), rng)
    cache.build(sorted(pictures.iterdir()), workplace.teachers, out, range(1), chunk=2)
    first = {path.name: path.stat().st_mtime_ns for path in out.glob("*.safetensors")}
    assert len(cache.finished(out)) == 3
    make_picture(pictures / "late.png", (260, 260), rng)
    cache.build(sorted(pictures.iterdir()), workplace.teachers, out, range(1), chunk=2)
    second = {path.name: path.stat().st_mtime_ns for path in out.glob("*.safetensors")}
    assert first.items() <= second.items() and len(second) == len(first) + 1
    assert cache.finished(out) == {f"made_{i}.png#0" for i in range(3)} | {"late.png#0"}


def test_training_reads_a_cache_that_grows(workplace, tmp_path):
    growing = cache.Cache(tmp_path, 256)
    assert len(growing) == 0
    with pytest.raises(IndexError, match=r"run latentlift\.cache first"):
        growing.draw(np.random.default_rng(0))
    crop = Image.new("RGB", (256, 256), (10, 20, 30))
    path = cache.write_chunk(tmp_path, {"a#0": crop, "b#0": crop}, workplace.teachers)
    assert growing.refresh() == 2
    with safe_open(path, "pt") as file:
        assert json.loads(file.metadata()["crops"]) == ["a#0", "b#0"]


def test_the_cache_is_made_of_varied_crops(tmp_path):
    rng = np.random.default_rng(0)
    sources = [Image.fromarray(rng.integers(0, 255, (256, 256, 3), dtype=np.uint8)) for _ in range(8)]
    for i, source in enumerate(sources):
        source.save(tmp_path / f"made_{i}.png")
    crops = dict(cache.crops_of(sorted(tmp_path.iterdir()), range(1), set()))
    unchanged = sum(crop.tobytes() in {s.tobytes() for s in sources} for crop in crops.values())
    assert len(crops) == 8 and unchanged < 8


def test_crops_are_of_several_sides_where_the_picture_is_large_enough(tmp_path):
    large = Image.fromarray(np.random.default_rng(0).integers(0, 255, (900, 900, 3), dtype=np.uint8))
    large.save(tmp_path / "book_a.png")
    sides = {crop.width for _, crop in cache.crops_of([tmp_path / "book_a.png"], range(40), set())}
    assert {256, 512} <= sides <= {256, 512, 768}
    assert data.random_crop(tmp_path / "book_a.png", random.Random(0), 1024) is None


def test_a_kind_gives_as_many_crops_as_its_number_says_on_average():
    from pathlib import Path

    for name, repeats in (("gen_a.png", 3), ("cloth_a.jpg", 0.4), ("any.png", 1)):
        counts = [cache.repeats_of(Path(name), turn) for turn in range(1000)]
        assert sum(counts) / 1000 == pytest.approx(repeats, abs=0.05)


def test_windows_that_are_not_whole_cells_of_a_smaller_latent_leave_it_out(workplace):
    batches = Batches(workplace.cache, 0, "cpu")
    for _ in range(4):
        batch, wholes = batches.draw(4, cells=14, step=2)
        assert batch["z1"].shape[-1] == 14 and batch["t1"].shape[-1] == 112 and wholes[0].shape[-1] == 32
        assert batch["z2"].shape[-1] == 7 and "z4" not in batch


def test_a_window_cuts_pictures_and_latents_at_the_same_place(workplace):
    item = cache.Cache(workplace.cache, 256).draw(np.random.default_rng(0))
    ramp = torch.arange(32.0).expand(32, 32)
    pixels = (ramp * 8).repeat_interleave(8, 1).repeat_interleave(8, 0)[None]
    item = item | {"z1": ramp[None], "image": pixels, "t1": pixels}
    cut = data.window(item, np.random.default_rng(3), cells=8, step=4)
    assert torch.equal(cut["image"][0, 0, ::8], cut["z1"][0, 0] * 8)
    assert torch.equal(cut["t1"], cut["image"])
    assert cut["z2"].shape[-1] == 4 and cut["z4"].shape[-1] == 2 and cut["whole"].shape[-1] == 32
