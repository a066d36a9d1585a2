"""Every deep method with a network that trains along: on feature maps (tail) and on images (all)."""

import numpy as np
import pytest
import torch

from mgah import registry
from mgah.errors import InputError
from mgah.methods.blocks import packed_codes
from mgah.methods.deep.network import TrainableNetwork
from mgah.methods.models import load_model, save_model
from mgah.semantics.store import ClassSemantics
from tests.methods.deep.conftest import DEEP, ON_MAPS

pytestmark = pytest.mark.slow

N, CLASSES, BITS, SIDE = 24, 3, 6, 20
QUICK = {"network": "tiny", "epochs": 2, "batch_size": 12, "trunk": 16, "device": "cpu"}
OWN = {"mgah": {"latent": 8}, "dnnh": {"slice_width": 4}}


def build(name, trainable, **changes):
    return registry.load("methods", name)(
        **{"n_bits": BITS, "trainable": trainable} | QUICK | OWN.get(name, {}) | changes
    )


@pytest.fixture(scope="module")
def data():
    """Rows of each mode, labels and semantics: classes differ by their maps, and by the color of their images."""
    random = np.random.default_rng(0)
    labels = np.arange(N) % CLASSES
    centers = random.standard_normal((CLASSES, 4 * 3 * 3))
    maps = np.maximum(centers[labels] + 0.3 * random.standard_normal((N, 4 * 3 * 3)), 0)
    pixels = random.integers(0, 60, (N, 3, SIDE * SIDE))
    pixels[np.arange(N), labels] += 180
    rows = {"tail": maps.astype(np.float16), "all": pixels.reshape(N, -1).astype(np.uint8)}
    semantics = ClassSemantics.from_vectors(["a", "b", "c"], random.standard_normal((CLASSES, 5)))
    return rows, labels, semantics


@pytest.fixture(scope="module")
def fitted(data, tiny_network):
    rows, labels, semantics = data
    cache = {}

    def of(name, trainable):
        if (name, trainable) not in cache:
            cache[name, trainable] = build(name, trainable).fit(rows[trainable], labels, semantics)
        return cache[name, trainable]

    return of


modes = pytest.mark.parametrize("trainable", ["tail", "all"])
every_method_and_mode = pytest.mark.parametrize(
    ("name", "trainable"),
    [(name, mode) for mode, names in {"tail": ON_MAPS, "all": DEEP}.items() for name in names],
)


@every_method_and_mode
def test_codes_and_what_is_told(name, trainable, fitted, data):
    method = fitted(name, trainable)
    codes = method.encode(data[0][trainable])
    assert codes.dtype == np.int8 and codes.shape == (N, BITS)
    assert set(np.unique(codes)) == {-1, 1}
    assert np.isfinite(method.loss_).all() and method.loss_.shape == (2,)
    assert method.cell_notes()[: len(method.notes)] == type(method).notes
    assert method.cell_notes()[-1].endswith("of tiny was trained with the hash layer.")
    assert method.start_weights_.startswith("tiny.pth 000")


@every_method_and_mode
def test_rows_are_encoded_one_by_one_as_in_a_batch(name, trainable, fitted, data):
    rows, method = data[0][trainable], fitted(name, trainable)
    whole = method.encode(rows)
    np.testing.assert_array_equal(
        np.concatenate([method.encode(rows[i : i + 1]) for i in range(4)]), whole[:4]
    )


