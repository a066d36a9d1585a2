"""ITQ: its objective never rises, rotations stay rotations, and the known answers."""

import itertools

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes

from mgah.baselines.itq import ITQ
from mgah.errors import InputError
from mgah.methods.quantization import iterative_quantization, principal_directions, random_rotation
from mgah.normalization import l2_rows
from mgah.semantics.store import ClassSemantics

SEMANTICS = ClassSemantics(("a", "b"), np.eye(2))


@pytest.fixture
def features():
    random = np.random.default_rng(0)
    return (random.standard_normal((300, 20)) * np.linspace(3, 0.1, 20) + 5).astype(np.float32)


def fit(features, **parameters):
    return ITQ(**parameters).fit(features, np.arange(len(features)) % 2, SEMANTICS)


def test_objective_never_rises_after_any_half_step(features):
    objective = np.array(fit(features, n_bits=8, random_state=3).objective_)
    assert len(objective) == 100
    assert (np.diff(objective) <= 1e-9 * objective[0]).all()
    assert objective[-1] < 0.97 * objective[0]


def test_rotation_and_directions_are_orthonormal(features):
    method = fit(features, n_bits=8)
    np.testing.assert_allclose(method.projection_.T @ method.projection_, np.eye(8), atol=1e-9)
    mean, directions = principal_directions(features, 8)
    projected = (features - mean) @ directions
    np.testing.assert_allclose(projected.mean(axis=0), 0, atol=1e-5)
    assert (np.diff(projected.var(axis=0)) < 0).all()
    assert (directions[np.abs(directions).argmax(axis=0), np.arange(8)] > 0).all()


@pytest.mark.slow
def test_leading_directions_of_wide_features_equal_the_full_decomposition():
    random = np.random.default_rng(1)
    wide = random.standard_normal((120, 2100)).astype(np.float32) * np.linspace(2, 0.1, 2100)
    _, directions = principal_directions(wide, 6)
    centered = wide.astype(float) - wide.astype(float).mean(axis=0)
    expected = np.linalg.svd(centered, full_matrices=False)[2][:6].T
    np.testing.assert_allclose(np.abs((directions * expected).sum(axis=0)), 1, atol=1e-6)


def test_objective_after_the_rotation_step_in_closed_form(features):
    mean, directions = principal_directions(features, 6)
    projected = (features - mean) @ directions
    rotation, objective = iterative_quantization(projected, random_rotation(6, np.random.default_rng(0)), 1)
    codes = np.where(projected @ random_rotation(6, np.random.default_rng(0)) >= 0, 1, -1)
    assert objective[1] == pytest.approx(((codes - projected @ rotation) ** 2).sum(), rel=1e-8)


def test_codes_that_rotate_into_place_have_no_loss():
    random = np.random.default_rng(2)
    codes, start = np.sign(random.standard_normal((50, 5))), random_rotation(5, random)
    rotation, objective = iterative_quantization(codes @ start.T, start, 3)
    np.testing.assert_allclose(objective, 0, atol=1e-20 * 50 + 1e-10)
    np.testing.assert_array_equal(np.where(codes @ start.T @ rotation >= 0, 1, -1), codes)


def test_codes_are_those_whose_loss_was_minimized(features):
    """The next codes lose no more than the objective tells, and any other rotation of the directions loses more."""
    method = fit(features, n_bits=8, random_state=3, iterations=400)
    z = (features - method.mean_) @ method.projection_
    codes = method.encode(features)
    loss = ((codes - z) ** 2).sum()
    assert loss == pytest.approx(method.objective_[-1], rel=1e-6)
    np.testing.assert_array_equal(codes, np.where(z >= 0, 1, -1))
    random = np.random.default_rng(0)
    for _ in range(20):
        other = z @ random_rotation(8, random)
        assert ((np.where(other >= 0, 1, -1) - other) ** 2).sum() > 1.01 * loss


def test_features_that_are_rotated_codes_are_encoded_as_these_codes():
    """From a rotation near the right one, which is far from symmetric."""
    random = np.random.default_rng(5)
    corners = np.array(list(itertools.product((-1, 1), repeat=5)))
    codes = np.repeat(corners, 1 + np.arange(32) % 3, axis=0)
    features = codes @ random_rotation(5, random)
    _, directions = principal_directions(features, 5)
    centered = features - features.mean(axis=0)
    right = orthogonal_procrustes(centered @ directions, codes)[0]
    assert abs(right - right.T).max() > 0.5
    method = fit(features, n_bits=5, initial_rotation=right)
    np.testing.assert_array_equal(method.encode(features), codes)


def test_one_bit_is_the_first_principal_direction(features):
    method = fit(features, n_bits=1)
    _, directions = principal_directions(features, 1)
    np.testing.assert_allclose(np.abs(method.projection_), np.abs(directions), atol=1e-12)


def test_no_iteration_from_the_identity_is_pca_hashing_and_no_rotation_turns_an_inner_product(features):
    mean, directions = principal_directions(features, 8)
    projected = (features - mean) @ directions
    rotation, objective = iterative_quantization(projected, np.eye(8), 0)
    np.testing.assert_array_equal(rotation, np.eye(8))
    assert objective == []
    rotated = (features - mean) @ fit(features, n_bits=8).projection_
    assert not np.allclose(rotated, projected)
    np.testing.assert_allclose(rotated @ rotated.T, projected @ projected.T, atol=1e-8)


def test_a_constant_added_to_all_inputs_changes_no_code(features):
    shift = np.linspace(-4, 4, 20).astype(np.float32)
    plain, moved = fit(features, n_bits=6), fit(features + shift, n_bits=6)
    assert (plain.encode(features) == moved.encode(features + shift)).mean() > 0.999


def test_start_and_normalization_are_used(features):
    start = random_rotation(6, np.random.default_rng(9))
    given = fit(features, n_bits=6, initial_rotation=start)
    assert (
        given.encode(features)
        == fit(features, n_bits=6, initial_rotation=start, random_state=4).encode(features)
    ).all()
    normalized = fit(features, n_bits=6, normalize=True)
    np.testing.assert_array_equal(normalized.encode(features), normalized.encode(3 * features))
    np.testing.assert_allclose(normalized.mean_, l2_rows(features).mean(axis=0), atol=1e-6)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"n_bits": 21}, "n_bits is 21, expected at most 20"),
        ({"n_bits": 4, "iterations": -1}, "iterations is -1"),
        ({"n_bits": 4, "iterations": "fifty"}, "iterations is 'fifty', expected an integer"),
        ({"n_bits": 4, "initial_rotation": np.ones((4, 4))}, "no rotation"),
        (
            {"n_bits": 4, "initial_rotation": np.eye(3)},
            r"initial_rotation is .* expected numbers of shape \(4, 4\)",
        ),
        (
            {"n_bits": 2, "initial_rotation": [[1.0, 0], [1]]},
            "initial_rotation cannot be read as an array",
        ),
        ({"n_bits": 2, "initial_rotation": [["a", "b"], ["c", "d"]]}, "initial_rotation is <U1 of shape"),
        ({"n_bits": 2, "initial_rotation": [[1.0, 0], [0, 2]]}, "no rotation"),
    ],
)
def test_bad_parameters_are_one_clear_error(features, parameters, words):
    with pytest.raises(InputError, match=words):
        fit(features, **parameters)
