import csv
import json
import random

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from latentlift import data, evaluate, export, losses, metrics, train
from latentlift.families import FAMILIES
from latentlift.models import Decoder, Encoder, Lua
from latentlift.optim import Ema, orthogonalise
from latentlift.ridge import solve_skip

torch.set_num_threads(1)


def test_flat_pictures_carry_no_detail():
    assert data.detail(Image.new("RGB", (64, 64), (9, 99, 199))) == 0


def test_what_is_transparent_becomes_a_plain_grey(tmp_path):
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert data.open_rgb(tmp_path / "clear.png").getpixel((3, 3)) == (124, 118, 110)


def test_a_crop_varies_by_mirroring_and_colour_and_often_stays_as_it_is():
    rng = np.random.default_rng(0)
    crop = Image.fromarray(rng.integers(0, 255, (16, 16, 3), dtype=np.uint8))
    x, mirrored = np.asarray(crop), np.asarray(crop)[:, ::-1]
    made = [np.asarray(data.varied(crop, random.Random(seed))) for seed in range(60)]
    assert all(v.shape == x.shape for v in made)
    same, turned = (sum(np.array_equal(v, other) for v in made) for other in (x, mirrored))
    assert min(same, turned, len(made) - same - turned) > 5
    red = Image.new("RGB", (8, 8), (255, 0, 0))  # gamma and gains leave zero at zero, saturation does not
    assert any(np.asarray(data.varied(red, random.Random(seed)))[..., 1].any() for seed in range(60))


def test_identical_pictures_lose_nothing_and_a_shift_of_colour_is_seen():
    a = torch.rand(1, 3, 64, 64)
    for loss in (losses.fft_magnitude, losses.downsampled, losses.high_frequency, losses.local_energy):
        assert float(loss(a, a)) == 0
    assert float(losses.dissimilarity(a, a)) == pytest.approx(0, abs=1e-6)  # a quotient, so equal but for rounding
    assert float(losses.downsampled(a, a + 0.1)) == pytest.approx(0.1, abs=1e-5)
    assert float(losses.high_frequency(a, a + 0.1)) == pytest.approx(0, abs=1e-5)


def test_a_fine_mesh_is_not_taken_for_texture():
    smooth = torch.full((1, 3, 32, 32), 0.5)
    rows, columns = torch.meshgrid(torch.arange(32), torch.arange(32), indexing="ij")
    for mesh in (rows + columns, rows, columns):
        assert float(losses.local_energy(smooth + 0.1 * (mesh % 2), smooth)) == pytest.approx(0, abs=1e-6)
    assert float(losses.local_energy(torch.rand(1, 3, 32, 32), smooth)) > 0.01


def test_a_mesh_is_told_from_what_differs_by_chance_even_where_it_turns_over_half_way_across_the_picture():
    torch.manual_seed(2)
    clean = torch.full((1, 3, 128, 128), 0.5)
    wave = torch.cos(torch.arange(128) * 2 * torch.pi / 8)
    mesh = (0.02 * (wave + wave[:, None])).expand(1, 3, 128, 128).clone()
    noise = mesh.std() * torch.randn(1, 3, 128, 128)
    assert float(losses.mesh(clean, clean)) == 0
    whole = float(losses.mesh(clean + mesh, clean))
    assert whole > 3 * float(losses.mesh(clean + noise, clean))
    mesh[..., 64:] *= -1
    assert metrics.grid(clean + mesh) < 0.1 * 255 * 0.02
    assert float(losses.mesh(clean + mesh, clean)) > 0.9 * whole
    with pytest.raises(ValueError, match="24x24 pixels has no block of 4x4 cells of 8"):
        losses.mesh(clean[..., :24, :24], clean[..., :24, :24])


def test_blurring_costs_sharpness_but_not_colour():
    a = torch.rand(1, 3, 64, 64)
    figures = metrics.measure(losses.blur(a), a, reference=a)
    assert figures["sharpness"] < 0.2 and figures["tint"] < 1


