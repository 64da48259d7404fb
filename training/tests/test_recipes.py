from pathlib import Path

import pytest
import torch

from latentlift import export, half, reproduce
from latentlift.models import Decoder, Lua
from latentlift.shapes import SHAPES

RECIPES = sorted(reproduce.RECIPES.glob("*.toml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_is_understood_to_the_last_key(path):
    recipe = reproduce.read(path)
    assert recipe["shape"] in SHAPES and all(stage["minutes"] > 0 for stage in recipe["stages"])


def test_there_is_a_recipe_for_every_published_file():
    published = {path.stem for path in (reproduce.RECIPES.parents[1] / "public" / "models").glob("flux2-*.safetensors")}
    assert published <= {path.stem for path in RECIPES}


def test_shapes_keep_to_their_budgets():
    fast, fine = SHAPES["decoder-fast"](), SHAPES["decoder-fine"]()
    assert isinstance(fast, Decoder) and isinstance(fine, Decoder)
    assert fast.macs_per_pixel() <= 0.2 * 271_000 and fine.macs_per_pixel() <= 0.5 * 271_000
    assert sum(p.numel() for p in SHAPES["lua"]().parameters()) <= 5_000_000


def test_a_key_that_nothing_reads_is_an_error(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text('task = "lua"\nshape = "lua"\n[[stages]]\nname = "a"\nminutes = 1\nlearning_rate = 3\n')
    with pytest.raises(ValueError, match="nothing reads: learning_rate"):
        reproduce.read(path)


def test_stages_follow_each_other_and_finished_ones_are_passed_over(workplace, tmp_path, monkeypatch):
    (tmp_path / "recipes").mkdir()
    stage = '[[stages]]\nname = "{}"\nminutes = {}\nset = {{ batch = 2, cells = 8, strange = 0 }}\n'
    text = 'task = "decoder"\nshape = "decoder-fast"\n' + stage.format("first", 0.02) + stage.format("second", 0.03)
    (tmp_path / "recipes" / "small.toml").write_text(text)
    monkeypatch.setattr(reproduce, "RECIPES", tmp_path / "recipes")
    monkeypatch.setattr("latentlift.train.build", lambda shape: Decoder((16, 8, 8), (1, 1, 1)))
    places = reproduce.Places(workplace.cache, workplace.root, tmp_path / "scratch", tmp_path / "models")
    monkeypatch.setattr(reproduce, "command", with_teacher(reproduce.command, workplace))
    last = reproduce.reproduce("small", places)
    state = torch.load(last, weights_only=True)
    assert last == tmp_path / "scratch" / "small" / "second" / "last.pt" and state["step"] > 0

    ran = []
    monkeypatch.setattr(reproduce.train, "main", ran.append)
    assert reproduce.reproduce("small", places) == last
    assert ran == []
    (tmp_path / "scratch" / "small" / "second" / "last.pt").unlink()
    reproduce.reproduce("small", places)
    (words,) = ran
    assert words[words.index("--init") + 1] == str(tmp_path / "scratch" / "small" / "first" / "last.pt")


def with_teacher(command, workplace):
    """The same arguments with the test's untrained teacher."""

    def build(*args):
        words = command(*args)
        words[words.index("--theirs") + 1] = str(workplace.taef2_decoder)
        return words

    return build


def test_a_recipe_builds_on_what_another_made_here_and_else_on_what_is_published(tmp_path, monkeypatch):
    places = reproduce.Places(tmp_path, tmp_path, tmp_path / "scratch", tmp_path / "models")
    assert reproduce.weights("flux2-decoder", places) == tmp_path / "models" / "flux2-decoder.safetensors"
    made = tmp_path / "scratch" / "flux2-decoder" / "student" / "last.pt"
    made.parent.mkdir(parents=True)
    torch.save({"ema": Lua(embed=8, depths=(2,), heads=2).state_dict()}, made)
    assert reproduce.weights("flux2-decoder", places) == made


def test_a_stage_may_give_weights_between_its_start_and_its_end(tmp_path):
    paths = [tmp_path / name for name in ("start.pt", "end.pt", "blend.pt")]
    first, second = Decoder((8, 8), (1, 1)), Decoder((8, 8), (1, 1))
    for network, path in zip((first, second), paths, strict=False):
        torch.save({"ema": network.state_dict()}, path)
    reproduce.blend(paths[0], paths[1], 0.25, paths[2])
    for name, x in torch.load(paths[2], weights_only=True)["ema"].items():
        assert torch.allclose(x, 0.75 * first.state_dict()[name] + 0.25 * second.state_dict()[name])


def with_recipe(stages, tmp_path, monkeypatch):
    """A recipe "small" of these stages whose runs give new networks, without training; what each ran with, and gave."""
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "small.toml").write_text('task = "decoder"\nshape = "decoder-fast"\n' + stages)
    monkeypatch.setattr(reproduce, "RECIPES", tmp_path / "recipes")
    ran, gave = [], []

    def train(words):
        out = Path(words[words.index("--out") + 1])
        out.mkdir(parents=True, exist_ok=True)
        gave.append(Decoder((8, 8), (1, 1)).state_dict())
        torch.save({"ema": gave[-1], "elapsed": 60}, out / "last.pt")
        ran.append(words)

    monkeypatch.setattr(reproduce.train, "main", train)
    return reproduce.Places(tmp_path, tmp_path, tmp_path / "scratch", tmp_path / "models"), ran, gave


def assert_mean(made, states):
    for name, x in torch.load(made, weights_only=True)["ema"].items():
        assert torch.allclose(x, torch.stack([state[name] for state in states]).mean(0)), name


def test_a_stage_may_be_run_with_several_seeds_and_gives_their_mean(tmp_path, monkeypatch):
    stage = '[[stages]]\nname = "exact"\nminutes = 1\nseeds = [7, 8]\nset = { lr = 1e-4 }\n'
    places, ran, gave = with_recipe(stage, tmp_path, monkeypatch)
    made = reproduce.reproduce("small", places)
    assert [words[words.index("--set") :] for words in ran] == [["--set", "lr=0.0001", f"seed={seed}"] for seed in (7, 8)]
    assert_mean(made, gave)
    assert reproduce.reproduce("small", places) == made == reproduce.weights("small", places)
    assert len(ran) == 2


def test_a_stage_may_start_from_the_mean_of_stages_before_it(tmp_path, monkeypatch):
    stages = [f'[[stages]]\nname = "{name}"\nminutes = 1\n' for name in ("one", "two", "three")]
    places, ran, gave = with_recipe("".join(stages) + 'begin = ["one", "two"]\nblend = 0.5\n', tmp_path, monkeypatch)
    made = reproduce.reproduce("small", places)
    begin = Path(ran[2][ran[2].index("--init") + 1])
    assert_mean(begin, gave[:2])
    assert_mean(made, [torch.load(begin, weights_only=True)["ema"], gave[2]])


def test_a_stage_may_be_blended_with_another_than_it_started_from(tmp_path, monkeypatch):
    stages = [f'[[stages]]\nname = "{name}"\nminutes = 1\n' for name in ("one", "two", "three")]
    places, _, gave = with_recipe("".join(stages) + 'blend = 0.5\nfrom = "one"\n', tmp_path, monkeypatch)
    assert_mean(reproduce.reproduce("small", places), [gave[0], gave[2]])


def test_a_stage_starts_from_stages_before_it_alone(tmp_path, monkeypatch):
    places, *_ = with_recipe('[[stages]]\nname = "one"\nminutes = 1\nbegin = ["two"]\n', tmp_path, monkeypatch)
    with pytest.raises(ValueError, match="one builds on two, which is no stage before it"):
        reproduce.reproduce("small", places)


def test_a_stage_names_what_it_is_blended_with_only_where_it_is_blended(tmp_path, monkeypatch):
    stages = [f'[[stages]]\nname = "{name}"\nminutes = 1\n' for name in ("one", "two")]
    places, *_ = with_recipe("".join(stages) + 'from = "one"\n', tmp_path, monkeypatch)
    with pytest.raises(ValueError, match="two has `from` without `blend`"):
        reproduce.reproduce("small", places)


def test_a_published_lua_can_be_averaged_with_one_in_training(tmp_path):
    torch.manual_seed(5)
    state = Lua(embed=8, depths=(2,), heads=2).state_dict()
    paths = [tmp_path / name for name in ("published.safetensors", "end.pt", "blend.pt")]
    export.write_weights(half.stream_scaled(state, 1 / 16), paths[0])
    torch.save({"ema": state}, paths[1])
    reproduce.blend(paths[0], paths[1], 0.5, paths[2])
    for name, x in torch.load(paths[2], weights_only=True)["ema"].items():
        assert torch.allclose(x, state[name], rtol=1e-3, atol=1e-4), name
