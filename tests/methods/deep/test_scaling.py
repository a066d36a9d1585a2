"""Centered and standardized features: statistics of the training images alone, kept with the model."""

import numpy as np
import pytest
import torch

from mgah import registry
from mgah.errors import InputError
from mgah.methods.deep.network import start_network
from mgah.methods.deep.scaling import FeatureScaling
from mgah.methods.models import load_model, save_model
from mgah.normalization import l2_rows
from tests.methods.conftest import CLASSES, D, N
from tests.methods.deep.conftest import DEEP, ON_MAPS

pytestmark = pytest.mark.slow

BITS = 6
every_method = pytest.mark.parametrize("name", DEEP)


def build(name, **changes):
    quick = registry.find("methods", name).tags["quick_parameters"]
    usual = {"n_bits": BITS, "lr": 1e-3, "lr_end": 1e-4, "feature_scaling": "none"}
    return registry.build("methods", name, **usual | quick | changes)


def by_hand(features, norm="none", scaling="none"):
    """Training features and any others, scaled in float64 by the statistics of the training features."""
    rows = [part.astype(np.float64) for part in features]
    if norm == "l2":
        rows = [l2_rows(part) for part in rows]
    mean, deviation = rows[0].mean(axis=0), rows[0].std(axis=0)
    if scaling != "none":
        rows = [part - mean for part in rows]
    if scaling == "standardize":
        rows = [part / np.where(deviation > 0, deviation, 1) for part in rows]
    return [part.astype(np.float32) for part in rows]


@pytest.fixture(scope="module")
def shifted(data):
    """Training features whose mean is far from 0, one of them constant; other rows; labels and semantics."""
    features, labels, semantics = data
    random = np.random.default_rng(5)
    training = features * random.uniform(0.5, 4, D) + random.uniform(-3, 3, D)
    training[:, 3] = 2.5
    others = random.standard_normal((50, D)) * 3 - 1
    return training.astype(np.float32), others.astype(np.float32), labels, semantics


def test_a_feature_that_hardly_ever_differs_from_0_does_not_outweigh_all_others():
    features = np.random.default_rng(0).standard_normal((1000, 2)).astype(np.float32)
    features[:, 1] = 0
    features[7, 1] = 1e-30
    scaling = FeatureScaling.fit("none", "standardize", features)
    assert scaling.deviation[1] == pytest.approx(1e-6 * scaling.deviation[0])
    assert abs(scaling(np.ones((1, 2), np.float32))[0, 1]) == pytest.approx(1e6, rel=0.1)
    # a small feature keeps its own deviation
    features[7, 1] = 1e-3
    scaled = FeatureScaling.fit("none", "standardize", features)
    np.testing.assert_allclose(scaled.deviation, features.std(axis=0, dtype=np.float64), rtol=1e-5)


@every_method
@pytest.mark.parametrize(
    ("norm", "scaling"),
    [("none", "center"), ("none", "standardize"), ("l2", "none"), ("l2", "center"), ("l2", "standardize")],
)
def test_scaled_features_equal_features_that_were_scaled_by_hand(name, norm, scaling, shifted):
    training, others, labels, semantics = shifted
    method = build(name, feature_norm=norm, feature_scaling=scaling).fit(training, labels, semantics)
    scaled, scaled_others = by_hand((training, others), norm, scaling)
    expected = build(name).fit(scaled, labels, semantics)
    np.testing.assert_allclose(method.loss_, expected.loss_, rtol=1e-4)
    np.testing.assert_allclose(method.hash_weight_, expected.hash_weight_, atol=1e-4)
    for rows, rows_by_hand in ((training, scaled), (others, scaled_others)):
        assert (method.encode(rows) == expected.encode(rows_by_hand)).mean() > 0.995


@every_method
def test_without_scaling_nothing_is_learned_or_stored_of_it(name, shifted):
    training, _, labels, semantics = shifted
    plain = build(name).fit(training, labels, semantics)
    assert plain.get_params()["feature_scaling"] == "none"
    assert not [key for key in vars(plain) if key.startswith("feature_") and key.endswith("_")]


@every_method
def test_a_shared_mean_does_not_matter_to_centered_features(name, shifted):
    """Values are multiples of 1/8 and the shift is whole, so that every difference is exact."""
    training, others, labels, semantics = shifted
    training, others = (np.round(rows * 8) / 8 for rows in (training[:128], others))
    shift = np.arange(D, dtype=np.float32) * 16
    codes = []
    for offset in (0, shift):
        method = build(name, feature_scaling="center")
        method.fit((training + offset).astype(np.float32), labels[:128], semantics)
        codes.append(method.encode((others + offset).astype(np.float32)))
    np.testing.assert_array_equal(*codes)


@every_method
def test_units_do_not_matter_to_standardized_features(name, shifted):
    """Factors are powers of two, so that every quotient is exact."""
    training, others, labels, semantics = shifted
    factors = np.float32(2.0) ** (np.arange(D, dtype=np.float32) % 7 - 3)
    codes = []
    for factor in (np.float32(1), factors):
        method = build(name, feature_scaling="standardize").fit(training * factor, labels, semantics)
        codes.append(method.encode(others * factor))
    np.testing.assert_array_equal(*codes)


