"""Networks that train with the hash layer: the part, its start, what moves, and what is refused."""

from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

from mgah import registry
from mgah.errors import InputError
from mgah.methods.deep.network import (
    DrawnDropout,
    TrainableNetwork,
    network_width,
    product_dtype,
    start_network,
    trained_network,
)

CPU = torch.device("cpu")
TAIL = {"options": {}, "trainable": "tail", "precision": "float32", "place": CPU}
ALL = TAIL | {"trainable": "all", "options": {"image_size": 32}}


@pytest.fixture(scope="module")
def maps():
    return np.maximum(np.random.default_rng(0).standard_normal((7, 7 * 7 * 192)), 0).astype(np.float16)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (7, 3 * 40 * 40), dtype=np.uint8)


@pytest.mark.slow
def test_the_untrained_tail_on_stored_maps_gives_the_features():
    """Half precision of the maps costs what was measured on photographs, 6e-4 of values up to 6, and no more."""
    whole = registry.build("backbones", "efficientnet_lite0")
    stored = registry.build("backbones", "efficientnet_lite0").as_maps()
    random = np.random.default_rng(3)
    smooth = np.kron(random.standard_normal((4, 3, 14, 14)), np.ones((16, 16))).astype(np.float32)
    expected = whole.forward(smooth)
    tail, _ = start_network("efficientnet_lite0", None, **TAIL)
    difference = abs(tail.features(stored.forward(smooth).astype(np.float16)) - expected)
    assert expected.max() > 1
    assert 0 < difference.max() < 2e-3
    assert difference.mean() < 1e-4


@pytest.mark.slow
def test_alexnets_tail_on_its_maps_gives_fc7(tmp_path):
    torch.manual_seed(0)
    cls = registry.load("backbones", "alexnet")
    torch.save(cls._model().state_dict(), tmp_path / "alexnet.pth")
    whole, stored = (
        cls(tmp_path / "alexnet.pth"),
        cls(tmp_path / "alexnet.pth").as_maps(),
    )
    batch = np.random.default_rng(3).standard_normal((2, 3, 224, 224)).astype(np.float32)
    tail, start = start_network("alexnet", str(tmp_path / "alexnet.pth"), **TAIL)
    assert start == f"alexnet.pth {whole.weights_sha256}"
    rows = stored.forward(batch)
    assert rows.shape == (2, stored.dimension)
    np.testing.assert_allclose(tail.features(rows.astype(np.float16)), whole.forward(batch), atol=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize(("settings", "data"), [(TAIL, "maps"), (ALL, "images")])
def test_a_step_moves_every_weight_and_no_statistic(settings, data, request):
    rows = torch.from_numpy(request.getfixturevalue(data))
    network, _ = start_network("efficientnet_lite0", None, **settings)
    before = network.weights()
    adam = torch.optim.Adam(network.parameters(), 1e-3)
    (network(rows, np.random.default_rng(0)) ** 2).sum().backward()
    adam.step()
    statistics = {name for name in before if name.endswith(("running_mean", "running_var"))}
    moved = {name for name, value in network.weights().items() if (value != before[name]).any()}
    assert len(statistics) == (8 if settings is TAIL else 98)
    assert moved == before.keys() - statistics


class OnesBackbone:
    """Maps of 5 x 4 x 5, and a tail that hands them on."""

    dimension = 100

    @staticmethod
    def maps_shape(image_size):
        return 5, 4, 5


def test_dropout_drops_its_share_in_training_alone_and_keeps_the_mean():
    whole = nn.Sequential(OrderedDict(front=nn.Identity(), tail=nn.Sequential(nn.Flatten(), nn.Dropout(0.3))))
    network = TrainableNetwork(OnesBackbone, whole.eval(), "tail", 16, torch.float32)
    rows = torch.ones((400, 100), dtype=torch.float16)
    crops = np.random.default_rng(0)
    assert (network(rows, crops) == 1).all()  # off unless asked for
    network.drop(np.random.default_rng(1))
    features = network(rows, crops)
    torch.testing.assert_close(features.unique(), torch.tensor([0, 1 / 0.7]))
    assert (features == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)
    assert (network(rows, crops) != features).any()  # drawn anew every time
    assert (network(rows) == 1).all()


def test_alexnet_drops_before_both_layers_of_its_tail():
    backbone = registry.load("backbones", "alexnet")
    network = TrainableNetwork(backbone, backbone.blank(), "tail", 224, torch.float32)
    network.drop(np.random.default_rng(0))
    dropouts = [module for module in network.modules() if isinstance(module, DrawnDropout)]
    assert [dropout.share for dropout in dropouts] == [0.5, 0.5]
    plain = TrainableNetwork(backbone, backbone.blank(), "tail", 224, torch.float32)
    assert network.state_dict().keys() == plain.state_dict().keys()


@pytest.mark.slow
def test_rows_do_not_depend_on_their_batch(maps):
    network, _ = start_network("efficientnet_lite0", None, **TAIL)
    whole = network.features(np.tile(maps, (30, 1)))
    assert whole.shape == (210, 1280)
    np.testing.assert_allclose(whole[:7], network.features(maps), atol=1e-5)
    np.testing.assert_allclose(whole[203:], network.features(maps), atol=1e-5)
    np.testing.assert_allclose(network.features(maps[2:3]), whole[2:3], atol=1e-5)


def test_memory_mapped_rows_are_read_batch_by_batch(maps, tmp_path):
    np.save(tmp_path / "maps.npy", maps)
    mapped = np.load(tmp_path / "maps.npy", mmap_mode="r")
    network, _ = start_network("efficientnet_lite0", None, **TAIL)
    np.testing.assert_array_equal(network.features(mapped), network.features(maps))


@pytest.mark.parametrize(("settings", "data"), [(TAIL, "maps"), (ALL, "images")])
def test_trained_weights_make_the_same_network_without_the_file(settings, data, request, monkeypatch):
    rows = request.getfixturevalue(data)
    network, _ = start_network("efficientnet_lite0", None, **settings)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.01)
    monkeypatch.setattr(registry.load("backbones", "efficientnet_lite0"), "__init__", None)
    again = trained_network("efficientnet_lite0", network.weights(), **settings)
    np.testing.assert_array_equal(again.features(rows), network.features(rows))


