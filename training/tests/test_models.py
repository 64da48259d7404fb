from pathlib import Path

import pytest
import torch

from latentlift import half
from latentlift.evaluate import load_weights
from latentlift.models import (
    Decoder,
    Encoder,
    Lua,
    ResidualBlock,
    from_windows,
    load_tiny,
    shift_mask,
    tiny_decoder,
    tiny_encoder,
    to_windows,
)

torch.set_num_threads(1)
PUBLISHED_LUA = Path(__file__).parents[2] / "public" / "models" / "flux2-lua.safetensors"


def small_lua(**changes) -> Lua:
    torch.manual_seed(0)
    return Lua(**{"channels": 4, "embed": 16, "depths": (2, 2), "heads": 4, "window": 4, "features": 8} | changes).eval()


def awake(model):
    """Blocks start as identity; with weights in their second convolution, they reach as far as trained ones."""
    for module in model.modules():
        if isinstance(module, ResidualBlock):
            module.conv2.reset_parameters()
    return model.eval()


def small_decoder() -> Decoder:
    torch.manual_seed(0)
    return awake(Decoder(widths=(16, 8, 8), blocks=(2, 1, 1)))


def test_lua_doubles_or_quadruples_any_size_at_least_half_a_window():
    model = small_lua()
    for h, w in ((4, 4), (7, 10), (5, 12)):
        for scale in (2, 4):
            assert model(torch.randn(1, 4, h, w), scale).shape == (1, 4, scale * h, scale * w)


def test_a_lua_without_a_head_for_four_doubles_twice():
    model = small_lua(scales=(2,))
    z = torch.randn(1, 4, 8, 12)
    assert torch.equal(model(z, 4), model(model(z, 2), 2))


def test_lua_carries_the_key_names_of_the_release():
    keys = set(small_lua(skip=False).state_dict())
    for expected in (
        "conv_first.weight",
        "patch_embed.norm.weight",
        "layers.1.residual_group.blocks.1.attn.relative_position_bias_table",
        "layers.0.conv.bias",
        "conv_after_body.weight",
        "heads.x2.conv_before.0.weight",
        "heads.x2.upsample.0.weight",
        "heads.x4.upsample.2.weight",
        "heads.x4.conv_last.bias",
    ):
        assert expected in keys
    assert not any("index" in key or "mask" in key or key.startswith("skip") for key in keys)


@pytest.mark.parametrize(
    "model",
    [
        small_lua(),
        small_lua(skip=False, window=2, depths=(2, 4, 2)),
        small_lua(refine=(12, 2)),
        small_decoder(),
        Encoder((8, 8), (1, 2)),
        Encoder((8, 8), (1, 1), pooled=False),
    ],
)
def test_sizes_are_read_back_from_a_state_dict(model):
    again = type(model).from_state_dict(model.state_dict())
    for (name, a), (other, b) in zip(model.state_dict().items(), again.state_dict().items(), strict=True):
        assert name == other and torch.equal(a, b)


def test_a_shifted_window_attends_only_to_true_neighbours():
    mask = shift_mask(8, 8, 4)
    assert torch.equal(mask[0], torch.zeros(16, 16))  # the first window wraps nowhere
    assert mask[1, 1, 2] == -100  # columns 5 and 6 of the rolled latent lie on opposite edges
    assert mask[1, 0, 1] == 0
    assert torch.equal(mask, mask.transpose(1, 2))


def test_windows_are_undone_exactly():
    x = torch.randn(2, 8, 12, 3)
    assert torch.equal(from_windows(to_windows(x, 4), 4, 8, 12), x)


def test_an_unused_head_and_a_zero_trunk_leave_the_linear_skip():
    model = small_lua()
    for head in model.heads.values():
        torch.nn.init.zeros_(head.conv_last.weight)
        torch.nn.init.zeros_(head.conv_last.bias)
    z = torch.randn(1, 4, 8, 8)
    shuffled = torch.nn.functional.pixel_shuffle
    once = shuffled(model.skip(z), 2)
    assert torch.allclose(model(z, 2), once)
    assert torch.allclose(model(z, 4), shuffled(model.skip(once), 2))


