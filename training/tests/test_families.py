"""A second latent space: other cells, a teacher without a decoder, LUA's trunk carried over."""

from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import bicubic, make_picture

from latentlift import cache, reproduce, shapes, train
from latentlift.batches import Batches, Frozen
from latentlift.config import PRESETS, configured
from latentlift.data import encode, list_pictures, open_rgb
from latentlift.families import FAMILIES
from latentlift.models import Decoder, Encoder, Lua, load_tiny
from latentlift.models.tiny import tiny_encoder_32
from latentlift.ridge import solve_skip
from latentlift.tasks import TASKS, Task

SHARED = Path(__file__).parents[3] / "shared"
LATENT_PARTS = ["conv_first", "skip", "context", "heads"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with pictures and the cache of 32-pixel cells made of them."""
    root = tmp_path_factory.mktemp("sana")
    (root / "pictures").mkdir()
    for i in range(2):
        make_picture(root / "pictures" / f"gen_{i}.png", (520, 520), np.random.default_rng(i))
    torch.manual_seed(0)
    teachers = cache.Teachers(tiny_encoder_32().eval(), None, {2: bicubic(2), 4: bicubic(4)})
    cache.build(sorted((root / "pictures").iterdir()), teachers, root / "cache", range(1), 1, FAMILIES["sana"].sides)
    return root


def test_the_encoder_of_32_pixels_a_cell_is_known_by_its_keys():
    network = load_tiny(tiny_encoder_32().state_dict())
    assert network(torch.rand(1, 3, 64, 96)).shape == (1, 32, 2, 3)


@pytest.mark.skipif(not (SHARED / "weights").exists(), reason="TAESANA's weights are not here")
def test_taesanas_latents_have_the_deviation_that_is_known_of_them():
    network = load_tiny(torch.load(SHARED / "weights" / "taesana_encoder.pth", weights_only=True))
    picture = open_rgb(next(p for p in list_pictures(SHARED / "data" / "eval") if p.stem.startswith("kodak_05")))
    assert 0.7 < float(encode(network, [picture.crop((0, 0, 512, 512))]).float().std()) < 1.05


def test_a_teacher_without_a_decoder_leaves_its_decode_out(place):
    item = Batches(place / "cache", 0, "cpu").draw_whole(1)
    assert item["z1"].shape[-2:] == (16, 16) and item["z2"].shape[-1] == 8 and item["s2"].shape[-1] == 16
    assert "t1" not in item and item["image"].shape[-1] == 512


def test_a_decoder_without_a_teacher_learns_the_pictures(place):
    config = configured(PRESETS["decoder"], {"batch": 2, "cells": 4, "strange": 0})
    model = Decoder(widths=(16, 16, 8, 8, 8), blocks=(1, 1, 1, 1, 1))
    batches = Batches(place / "cache", 0, "cpu")
    assert batches.cell == 32 and batches.cells == 16
    terms = TASKS["decoder"](Task(config, batches, model))
    assert set(terms) == {"teacher", "teacher_high", "tone"}
    again = Batches(place / "cache", 0, "cpu")
    again.rng.random()  # the draw that a step begins with
    batch, _ = again.draw(2, 4)
    assert float(terms["teacher"].detach()) == pytest.approx(
        float((model(batch["z1"]) - batch["image"]).detach().abs().mean()), rel=1e-2
    )


def test_networks_of_32_pixels_a_cell_are_read_back_from_their_weights():
    for network in (shapes.build("decoder-32-other"), shapes.build("encoder-32")):
        read = type(network).from_state_dict(network.state_dict())
        x = torch.rand(1, 32, 2, 2) if isinstance(network, Decoder) else torch.rand(1, 3, 64, 64)
        assert torch.equal(read(x), network(x))
        assert read(x).shape == ((1, 3, 64, 64) if isinstance(network, Decoder) else (1, 32, 2, 2))
    assert isinstance(network, Encoder)


def test_the_trunk_is_carried_over_and_what_met_the_other_latents_is_drawn_anew(tmp_path):
    sizes = {"embed": 16, "depths": (2,), "heads": 4, "features": 8, "scales": (2,), "context": 8, "refine": (8, 1)}
    source, model = Lua(**sizes), Lua(**sizes)
    torch.save({"ema": source.state_dict()}, tmp_path / "flux2.pt")
    drawn = {name: x.clone() for name, x in model.state_dict().items()}
    train.start_from(model, tmp_path / "flux2.pt", LATENT_PARTS)
    for name, x in model.state_dict().items():
        assert torch.equal(x, drawn[name] if name.startswith(tuple(LATENT_PARTS)) else source.state_dict()[name]), name


def test_the_linear_path_is_solved_on_latents_of_few_cells(place):
    torch.manual_seed(0)
    model = Lua(embed=8, depths=(2,), heads=2, features=8, scales=(2,))
    before = model.skip.weight.clone()
    solve_skip(model, Batches(place / "cache", 0, "cpu"), windows=8)
    assert not torch.equal(model.skip.weight, before) and torch.isfinite(model.skip.weight).all()


def test_lua_trains_on_latents_of_another_family_through_two_decoders(place, tmp_path):
    for name, widths in (("ours", (8,) * 5), ("other", (16, 8, 8, 8, 8))):
        torch.save({"ema": Decoder(widths, (1,) * 5).state_dict()}, tmp_path / f"{name}.pt")
    ours, other = (Frozen(tmp_path / f"{name}.pt", "cpu") for name in ("ours", "other"))
    config = configured(PRESETS["lua"], {"batch": 4, "cells": 16, "window": 6, "share_x4": 0})
    model = Lua(embed=16, depths=(2,), heads=4, features=8, scales=(2,))
    task = Task(config, Batches(place / "cache", 0, "cpu"), model, ours=ours, theirs=other)
    losses = task.step()
    assert {"latent_x2", "theirs_x2", "ours_x2"} <= set(losses)
    assert model.conv_first.weight.grad is not None


def test_a_recipe_of_another_family_names_its_own_teachers(tmp_path):
    places = reproduce.Places(tmp_path, tmp_path / "T", tmp_path / "scratch", tmp_path / "models", pictures=tmp_path)
    recipe = reproduce.read(reproduce.RECIPES / "sana-lua.toml")
    stage, published = recipe["stages"][0], tmp_path / "models" / "flux2-lua.safetensors"
    words = reproduce.command("sana-lua", recipe, stage, None, published, places)
    assert words.count("--theirs") == 1 and words[words.index("--theirs") + 1].endswith("sana-decoder-other.safetensors")
    assert words[words.index("--teacher") + 1].endswith("taesana_encoder.pth")
    assert words[words.index("--fresh") + 1 :][: len(LATENT_PARTS)] == LATENT_PARTS
    later = reproduce.command("sana-lua", recipe, stage, None, tmp_path / "scratch" / "last.pt", places)
    assert "--fresh" not in later