def test_a_pattern_in_every_cell_is_told_from_texture():
    torch.manual_seed(0)
    texture = torch.rand(1, 3, 512, 512)
    cell = 0.02 * (-1.0) ** (torch.arange(8)[:, None] + torch.arange(8))
    assert metrics.grid(texture) < 1.5
    assert metrics.grid(texture * 0 + cell.repeat(64, 64)) == pytest.approx(0.02 * 255, rel=0.02)
    assert metrics.grid(torch.linspace(0, 1, 512).expand(1, 3, 512, 512)) < 0.1


def test_psnr_and_ssim_of_a_known_error():
    a = torch.full((1, 3, 32, 32), 0.5)
    assert metrics.psnr(a, a + 0.1) == pytest.approx(20, abs=1e-3)
    assert metrics.ssim(a, a) == pytest.approx(1, abs=1e-6)


def test_the_yardstick_goes_through_each_decoder_and_compares_each_with_its_own_1x_decode(workplace):
    encode = lambda x: x[:, :1].repeat(1, 32, 1, 1)[..., ::8, ::8]
    plain = lambda z: z[:, :3].repeat_interleave(8, 2).repeat_interleave(8, 3)
    upscale = lambda z, f: z.repeat_interleave(f, 2).repeat_interleave(f, 3)
    evaluation = evaluate.Evaluation(sorted(workplace.pictures.iterdir()), encode, side=256)
    results = evaluation.run({"": plain, "T": lambda z: 0.8 * plain(z)}, upscale, ("pixel",), upscale)
    ways = evaluate.mean_of(results)
    names = ("oracle", "lua2", "lua4", "twice4", "pixel2", "pixel4", "swin2", "swin4")
    assert set(ways) == {f"{name}{t}" for name in names for t in ("", "T")}
    assert ways["lua2T"]["tint"] == pytest.approx(0.8 * ways["lua2"]["tint"], rel=0.2)
    assert ways["twice4"]["psnr"] == pytest.approx(ways["lua4"]["psnr"], abs=1e-6)
    mean, low, high = evaluate.difference(results, "lua2", "lua4", "psnr")
    assert low <= mean <= high and low < high
    table = evaluate.as_differences(results)
    assert "| lua2T - pixel2T |" in table and "| lua4 - pixel4 |" in table


@pytest.mark.parametrize(
    ("task", "way"), [("decoder", "oracle"), ("encoder", "oracleT"), ("lua", "lua2T"), ("pixel", "swin4")]
)
def test_every_run_can_be_judged_in_figures_and_on_a_sheet(workplace, tmp_path, task, way):
    from latentlift.batches import Frozen
    from latentlift.judge import Judge
    from latentlift.models import PixelSwin

    networks = {
        "decoder": Decoder((16, 8, 8), (1, 1, 1)),
        "encoder": Encoder((8, 8), (1, 1)),
        "lua": Lua(embed=16, depths=(2,), heads=4, features=8),
        "pixel": PixelSwin(embed=16, depths=(2,), heads=4, features=8),
    }
    torch.save({"ema": networks["decoder"].state_dict()}, tmp_path / "ours.pt")
    ours, theirs = Frozen(tmp_path / "ours.pt", "cpu"), Frozen(workplace.taef2_decoder, "cpu")
    pictures = sorted(workplace.pictures.iterdir())[:2]
    judge = Judge(task, pictures, workplace.taef2_encoder, ours, theirs, FAMILIES["flux2"])
    figures = judge(networks[task], tmp_path / "sheet.png")
    assert np.isfinite(figures[f"{way}.psnr"])
    sheet = Image.open(tmp_path / "sheet.png")
    assert sheet.height == 2 * 256 and sheet.width > 256