def test_a_decoder_pixel_depends_on_nothing_beyond_the_stated_radius():
    decoder = small_decoder()
    radius = decoder.receptive_radius()
    z = torch.randn(1, 32, 33, 33)
    changed = z.clone()
    changed[..., 16, 16] += 1
    cells = (decoder(z) - decoder(changed)).abs().amax(1)[0].view(33, 8, 33, 8).amax((1, 3)).nonzero() - 16
    assert 2 <= cells.abs().max() <= radius + 1


@pytest.mark.parametrize("kind", ["huge", "noise", "zero"])
def test_extreme_latents_decode_to_finite_bounded_pictures(kind):
    z = {"huge": torch.full((1, 32, 8, 8), 1e4), "noise": 5 * torch.randn(1, 32, 8, 8), "zero": torch.zeros(1, 32, 8, 8)}[kind]
    x = small_decoder()(z)
    assert torch.isfinite(x).all() and x.abs().max() < 100


@pytest.mark.parametrize("widths", [(8, 8), (4, 8, 8)])
def test_the_encoder_has_one_cell_per_eight_pixels(widths):
    assert Encoder(widths, (1,) * len(widths))(torch.rand(1, 3, 64, 48)).shape == (1, 32, 8, 6)


def test_a_pooled_encoder_sees_the_whole_picture_and_a_plain_one_does_not():
    for pooled in (True, False):
        encoder = awake(Encoder((8, 8), (1, 1), pooled))
        picture = torch.rand(1, 3, 256, 64)
        other = picture.clone()
        other[:, :, 192:] = 0
        assert torch.equal(encoder(picture)[..., :4, :], encoder(other)[..., :4, :]) != pooled


def test_blocks_added_to_luas_heads_change_nothing_at_first():
    before, after = small_lua(), small_lua(refine=(12, 2))
    after.load_state_dict(before.state_dict(), strict=False)
    z = torch.randn(1, 4, 8, 8)
    assert torch.equal(before(z, 2), after(z, 2)) and torch.equal(before(z, 4), after(z, 4))


def test_a_new_block_changes_nothing():
    block = ResidualBlock(8)
    x = torch.rand(1, 8, 4, 4)
    assert torch.equal(block(x), x)


@pytest.mark.parametrize("pooled", [False, True])
def test_tiny_autoencoders_are_recognised_by_their_keys(pooled):
    decoder, encoder = tiny_decoder(pooled), tiny_encoder(pooled)
    z = torch.randn(1, 32, 4, 4)
    assert torch.equal(load_tiny(decoder.state_dict())(z), decoder(z))
    x = torch.rand(1, 3, 32, 32)
    assert torch.equal(load_tiny(encoder.state_dict())(x), encoder(x))


def test_a_trunk_that_amplifies_is_written_so_that_half_precision_holds_it():
    torch.manual_seed(5)
    model = small_lua(depths=(2, 2, 2))
    with torch.no_grad():
        for layer in model.layers:
            layer.conv.weight *= 60
    before = {name: x.clone() for name, x in model.state_dict().items()}
    assert half.peak(model) > 65504
    quiet = Lua.from_state_dict(half.fit_for_half(before))
    assert half.peak(quiet) <= half.MOST
    z = torch.randn(1, model.conv_first.in_channels, 16, 16)
    for scale in (2, 4):
        expected = model(z, scale)
        assert (quiet(z, scale) - expected).abs().max() < 0.01 * expected.abs().max()


def test_a_lua_goes_on_with_its_stream_as_training_left_it():
    torch.manual_seed(5)
    model = small_lua(depths=(2, 2, 2))
    before = model.state_dict()
    for factor in (1.0, 1 / 16):
        back = half.for_training(half.stream_scaled(before, factor))
        assert all(torch.equal(back[name], x) for name, x in before.items())
    published = load_weights(PUBLISHED_LUA).state_dict()
    restored = half.for_training(published)
    assert restored["layers.0.residual_group.blocks.0.attn.proj.weight"].std() > 0.05
    z = torch.randn(1, 32, 8, 8)
    expected = Lua.from_state_dict(published)(z, 2)
    assert (Lua.from_state_dict(restored)(z, 2) - expected).abs().max() < 0.01 * expected.abs().max()


def test_the_published_lua_stays_within_half_precision():
    published = load_weights(PUBLISHED_LUA)
    assert isinstance(published, Lua)
    assert half.peak(published) <= half.MOST
