"""Codes of classes that are fixed before training, and hash centers that follow the similarity of classes."""

import itertools

import numpy as np
import pytest

from mgah.baselines._targets import bernoulli_codes, hadamard_codes, separated_codes, smallest_distance
from mgah.baselines.shc import centered_similarity, least_distance, semantic_centers
from mgah.errors import InputError


def drawn(seed=0):
    return np.random.default_rng(seed)


def test_random_codes_of_few_bits_do_not_repeat():
    """Of nine independent codes of 4 bits, two are equal with a probability of 94 percent."""
    for seed in range(10):
        codes = bernoulli_codes(9, 4, drawn(seed))
        assert len(np.unique(codes, axis=0)) == 9 and set(np.unique(codes)) == {-1, 1}


@pytest.mark.parametrize("draw", [bernoulli_codes, separated_codes, hadamard_codes])
def test_more_classes_than_codes_are_refused(draw):
    with pytest.raises(InputError, match="2 bits have no 5 different codes"):
        draw(5, 2, drawn())
    assert len(np.unique(draw(4, 2, drawn()), axis=0)) == 4


def test_separated_codes_are_farther_apart_than_random_ones():
    random, separated = (
        np.mean([smallest_distance(draw(9, 32, drawn(seed))) for seed in range(3)])
        for draw in (bernoulli_codes, separated_codes)
    )
    assert separated >= 14 > random


@pytest.mark.parametrize(("classes", "n_bits"), [(9, 32), (9, 48), (40, 64)])
def test_hadamard_codes_are_orthogonal_and_have_no_constant_bit(classes, n_bits):
    codes = hadamard_codes(classes, n_bits, drawn())
    np.testing.assert_array_equal(codes @ codes.T, n_bits * np.eye(classes))
    assert not (codes == codes[0]).all(axis=0).any()


@pytest.mark.parametrize(("classes", "n_bits"), [(40, 32), (64, 32), (90, 48), (5, 4), (2, 1)])
def test_up_to_twice_as_many_classes_as_bits_have_rows_of_a_hadamard_matrix_and_its_negative(classes, n_bits):
    """Of any two of [H; -H] the inner product is 0 or -K, so that none is nearer than half of the bits."""
    for seed in range(5):
        codes = hadamard_codes(classes, n_bits, drawn(seed))
        products = (codes @ codes.T)[~np.eye(classes, dtype=bool)]
        assert codes.shape == (classes, n_bits) and set(np.unique(products)) <= {0, -n_bits}
        assert len(np.unique(codes, axis=0)) == classes
        # with more classes than bits a code stands beside its negative: no bit is constant
        assert not (codes == codes[0]).all(axis=0).any()
    assert not np.array_equal(codes, hadamard_codes(classes, n_bits, drawn())) or n_bits == 1


@pytest.mark.parametrize(("classes", "n_bits"), [(90, 32), (65, 32), (9, 14), (40, 14)])
def test_where_no_hadamard_matrix_fits_codes_are_balanced(classes, n_bits):
    codes = hadamard_codes(classes, n_bits, drawn())
    assert codes.shape == (classes, n_bits) and (codes.sum(axis=1) == 0).all()
    assert smallest_distance(codes) >= n_bits // 4 or classes > 2 * n_bits