def test_encoding_crops_are_those_of_the_network():
    """A gray image of the network's mean is 0 after scaling: the features are those of an empty input."""
    network, _ = start_network("efficientnet_lite0", None, **ALL)
    gray = np.full((1, 3 * 40 * 40), 127, np.uint8)
    expected = registry.load("backbones", "efficientnet_lite0")().forward(
        np.zeros((1, 3, 32, 32), np.float32)
    )
    np.testing.assert_allclose(network.features(gray), expected, atol=1e-5)


def test_bfloat16_products_are_coarser_and_features_float32(maps, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    exact, _ = start_network("efficientnet_lite0", None, **TAIL)
    coarse, _ = start_network("efficientnet_lite0", None, **TAIL | {"precision": "bfloat16"})
    difference = abs(coarse.features(maps) - exact.features(maps))
    assert coarse.features(maps).dtype == np.float32
    assert 1e-4 < difference.max() < 0.5


def test_bfloat16_is_refused_where_the_processor_lacks_it(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": False})
    with pytest.raises(InputError, match="'bfloat16', which the cpu here does not have: expected float32"):
        product_dtype("bfloat16", CPU)
    assert product_dtype("auto", CPU) == product_dtype("float32", CPU) == torch.float32
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert product_dtype("auto", CPU) == torch.float32


@pytest.mark.parametrize(
    ("name", "trainable", "width", "words"),
    [
        (None, "tail", 9408, "network is None, expected a backbone that trains with trainable 'tail'"),
        ("resnet", "all", 12, "network is 'resnet'"),
        ("pixels", "all", 12, "network is 'pixels'"),
        ("googlenet", "tail", 9408, "network is 'googlenet'"),
        ("efficientnet_lite0", "tail", 9216, "have 9216 values, expected 9408, those of efficientnet_lite0"),
        ("alexnet", "tail", 9408, "have 9408 values, expected 9216"),
        ("efficientnet_lite0", "all", 100, r"have 100 values, expected 3 \* side\^2"),
    ],
)
def test_networks_that_do_not_fit_are_one_clear_error(name, trainable, width, words):
    with pytest.raises(InputError, match=f"DHN: .*{words}"):
        network_width("DHN", name, trainable, width)


def test_widths_of_the_features():
    assert network_width("DHN", "efficientnet_lite0", "tail", 9408) == 1280
    assert network_width("DHN", "alexnet", "tail", 9216) == 4096
    assert network_width("DHN", "googlenet", "all", 3 * 32**2) == 1024


def test_a_network_without_its_weights_says_what_is_missing():
    with pytest.raises(InputError, match="backbone alexnet needs weights"):
        start_network("alexnet", None, **TAIL)