def test_the_linear_skip_of_the_pixel_rival_starts_as_a_good_enlargement(workplace):
    from latentlift.batches import Batches
    from latentlift.models import PixelSwin
    from latentlift.ridge import PixelPairs

    torch.manual_seed(0)
    model = PixelSwin(embed=16, depths=(2,), heads=4, window=8, features=8)
    solve_skip(model, PixelPairs(Batches(workplace.cache, 0, "cpu")), windows=40, cells=64)
    picture = evaluate.to_rgb(data.open_rgb(next(workplace.pictures.iterdir())).crop((0, 0, 256, 256)))
    small = torch.nn.functional.interpolate(picture, scale_factor=0.5, mode="bicubic", antialias=True)
    inner = (..., slice(16, -16), slice(16, -16))
    with torch.no_grad():
        assert metrics.psnr(model(small, 2)[inner], picture[inner]) > 30


def test_orthogonalise_brings_all_singular_values_near_one():
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(24, 60)))
    assert values.min() > 0.6 and values.max() < 1.35


def test_the_average_of_weights_lags_and_follows():
    model = torch.nn.Linear(1, 1)
    ema = Ema(model, decay=0.9)
    with torch.no_grad():
        model.weight.fill_(5)
    for step in range(200):
        ema.update(model, step)
    assert float(ema.model.weight.detach()) == pytest.approx(5, abs=1e-3)