def plain_balanced(classes, n_bits, random):
    ones = np.where(np.arange(n_bits) < n_bits // 2, 1.0, -1.0)
    draws = [random.permuted(np.tile(ones, (classes, 1)), axis=1) for _ in range(20)]
    return max(draws, key=smallest_distance)


def test_balanced_codes_are_the_best_draw_as_long_as_it_repeats_none():
    """The published numbers of 90 classes at 32 bits rest on these draws."""
    for seed in range(3):
        np.testing.assert_array_equal(
            hadamard_codes(90, 32, drawn(seed)), plain_balanced(90, 32, drawn(seed))
        )


@pytest.mark.parametrize(("classes", "n_bits"), [(3, 3), (10, 5), (20, 6), (60, 8), (252, 10)])
def test_balanced_codes_of_few_bits_do_not_repeat(classes, n_bits):
    """At (3, 3), (10, 5), (20, 6) and (252, 10) they are all balanced codes that there are."""
    for seed in range(5):
        codes, plain = (
            hadamard_codes(classes, n_bits, drawn(seed)),
            plain_balanced(classes, n_bits, drawn(seed)),
        )
        assert len(np.unique(codes, axis=0)) == classes
        assert (codes.sum(axis=1) == -(n_bits % 2)).all()
        kept = len(np.unique(plain, axis=0))
        assert {code.tobytes() for code in codes[:kept]} == {code.tobytes() for code in plain}


def test_fewer_balanced_codes_than_classes_are_refused():
    with pytest.raises(
        InputError, match=r"6 bits have no 21 different codes with as many \+1 as -1: choose longer"
    ):
        hadamard_codes(21, 6, drawn())


@pytest.mark.parametrize("draw", [bernoulli_codes, separated_codes, hadamard_codes])
@pytest.mark.parametrize("n_bits", [1024, 2000, np.int64(64)])
def test_codes_may_be_longer_than_a_power_of_two_that_is_a_number(draw, n_bits):
    assert draw(5, n_bits, drawn()).shape == (5, n_bits)


def test_least_distances():
    expected = {8: (3, 2, 2), 16: (7, 5, 5), 32: (14, 11, 11), 48: (21, 18, 17), 64: (28, 25, 24)}
    assert {bits: tuple(least_distance(bits, c) for c in (9, 40, 90)) for bits in expected} == expected


@pytest.mark.parametrize(
    "vectors", [np.eye(5, 7) + 0.3, np.eye(9) - 1 / 9, np.eye(6)], ids=["near", "simplex", "apart"]
)
def test_similarities_that_differ_by_rounding_alone_say_nothing(vectors):
    """Divided by their largest difference, rounding would become targets of -1 and +1."""
    rotation = np.linalg.qr(drawn(3).standard_normal((vectors.shape[1],) * 2))[0]
    rows = vectors @ rotation
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    similarity = rows @ rows.T
    beside = ~np.eye(len(rows), dtype=bool)
    assert 0 < np.ptp(similarity[beside]) < 1e-14
    np.testing.assert_array_equal(centered_similarity(similarity), np.eye(len(rows)))
    similarity[0, 1] = similarity[1, 0] = similarity[0, 1] + 1e-3
    assert centered_similarity(similarity)[0, 1] == pytest.approx(1)


def misfit(codes, targets):
    beside = ~np.eye(len(codes), dtype=bool)
    return float(((targets - codes @ codes.T / codes.shape[1]) ** 2)[beside].sum())


def test_semantic_centers_of_three_classes_are_the_best_of_all():
    targets = centered_similarity(np.array([[1, 0.8, 0.1], [0.8, 1, 0.1], [0.1, 0.1, 1]]))
    every = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
    allowed = [
        codes
        for codes in (every[list(rows)] for rows in itertools.product(range(16), repeat=3))
        if smallest_distance(codes) >= 1
    ]
    best = min(misfit(codes, targets) for codes in allowed)
    found = [
        misfit(semantic_centers(bernoulli_codes(3, 4, drawn(seed)), targets, 1), targets)
        for seed in range(10)
    ]
    assert min(found) == pytest.approx(best)
    assert all(value >= best - 1e-12 for value in found)


def test_semantic_centers_keep_their_distance_and_follow_the_classes():
    vectors = drawn(1).standard_normal((9, 4))
    targets = centered_similarity(np.corrcoef(vectors))
    start, least = separated_codes(9, 32, drawn(2)), least_distance(32, 9)
    centers = semantic_centers(start, targets, least)
    assert misfit(centers, targets) < 0.7 * misfit(start, targets)
    assert smallest_distance(centers) >= min(least, smallest_distance(start))
    beside = ~np.eye(9, dtype=bool)
    # the least distance, 14 of 32 bits, keeps like classes apart
    assert np.corrcoef((centers @ centers.T)[beside], targets[beside])[0, 1] > 0.8