@pytest.mark.parametrize("scaling", ["center", "standardize"])
@every_method
def test_statistics_are_those_of_the_training_images_and_survive_the_file(name, scaling, shifted, tmp_path):
    training, others, labels, semantics = shifted
    method = build(name, feature_scaling=scaling).fit(training, labels, semantics)
    codes = method.encode(others)
    deviation = training.astype(np.float64).std(axis=0) if scaling == "standardize" else np.ones(D)
    deviation[3] = 1  # the constant value
    save_model(tmp_path / "model.safetensors", name, method, {})
    restored = load_model(tmp_path / "model.safetensors")
    for one in (method, restored):
        assert one.feature_mean_.dtype == one.feature_deviation_.dtype == np.float32
        np.testing.assert_allclose(one.feature_mean_, training.astype(np.float64).mean(axis=0), rtol=1e-6)
        np.testing.assert_allclose(one.feature_deviation_, deviation, rtol=1e-6)
    np.testing.assert_array_equal(restored.encode(others), codes)
    np.testing.assert_array_equal(np.concatenate([restored.encode(row[None]) for row in others]), codes)


@every_method
def test_code_lengths_and_seeds_fitted_together_equal_single_fits(name, shifted):
    training, others, labels, semantics = shifted
    sizes = [(4, 0), (BITS, 0), (BITS, 1)]
    together = [build(name, n_bits=k, random_state=s, feature_scaling="standardize") for k, s in sizes]
    type(together[0]).fit_many(together, training, labels, semantics)
    for method, (k, s) in zip(together, sizes, strict=True):
        alone = build(name, n_bits=k, random_state=s, feature_scaling="standardize")
        alone.fit(training, labels, semantics)
        np.testing.assert_array_equal(method.feature_mean_, alone.feature_mean_)
        np.testing.assert_array_equal(method.encode(others), alone.encode(others))


@every_method
def test_words_that_are_no_scaling_are_one_clear_error(name, data):
    with pytest.raises(
        InputError, match="feature_scaling is 'mean', expected one of none, center, standardize"
    ):
        build(name, feature_scaling="mean").fit(*data)


@pytest.mark.parametrize("norm", ["none", "l2"])
@pytest.mark.parametrize("scaling", ["none", "center", "standardize"])
def test_a_batch_is_scaled_as_rows_are(norm, scaling, shifted):
    fitted = FeatureScaling.fit(norm, scaling, shifted[0])
    np.testing.assert_allclose(
        fitted.batch(torch.from_numpy(shifted[1])).numpy(), fitted(shifted[1]), rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("name", ON_MAPS)
def test_with_a_network_they_are_statistics_of_its_features_before_training(name, data, tiny_network):
    random = np.random.default_rng(0)
    labels = np.arange(24) % CLASSES
    maps = np.maximum(random.standard_normal((CLASSES, 36))[labels] + random.standard_normal((24, 36)), 0)
    maps, semantics = maps.astype(np.float16), data[2]
    options = {"feature_norm": "l2", "feature_scaling": "standardize", "trunk": 0, "device": "cpu"}
    method = build(name, trainable="tail", network="tiny", **options).fit(maps, labels, semantics)
    network, _ = start_network("tiny", None, {}, "tail", "float32", torch.device("cpu"))
    before = l2_rows(network.features(maps)).astype(np.float64)
    deviation = before.std(axis=0)
    np.testing.assert_allclose(method.feature_mean_, before.mean(axis=0), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(method.feature_deviation_, np.where(deviation > 0, deviation, 1), rtol=1e-5)
    trained = l2_rows(method.trained_network().features(maps))
    assert abs(trained - before).max() > 1e-4
    z = method._weights()((trained - method.feature_mean_) / method.feature_deviation_)
    np.testing.assert_array_equal(method.encode(maps), np.where(z >= 0, 1, -1))


def test_scaling_is_applied_where_the_network_trains(data, tiny_network):
    """At a vanishing rate the first loss is that of the frozen features, scaled: the batch sees the scaling too."""
    random = np.random.default_rng(0)
    labels = np.arange(N) % CLASSES
    maps = np.maximum(random.standard_normal((CLASSES, 36))[labels] + random.standard_normal((N, 36)), 0)
    maps, semantics = maps.astype(np.float16), data[2]
    still = {"epochs": 1, "lr": 1e-12, "lr_end": 1e-13, "weight_decay": 0.0, "trunk": 16, "device": "cpu"}
    network, _ = start_network("tiny", None, {}, "tail", "float32", torch.device("cpu"))
    features = network.features(maps)
    for scaling in ("none", "center", "standardize"):
        frozen = build("dhn", feature_scaling=scaling, **still).fit(features, labels, semantics)
        along = build("dhn", feature_scaling=scaling, trainable="tail", network="tiny", **still)
        along.fit(maps, labels, semantics)
        np.testing.assert_allclose(along.loss_, frozen.loss_, rtol=1e-5)