def test_ridge_finds_a_linear_map_where_there_is_one():
    class Doubling:
        cells = 32

        def draw(self, count, cells, step=4):
            z2 = torch.randn(count, 32, cells // 2, cells // 2)
            return {"z2": z2, "z1": z2.repeat_interleave(2, 2).repeat_interleave(2, 3)}, []

    torch.manual_seed(0)
    model = Lua(embed=8, depths=(2,), heads=2, window=4, features=4)
    solve_skip(model, Doubling(), windows=16, cells=32, ridge=1e-6)
    z = torch.randn(1, 32, 8, 8)
    inner = (slice(None), slice(None), slice(4, -4), slice(4, -4))
    assert torch.allclose(model(z, 2)[inner], z.repeat_interleave(2, 2).repeat_interleave(2, 3)[inner], atol=1e-2)


def last_of(out):
    return {row["name"]: float(row["value"]) for row in csv.DictReader((out / "curves.csv").open())}


def test_a_run_learns_resumes_and_exports(workplace, monkeypatch, capsys):
    sizes = {"decoder": Decoder((16, 8, 8), (1, 1, 1)), "lua": Lua(embed=16, depths=(2,), heads=4, features=8, refine=(8, 1))}
    monkeypatch.setattr(train, "build", lambda shape: sizes[shape.partition("-")[0]])
    out = workplace.root / "run"
    quick = ("batch=2", "save_every_s=0.5")
    theirs = ("--theirs", str(workplace.taef2_decoder))

    def run(task, minutes, *more, name=None):
        train.main([task, "--cache", str(workplace.cache), "--out", str(out / (name or task)), "--minutes", str(minutes), *more])

    settings = ("--set", *quick, "cells=8", "warmup_steps=2", "lr=2e-3", "adam_lr=1e-3", "strange=0", "adversarial=0.5")
    torch.save({"ema": Encoder((8, 8, 8), (1, 1, 1)).state_dict()}, workplace.root / "encoder.pt")
    beside = (*theirs, "--encoder", str(workplace.root / "encoder.pt"))
    with pytest.raises(ValueError, match="whose features the discriminator sees"):
        run("decoder", 0.06, *settings, *theirs)
    run("decoder", 0.06, *settings, *beside)
    rows = list(csv.DictReader((out / "decoder" / "curves.csv").open()))
    teacher = [float(r["value"]) for r in rows if r["name"] == "teacher"]
    assert teacher[-1] < teacher[0]
    assert (out / "decoder" / "curves.png").exists()

    first = torch.load(out / "decoder" / "last.pt", weights_only=True)
    run("decoder", 0.09, *settings, *beside)
    again = torch.load(out / "decoder" / "last.pt", weights_only=True)
    assert again["step"] > first["step"] and again["adversary"]["steps"] > first["adversary"]["steps"]
    assert f"resumed at step {first['step']}" in capsys.readouterr().err

    decoders = ("--decoder", str(out / "decoder" / "last.pt"), *theirs)
    run("lua", 0.06, "--set", *quick, "window=8", *decoders)
    assert min(last_of(out / "lua")[f"{name}_x2"] for name in ("latent", "theirs", "ours", "tone")) > 0
    before = train.weights_of(out / "lua" / "last.pt")
    more = ("--init", str(out / "lua" / "last.pt"), "--only", "heads.x4")
    run("lua", 0.04, "--set", *quick, "window=8", "share_x4=1", *decoders, *more, name="head")
    after = train.weights_of(out / "head" / "last.pt")
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all(name.startswith("heads.x4") for name in changed)

    models = workplace.root / "models"
    models.mkdir()
    export.write_weights(train.weights_of(out / "lua" / "last.pt"), models / "flux2-lua.safetensors")
    export.write_weights(train.weights_of(out / "decoder" / "last.pt"), models / "flux2-decoder.safetensors")
    export.write_weights(Encoder((8, 8), (1, 1)).state_dict(), models / "flux2-encoder.safetensors")
    fine = Decoder((24, 16, 8), (1, 1, 1))
    export.write_weights(fine.state_dict(), models / "flux2-decoder-fine.safetensors")
    export.write_self_test(models)
    answers = load_file(models / export.SELF_TEST)
    latent = answers["flux2-decoder-fine.latent"]
    for name in export.GRADES:
        made = evaluate.load_weights(models / f"{name}.safetensors")(latent)
        torch.testing.assert_close(answers[f"{name}.decoded"], made)
    export.write_manifest(models, {})
    manifest = json.loads((models / "manifest.json").read_text())
    assert [m.get("grade") for m in manifest["models"]] == ["fast", "fine", None, None]
    upscaler = next(m for m in manifest["models"] if m["role"] == "upscaler")
    assert upscaler["scales"] == [2, 4]
    assert upscaler["sha256"] == export.sha256(models / upscaler["file"])


def test_weights_of_another_shape_are_not_taken_over_in_part(tmp_path):
    torch.save({"ema": Decoder((16, 8), (1, 1)).state_dict()}, tmp_path / "last.pt")
    with pytest.raises((ValueError, RuntimeError), match=r"shape|mismatch"):
        train.start_from(Decoder((16, 8, 8), (1, 1, 1)), tmp_path / "last.pt")


def test_weights_that_f16_cannot_hold_are_refused(tmp_path):
    with pytest.raises(ValueError, match="not finite as f16: w"):
        export.write_weights({"w": torch.tensor([1e6])}, tmp_path / "x.safetensors")


def test_a_head_that_a_shape_no_longer_has_is_left_behind(tmp_path):
    sizes = {"embed": 16, "depths": (2,), "heads": 4, "window": 8, "features": 8}
    before, after = Lua(**sizes), Lua(**sizes, scales=(2,))
    torch.save({"ema": before.state_dict()}, tmp_path / "last.pt")
    train.start_from(after, tmp_path / "last.pt")
    assert all(torch.equal(x, before.state_dict()[name]) for name, x in after.state_dict().items())


def test_a_wider_and_deeper_decoder_begins_as_the_one_it_grew_from(tmp_path):
    torch.manual_seed(0)
    small, large = Decoder((16, 8, 8), (1, 1, 1), context=16), Decoder((24, 12, 10), (2, 1, 3), context=24)
    for parameter in small.parameters():
        torch.nn.init.normal_(parameter, std=0.1)  # blocks that do something
    torch.save({"ema": small.state_dict()}, tmp_path / "last.pt")
    train.start_from(large, tmp_path / "last.pt")
    z = torch.randn(1, 32, 6, 6)
    torch.testing.assert_close(large(z), small(z), rtol=1e-4, atol=1e-5)
    large(z).square().mean().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for n, p in large.named_parameters() if n.endswith("up.weight"))
