"""The controls do what they are there for."""

import numpy as np
import pytest

from mgah.baselines.classifier_codes import ClassifierCodes
from mgah.baselines.random_codes import RandomCodes
from mgah.baselines.random_projection import RandomProjection
from mgah.errors import InputError
from mgah.semantics.store import ClassSemantics


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    labels = np.arange(240) % 6
    features = (4 * random.standard_normal((6, 15))[labels] + random.standard_normal((240, 15))).astype(
        np.float32
    )
    return features, labels, ClassSemantics(tuple("abcdef"), np.eye(6))


def test_random_codes_are_uniform_independent_and_bound_to_the_row():
    rows = np.random.default_rng(1).standard_normal((4000, 3)).astype(np.float32)
    rows[1] = rows[0]
    method = RandomCodes(n_bits=20).fit(rows, np.arange(4000) % 2, ClassSemantics(("a", "b"), np.eye(2)))
    codes = method.encode(rows).astype(float)
    np.testing.assert_array_equal(codes[0], codes[1])
    assert np.abs(codes.mean(axis=0)).max() < 5 / np.sqrt(4000)
    correlation = codes.T @ codes / 4000 - np.eye(20)
    assert np.abs(correlation).max() < 5 / np.sqrt(4000)


def test_random_codes_are_the_same_on_every_machine():
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    method = RandomCodes(n_bits=8, random_state=7).fit(
        rows, np.arange(2), ClassSemantics(("a", "b"), np.eye(2))
    )
    assert np.packbits(method.encode(rows) > 0, axis=1).ravel().tolist() == [159, 110]


def test_random_projections_keep_angles(data):
    features, labels, semantics = data
    method = RandomProjection(n_bits=4000).fit(features, labels, semantics)
    codes = method.encode(features[:2]).astype(float)
    a, b = features[:2] - features.mean(axis=0)
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    assert (codes[0] != codes[1]).mean() == pytest.approx(angle / np.pi, abs=0.03)


def test_classifier_codes_give_a_seen_class_one_codeword(data):
    features, labels, semantics = data
    method = ClassifierCodes(n_bits=10).fit(features, labels, semantics)
    codes = method.encode(features)
    right = [(codes[labels == label] == method.codewords_[label]).all(axis=1).mean() for label in range(6)]
    assert min(right) > 0.95
    words = method.codewords_.astype(int)
    distances = (10 - words @ words.T)[~np.eye(6, dtype=bool)] // 2
    assert distances.min() >= 3


def test_classifier_codes_of_two_classes(data):
    features, labels, _ = data
    two = labels < 2
    method = ClassifierCodes(n_bits=1).fit(features[two], labels[two], ClassSemantics(("a", "b"), np.eye(2)))
    assert set(method.codewords_.ravel()) == {-1, 1}
    assert (method.encode(features[two])[:, 0] == method.codewords_[labels[two], 0]).mean() > 0.95


def test_too_few_bits_for_the_classes_is_one_clear_error(data):
    with pytest.raises(InputError, match="2 bits cannot tell 6 classes apart, expected n_bits of 3 or more"):
        ClassifierCodes(n_bits=2).fit(*data)