@every_method_and_mode
def test_a_model_survives_its_file_with_its_network(name, trainable, fitted, data, tmp_path):
    method = fitted(name, trainable)
    save_model(tmp_path / "model.safetensors", name, method, {"dataset": "toy"})
    restored = load_model(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(restored.encode(data[0][trainable]), method.encode(data[0][trainable]))
    assert restored.network_.keys() == method.network_.keys()
    assert method.start_weights_ in (tmp_path / "model.json").read_text()


@every_method_and_mode
def test_features_of_another_kind_are_one_clear_error(name, trainable, fitted, data):
    rows, labels, semantics = data
    other = rows["all" if trainable == "tail" else "tail"]
    expected = {"tail": r"expected float16 .*feature maps of", "all": r"expected uint8 .*square images"}[
        trainable
    ]
    for wrong in (other, rows["tail"].astype(np.float32)):
        with pytest.raises(InputError, match=expected):
            build(name, trainable).fit(wrong, labels, semantics)
        with pytest.raises(InputError, match=expected):
            fitted(name, trainable).encode(wrong)
    with pytest.raises(InputError, match=r"expected float32 .*features of a frozen backbone"):
        build(name, "head").fit(rows[trainable], labels, semantics)


@modes
def test_no_rows_have_no_codes(trainable, fitted, data):
    method, rows = fitted("dhn", trainable), data[0][trainable][:0]
    codes = method.encode(rows)
    assert codes.shape == (0, BITS) and codes.dtype == np.int8
    assert packed_codes(method, rows, 16).shape == (0, 1)


@modes
def test_one_seed_gives_the_same_bits_with_one_and_two_threads(trainable, fitted, data):
    rows, labels, semantics = data
    expected, before = fitted("mgah", trainable), torch.get_num_threads()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        try:
            again = build("mgah", trainable).fit(rows[trainable], labels, semantics)
            assert torch.get_num_threads() == threads
        finally:
            torch.set_num_threads(before)
        np.testing.assert_array_equal(again.hash_weight_, expected.hash_weight_)
        for part, weight in expected.network_.items():
            np.testing.assert_array_equal(again.network_[part], weight)


def test_crops_are_drawn_by_the_seed(fitted, data):
    """Nothing else differs between the two: the seed of the start, the heads and the order is the same."""
    rows, labels, semantics = data
    plain = rows["all"].reshape(N, 3, SIDE, SIDE)
    mirrored = np.ascontiguousarray(plain[..., ::-1]).reshape(N, -1)
    a = fitted("dhn", "all")
    b = build("dhn", "all").fit(mirrored, labels, semantics)
    c = build("dhn", "all", random_state=1).fit(rows["all"], labels, semantics)
    assert not np.array_equal(a.hash_weight_, b.hash_weight_)
    assert not np.array_equal(a.hash_weight_, c.hash_weight_)


@pytest.mark.parametrize("name", ["mgah", "dnnh"])
def test_code_lengths_fitted_together_have_networks_of_their_own(name, fitted, data):
    rows, labels, semantics = data
    together = [build(name, "tail", n_bits=bits) for bits in (3, BITS)]
    type(together[0]).fit_many(together, rows["tail"], labels, semantics)
    alone = fitted(name, "tail")
    for part, weight in alone.network_.items():
        np.testing.assert_array_equal(together[1].network_[part], weight)
    assert any((together[0].network_[part] != weight).any() for part, weight in alone.network_.items())


@modes
def test_training_the_network_lowers_the_loss(trainable, data, tiny_network):
    rows, labels, semantics = data
    method = build("dhn", trainable, epochs=40, lr=1e-2, lr_end=1e-3)
    loss = method.fit(rows[trainable], labels, semantics).loss_
    assert loss[-1] < 0.95 * loss[0]


def test_the_rate_of_new_layers_is_theirs_alone(data, tiny_network):
    rows, labels, semantics = data
    options = {"epochs": 1, "batch_size": N, "weight_decay": 0.0, "trunk": 0}
    usual, frozen_head = (
        build("dhn", "tail", new_layer_rate=rate, **options).fit(rows["tail"], labels, semantics)
        for rate in (1.0, 1e-9)
    )
    for part, weight in usual.network_.items():  # the only step: its gradient is the same in both
        np.testing.assert_array_equal(frozen_head.network_[part], weight)
    moved = abs(usual.hash_weight_ - frozen_head.hash_weight_)
    assert 5e-5 < moved.max() < 2e-4  # Adam's first step is the learning rate
    assert usual.hash_weight_.shape == (BITS, 8) and usual.trunk_weight_.shape == (0, 8)


@pytest.mark.parametrize(
    "change",
    [
        {"init": "itq"},
        {"feature_norm": "l2"},
        {"feature_scaling": "center"},
        {"trunk": 0},
        {"dropout": 0.5},
        {"network_dropout": True},
    ],
    ids=str,
)
def test_switches_of_the_encoder_work_with_a_network(change, fitted, data):
    rows, labels, semantics = data
    method = build("mgah", "tail", **change).fit(rows["tail"], labels, semantics)
    plain = fitted("mgah", "tail")
    assert (
        method.hash_weight_.shape != plain.hash_weight_.shape
        or (method.hash_weight_ != plain.hash_weight_).any()
    )
    assert method.encode(rows["tail"]).shape == (N, BITS)


def test_dropout_of_the_network_is_drawn_by_the_seed_of_each_model(data, tiny_network):
    rows, labels, semantics = data
    options = {"network_dropout": True, "lr": 1e-3}
    together = [build("dhn", "tail", n_bits=BITS, random_state=seed, **options) for seed in (0, 1)]
    type(together[0]).fit_many(together, rows["tail"], labels, semantics)
    for seed, method in enumerate(together):
        torch.manual_seed(17 + seed)  # another state of torch's own stream
        alone = build("dhn", "tail", random_state=seed, **options).fit(rows["tail"], labels, semantics)
        for part, weight in alone.network_.items():
            np.testing.assert_array_equal(method.network_[part], weight)
        np.testing.assert_array_equal(method.hash_weight_, alone.hash_weight_)
        whole = method.encode(rows["tail"])
        np.testing.assert_array_equal(method.encode(rows["tail"]), whole)  # nothing drops


@pytest.mark.parametrize("name", ["csq", "orthohash", "shc"])
def test_a_code_length_without_room_for_the_classes_is_refused_before_any_is_trained(
    name, data, tiny_network, monkeypatch
):
    monkeypatch.setattr(
        TrainableNetwork, "features", lambda network, rows: pytest.fail("images pass through it")
    )
    rows, labels, semantics = data
    methods = [build(name, "all", n_bits=n_bits) for n_bits in (8, 1)]
    with pytest.raises(InputError, match=r"1 bits have no \d different codes: choose longer codes"):
        type(methods[0]).fit_many(methods, rows["all"], labels, semantics)


def test_a_network_without_dropout_layers_cannot_drop(monkeypatch):
    monkeypatch.setattr(
        TrainableNetwork, "features", lambda network, rows: pytest.fail("maps pass through it")
    )
    maps = np.zeros((6, 7 * 7 * 192), np.float16)
    semantics = ClassSemantics(("a", "b"), np.eye(2))
    with pytest.raises(InputError, match="no dropout layer: expected False"):
        build("dhn", "tail", network="efficientnet_lite0", network_dropout=True).fit(
            maps, np.arange(6) % 2, semantics
        )


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("mgah", {"network": None}, "network is None"),
        ("mgah", {"network": "googlenet"}, "network is 'googlenet'"),
        ("mgah", {"network": "alexnet"}, "have 36 values, expected 9216"),
        ("mgah", {"precision": "half"}, "precision is 'half'"),
        ("mgah", {"new_layer_rate": 0}, "new_layer_rate is 0"),
        ("mgah", {"network_options": {"image_size": 0}}, "image_size is 0"),
        ("mgah", {"network_dropout": "no"}, "network_dropout is 'no', expected True or False"),
        ("mgah", {"trunk": -1}, "trunk is -1"),
    ],
)
def test_bad_parameters_are_one_clear_error(name, change, words, data, tiny_network):
    rows, labels, semantics = data
    with pytest.raises(InputError, match=words):
        build(name, "tail", **change).fit(rows["tail"], labels, semantics)


