"""Metrics of the first k ranks: known answers, every order enumerated, and SciPy's hypergeometric distribution."""

from fractions import Fraction
from itertools import pairwise, permutations

import numpy as np
import pytest
from scipy import stats

from mgah.errors import InputError
from mgah.metrics.at_k import _hypergeometric, average_precision_at_k, precision_at_k
from mgah.metrics.from_counts import expected_average_precision

#: Relevance by distance, k, and AP@k in exact fractions.
KNOWN = [
    ([[1, 0], [1, 0, 0]], 3, Fraction(53, 72)),
    ([[0, 0], [1, 1, 0, 0]], 4, Fraction(19, 72)),
    ([[1, 1, 0], [0, 1, 0, 1]], 5, Fraction(10031, 12960)),
    ([[0, 0, 0], [1, 0]], 3, Fraction(0)),
    ([[1, 0, 0, 1, 0]], 2, Fraction(11, 20)),
    ([[1], [0, 0], [1, 1]], 5, Fraction(7, 10)),
]


def counted(groups):
    cnt, rel = ([[count(group) for group in groups]] for count in (len, sum))
    return np.array(cnt), np.array(rel)


@pytest.mark.parametrize(("groups", "k", "expected"), KNOWN)
def test_known_answers(groups, k, expected):
    assert average_precision_at_k(*counted(groups), k)[0] == pytest.approx(float(expected), abs=1e-15)


@pytest.mark.parametrize("seed", range(4))
def test_every_order_of_equal_distances_enumerated(seed, exact_average_precision):
    generator = np.random.default_rng(seed)
    distances, relevant = np.sort(generator.integers(0, 3, 6)), generator.integers(0, 2, 6)
    relevant[generator.integers(6)] = 1
    groups = [relevant[distances == d].tolist() for d in range(4)]
    orders = [o for o in permutations(range(6)) if all(distances[a] <= distances[b] for a, b in pairwise(o))]
    for k in range(1, 8):
        tops = [[int(relevant[i]) for i in order[:k]] for order in orders]
        precisions = [exact_average_precision(top) or Fraction(0) for top in tops]
        found = average_precision_at_k(*counted(groups), k)[0]
        assert found == pytest.approx(float(sum(precisions) / len(orders)), abs=1e-14)
        if k <= 6:
            share = Fraction(sum(map(sum, tops)), k * len(orders))
            assert precision_at_k(*counted(groups), k)[0] == pytest.approx(float(share), abs=1e-15)


def test_a_k_of_the_whole_ranking_is_average_precision_to_the_last_bit():
    generator = np.random.default_rng(0)
    cnt = generator.integers(0, 40, (30, 17))
    rel = generator.binomial(cnt, 0.3)
    rel[4] = 0
    whole = expected_average_precision(cnt, rel)
    for k in (int(cnt.sum(axis=1).max()), 10**6):
        assert np.array_equal(average_precision_at_k(cnt, rel, k), whole, equal_nan=True)
    assert np.array_equal(np.isnan(average_precision_at_k(cnt, rel, 5)), np.arange(30) == 4)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [(1, 1, 1), (9, 0, 4), (9, 9, 4), (40, 7, 36), (60_000, 6_000, 5_000), (10**6, 3, 5_000)]
)
def test_chances_are_those_of_the_hypergeometric_distribution(case):
    low, chances = _hypergeometric(*case)
    n, r, places = case
    expected = stats.hypergeom(n, r, places).pmf(np.arange(low, low + len(chances)))
    assert chances == pytest.approx(expected, abs=1e-10) and expected.sum() == pytest.approx(1)


def test_a_k_that_is_no_number_of_ranks_is_refused():
    pair = counted([[1, 0], [0]])
    for k in (0, 2.0, True):
        for function in (average_precision_at_k, precision_at_k):
            with pytest.raises(InputError, match="expected an integer of 1 or more"):
                function(*pair, k)
    with pytest.raises(InputError, match="k is 4, expected at most 3"):
        precision_at_k(*pair, 4)
