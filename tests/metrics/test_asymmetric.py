"""Asymmetric rankings against values by hand, brute force over all orders of ties, and Hamming rankings."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.metrics import asymmetric_mean_average_precision, mean_average_precision
from mgah.metrics.asymmetric import asymmetric_average_precision


def average_precision(relevant, k):
    """By its definition, over the hits within the first k ranks; exact."""
    hits = np.flatnonzero(relevant[:k])
    return sum((Fraction(i + 1, int(rank) + 1) for i, rank in enumerate(hits)), Fraction(0)) / max(
        len(hits), 1
    )


def over_all_orders(scores, relevant, k):
    """Mean over all orders of items that keep ``scores`` falling."""
    orders = [
        order
        for order in permutations(range(len(scores)))
        if sorted(scores)[::-1] == [scores[i] for i in order]
    ]
    return sum(average_precision([relevant[i] for i in order], k) for order in orders) / len(orders)


@pytest.mark.parametrize(
    ("groups", "k", "expected"),
    [
        ([[1, 0], [1, 0, 0]], 3, Fraction(53, 72)),
        ([[0, 0], [1, 1, 0, 0]], 4, Fraction(19, 72)),
        ([[1, 1, 0], [0, 1, 0, 1]], 5, Fraction(10031, 12960)),
        ([[0, 0, 0], [1, 0]], 3, Fraction(0)),
        ([[1, 0, 0, 1, 0]], 2, Fraction(11, 20)),
        ([[1], [0, 0], [1, 1]], 5, Fraction(7, 10)),
    ],
)
def test_known_answers_with_ties(groups, k, expected):
    """Group i has the code with its first i bits turned, of scores 3, 1 and -1 times 0.3."""
    codes = np.array([[-1] * place + [1] * (3 - place) for place, group in enumerate(groups) for _ in group])
    labels = np.concatenate(groups)
    found = asymmetric_mean_average_precision([[0.3] * 3], [1], codes, labels, k=k)
    assert found == pytest.approx(float(expected), abs=1e-15)


def test_the_order_is_that_of_the_distance_between_sigmoids_and_bits():
    """sigmoid(o) = (0.8, 0.6): distances of 11, 10, 01, 00 are 0.6, 0.8, 1.2, 1.4, where Hamming's are 0, 1, 1, 2."""
    outputs = np.log([[0.8 / 0.2, 0.6 / 0.4]])
    codes, labels = [[0, 1], [1, 0], [0, 0], [1, 1]], ["cat", "dog", "cat", "dog"]
    sides = ["cat"], codes, labels
    assert asymmetric_mean_average_precision(np.tanh(outputs / 2), *sides) == (1 / 3 + 2 / 4) / 2
    assert asymmetric_mean_average_precision(np.tanh(outputs / 2), *sides, k=3) == 1 / 3
    # Hamming: dog; then a dog and a cat in either order; then a cat
    assert mean_average_precision([[1, 1]], *sides) == pytest.approx(((1 / 2 + 1 / 3) / 2 + 2 / 4) / 2)


@pytest.mark.parametrize("k", [1, 3, 5, 7, None])
def test_ties_count_as_in_all_orders(k):
    random = np.random.default_rng(7)
    for _ in range(4):
        codes = np.where(random.random((7, 3)) < 0.5, -1, 1)
        labels = random.integers(0, 2, 7)
        values = random.choice([-0.75, -0.5, 0.25, 0.5], 3)
        expected = over_all_orders((codes @ values).tolist(), labels.tolist(), k)
        if labels.any():
            found = asymmetric_mean_average_precision(values[None], [1], codes, labels, k=k)
            assert found == pytest.approx(float(expected), abs=1e-15)


@pytest.fixture
def sides():
    random = np.random.default_rng(3)
    labels = random.integers(0, 4, 340)
    outputs = random.standard_normal((4, 12))[labels] + random.standard_normal((340, 12))
    codes = np.where(outputs >= 0, np.int8(1), np.int8(-1))
    return outputs[:40], codes[:40], labels[:40], codes[40:], labels[40:]


@pytest.mark.parametrize("k", [None, 50])
def test_saturated_values_rank_as_hamming_distance_to_the_last_bit(sides, k):
    outputs, codes, *others = sides
    hamming = mean_average_precision(codes, *others, k=k)
    assert asymmetric_mean_average_precision(codes, *others, k=k) == hamming
    assert asymmetric_mean_average_precision(np.tanh(1e4 * outputs), *others, k=k) == hamming
    assert asymmetric_mean_average_precision(np.tanh(outputs / 2), *others, k=k) > hamming


def test_what_changes_no_order_changes_nothing(sides):
    outputs, _, labels, codes, database_labels = sides
    expected = asymmetric_mean_average_precision(outputs, labels, codes, database_labels)
    order, bits = np.random.default_rng(0).permutation(300), np.arange(12)[::-1]
    turned = np.where(np.arange(12) % 3, 1, -1)
    same = {
        "scale": (outputs * 2.0**-30, labels, codes, database_labels),
        "order of the database": (outputs, labels, codes[order], database_labels[order]),
        "order of bits": (outputs[:, bits], labels, codes[:, bits], database_labels),
        "turned bits": (outputs * turned, labels, codes * turned, database_labels),
        "0 and 1": (outputs, labels, codes > 0, database_labels),
        "labels as sets": (outputs, np.eye(4)[labels], codes, np.eye(4)[database_labels]),
    }
    for what, given in same.items():
        assert asymmetric_mean_average_precision(*given) == expected, what
    packed = np.packbits(codes > 0, axis=1)
    assert asymmetric_mean_average_precision(outputs, labels, packed, database_labels, n_bits=12) == expected


def test_items_that_share_one_of_several_labels_are_relevant():
    codes, labels = [[1, 1], [1, -1], [-1, -1]], [[0, 1], [1, 0], [1, 1]]
    assert asymmetric_mean_average_precision([[0.9, 0.2]], [[1, 0]], codes, labels) == (1 / 2 + 2 / 3) / 2


def test_a_query_without_relevant_items_is_left_out_and_one_with_late_ones_has_0():
    packed, labels = np.packbits([[1, 1], [0, 0]], axis=1), np.array([0, 1])
    found = asymmetric_average_precision(np.ones((2, 2)), np.array([1, 2]), packed, labels, (None, 1))
    np.testing.assert_array_equal(found, [[0.5, np.nan], [0.0, np.nan]])


@pytest.mark.parametrize(
    ("values", "more", "words"),
    [
        ([[0.5, np.nan]], {}, "query values hold nan in row 0, bit 1, expected finite numbers"),
        ([0.5, 0.1], {}, r"query values are float64 of shape \(2,\), expected numbers of shape \(n, bits\)"),
        ([["a", "b"]], {}, "expected numbers of shape"),
        ([[0.5, 0.1, 0.2]], {}, "queries have 3 bits and the database 2"),
        ([[0.5, 0.1]], {"k": 0}, "k is 0, expected an integer of 1 or more"),
        (np.zeros((0, 2)), {}, "there are no queries"),
    ],
)
def test_bad_values_are_one_clear_error(values, more, words):
    with pytest.raises(InputError, match=words):
        asymmetric_mean_average_precision(values, [0] * len(values), [[1, 1], [1, -1]], [0, 1], **more)


def test_packed_codes_of_another_length_than_the_values_are_refused():
    with pytest.raises(InputError, match="queries have 9 values and the database 12 bits"):
        asymmetric_mean_average_precision(np.ones((1, 9)), [0], np.zeros((2, 2), np.uint8), [0, 1], n_bits=12)
