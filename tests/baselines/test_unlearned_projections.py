"""PCA with a random rotation, LSH with medians and spectral hashing: known answers, and what they are equal to."""

import numpy as np
import pytest

from mgah.baselines.doph_linear import DOPHLinear
from mgah.baselines.imh import IMH
from mgah.baselines.itq import ITQ
from mgah.baselines.lsh import LSH
from mgah.baselines.pca_rotation import PCARotation
from mgah.baselines.spectral_hashing import SpectralHashing, lowest_modes
from mgah.errors import InputError
from mgah.semantics.store import ClassSemantics


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(0).standard_normal((101, 12)).astype(np.float32) * np.arange(1, 13)


@pytest.mark.parametrize("normalize", [False, True])
def test_pca_with_a_rotation_is_itq_without_iterations(rows, normalize):
    shared = {"n_bits": 7, "random_state": 3, "normalize": normalize}
    np.testing.assert_array_equal(
        PCARotation(**shared).fit(rows).encode(rows), ITQ(iterations=0, **shared).fit(rows).encode(rows)
    )


def test_pca_with_a_rotation_ignores_a_shift_of_the_features(rows):
    shifted = rows.astype(np.float64) + np.arange(12)
    method, other = (PCARotation(n_bits=6).fit(given) for given in (rows.astype(np.float64), shifted))
    np.testing.assert_array_equal(method.encode(rows), other.encode(shifted))


def test_more_bits_than_principal_directions_are_refused(rows):
    with pytest.raises(InputError, match="PCARotation: n_bits is 6, expected at most 5"):
        PCARotation(n_bits=6).fit(rows[:6])


@pytest.mark.parametrize("n", [100, 101])
def test_each_bit_of_lsh_splits_the_training_images_into_halves(rows, n):
    codes = LSH(n_bits=20).fit(rows[:n]).encode(rows[:n])
    assert ((codes == 1).sum(axis=0) == (n + 1) // 2).all()


def test_no_training_image_lies_on_a_threshold_of_lsh(rows):
    """The middle of a projection may be copies of one image, whose side rounding would decide."""
    copies = np.concatenate([rows[:60], rows[:40]])
    method = LSH(n_bits=200).fit(copies)
    assert np.abs(method.outputs(copies)).min() > 1e-6
    np.testing.assert_array_equal(method.encode(copies), [method.encode(row[None])[0] for row in copies])
    balance = (method.encode(copies) == 1).sum(axis=0)
    assert set(balance) <= {49, 50, 51} and 50 in balance
    constant = LSH(n_bits=20).fit(np.tile(rows[:1], (30, 1)))
    assert (constant.encode(rows[:1]) == 1).all()


def test_lsh_of_a_single_row_cuts_just_below_it(rows):
    method = LSH(n_bits=20).fit(rows[:1])
    assert (method.encode(rows[:1]) == 1).all()
    codes = method.encode(rows)
    np.testing.assert_array_equal(codes[1:], np.where((rows[1:] - rows[:1]) @ method.projection_ >= 0, 1, -1))


def test_lsh_ignores_a_shift_and_a_positive_scale(rows):
    other = 2.0 * rows.astype(np.float64) + 3
    np.testing.assert_array_equal(
        LSH(n_bits=20).fit(rows).encode(rows), LSH(n_bits=20).fit(other).encode(other)
    )


def test_modes_of_a_box_and_their_values_in_it():
    """R = (4, 2, 1), 4 bits: 5, 3 and 2 candidate modes less the constant one; two frequencies tie."""
    axes, frequencies = lowest_modes(np.array([4.0, 2.0, 1.0]), 4)
    assert axes.tolist() == [0, 0, 1, 0]
    np.testing.assert_allclose(frequencies**2, [0.6169, 2.4674, 2.4674, 5.5517], atol=5e-5)
    method = SpectralHashing(n_bits=4)
    method.mean_, method.directions_, method.lowest_ = np.zeros(3), np.eye(3), np.zeros(3)
    method.axis_, method.frequency_ = axes, frequencies
    points = np.array([[0.5, 0, 0], [3.5, 0, 0], [1.5, 1.5, 0.2]])
    values = np.cos(frequencies * points[:, axes])
    expected = [
        [0.923880, 0.707107, 1, 0.382683],
        [-0.923880, 0.707107, 1, -0.382683],
        [0.382683, -0.707107, -0.707107, -0.923880],
    ]
    np.testing.assert_allclose(values, expected, atol=1e-6)
    np.testing.assert_array_equal(method._encode(points), np.sign(expected))


def test_first_bit_of_spectral_hashing_cuts_the_widest_direction_in_the_middle_of_its_range():
    box = np.random.default_rng(1).uniform(0, 1, (500, 3)) * [4, 2, 1]
    codes = SpectralHashing(n_bits=3).fit(box).encode(box)
    middle = (box[:, 0].min() + box[:, 0].max()) / 2
    sides = np.where(box[:, 0] < middle, 1, -1)
    assert abs(float((codes[:, 0] * sides).mean())) > 0.97


def test_spectral_hashing_of_a_single_row_is_one_clear_error(rows):
    with pytest.raises(
        InputError, match="SpectralHashing: there is 1 training row, expected two or more that differ"
    ):
        SpectralHashing(n_bits=4).fit(rows[:1])


def test_spectral_hashing_has_more_bits_than_features(rows):
    assert SpectralHashing(n_bits=40).fit(rows).encode(rows).shape == (101, 40)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("method", [SpectralHashing, PCARotation, ITQ, DOPHLinear, IMH])
def test_equal_rows_are_refused_before_anything_is_computed_of_them(method):
    labels, semantics = np.arange(60) % 2, ClassSemantics(("cat", "dog"), np.eye(2), np.eye(2))
    with pytest.raises(InputError, match=f"^{method.__name__}: all 60 training rows are equal"):
        method(n_bits=2).fit(np.ones((60, 3)), labels, semantics)