def test_the_tail_of_a_real_network_trains_to_the_same_bits_with_one_and_two_threads(tmp_path):
    random = np.random.default_rng(0)
    maps = np.maximum(random.standard_normal((N, 7 * 7 * 192)), 0).astype(np.float16)
    semantics = ClassSemantics.from_vectors(["a", "b", "c"], random.standard_normal((CLASSES, 5)))
    fits, before = [], torch.get_num_threads()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        try:
            method = build("mgah", "tail", network="efficientnet_lite0", epochs=1)
            fits.append(method.fit(maps, np.arange(N) % CLASSES, semantics))
        finally:
            torch.set_num_threads(before)
    assert len(fits[0].network_) == 20
    for part, weight in fits[0].network_.items():
        np.testing.assert_array_equal(fits[1].network_[part], weight)
    save_model(tmp_path / "model.safetensors", "mgah", fits[0], {})
    codes = load_model(tmp_path / "model.safetensors").encode(maps)
    np.testing.assert_array_equal(codes, fits[1].encode(maps))


def test_weights_that_are_missing_are_named(tmp_path):
    maps = np.zeros((6, 7 * 7 * 192), np.float16)
    semantics = ClassSemantics(("a", "b"), np.eye(2))
    with pytest.raises(InputError, match=r"weights file .*absent\.pth cannot be read"):
        build("mgah", "tail", network="efficientnet_lite0", weights=str(tmp_path / "absent.pth")).fit(
            maps, np.arange(6) % 2, semantics
        )
