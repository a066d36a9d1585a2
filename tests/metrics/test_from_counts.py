"""Metrics from counts against known answers and exact rational twins."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgah.errors import InputError
from mgah.metrics import from_counts, harmonic
from mgah.metrics.counting import BACKENDS
from mgah.metrics.harmonic import LIMIT, harmonic_difference, harmonic_numbers, harmonic_steps
from mgah.metrics.index import pack_words
from mgah.metrics.stable import stable_average_precision

F = Fraction
# distances and relevance in database order; expected, stable, min, max; radius, precision within it, empty or not
KNOWN = {
    "all tied": ("3333", "0101", F(49, 72), F(1, 2), F(5, 12), F(1), 2, F(0), True),
    "one relevant": ("000", "001", F(11, 18), F(1, 3), F(1, 3), F(1), 2, F(1, 3), False),
    "all relevant": ("01155", "11111", F(1), F(1), F(1), F(1), 2, F(1), False),
    "no ties": ("012", "101", F(5, 6), F(5, 6), F(5, 6), F(5, 6), 2, F(2, 3), False),
    "two groups": ("11222", "10011", F(181, 270), F(7, 10), F(8, 15), F(29, 36), 1, F(1, 2), False),
    "other order": ("21212", "10011", F(181, 270), F(53, 90), F(8, 15), F(29, 36), 1, F(1, 2), False),
    "K = 1": ("0011", "0110", F(2, 3), F(7, 12), F(1, 2), F(5, 6), 0, F(1, 2), False),
    "duplicate codes": ("0002", "0011", F(5, 9), F(5, 12), F(5, 12), F(3, 4), 0, F(1, 3), False),
    "empty ball": ("343", "011", F(17, 24), F(7, 12), F(7, 12), F(5, 6), 2, F(0), True),
    "relevant last": ("0001", "0001", F(1, 4), F(1, 4), F(1, 4), F(1, 4), 2, F(1, 4), False),
    "one item": ("7", "1", F(1), F(1), F(1), F(1), 2, F(0), True),
    "none relevant": ("01", "00", None, None, None, None, 2, F(0), False),
    "itself kept": ("0011", "1010", F(2, 3), F(5, 6), F(1, 2), F(5, 6), 0, F(1, 2), False),
    "itself removed": ("011", "010", F(5, 12), F(1, 2), F(1, 3), F(1, 2), 0, F(0), False),
}


def counts_of(distances, relevant, n_bits=8):
    cnt, rel = np.zeros((2, 1, n_bits + 1), np.int64)
    for distance, one in zip(distances, relevant, strict=True):
        cnt[0, distance] += 1
        rel[0, distance] += one
    return cnt, rel


def codes_at(distances, n_bits=8):
    """Words of a query of zeros and of items at the given distances from it."""
    return np.zeros((1, 1), np.uint64), np.array([[(1 << d) - 1 for d in distances]], np.uint64)


def stable_of(distances, relevant, backend, own=None):
    cnt, rel = counts_of(distances, relevant)
    if own is not None:
        cnt[0, distances[own]] -= 1
        rel[0, distances[own]] -= 1
        own = np.array([own])
    queries, words = codes_at(distances)
    return stable_average_precision(
        queries, np.array([1]), words, np.array(relevant), cnt, rel, own=own, backend=backend
    )[0]


def close(value, exact):
    return math.isnan(value) if exact is None else abs(F(float(value)) - exact) <= 1e-14


@pytest.mark.parametrize("case", KNOWN.values(), ids=KNOWN)
def test_known_answers(case, backend):
    distances, relevant = ([int(digit) for digit in text] for text in case[:2])
    expected, stable, lowest, highest, radius, precision, empty = case[2:]
    cnt, rel = counts_of(distances, relevant)
    assert close(from_counts.expected_average_precision(cnt, rel, backend=backend)[0], expected)
    assert close(stable_of(distances, relevant, backend), stable)
    low, high = from_counts.average_precision_band(cnt, rel)
    assert close(low[0], lowest) and close(high[0], highest)
    within, is_empty = from_counts.precision_in_ball(cnt, rel, radius)
    assert close(within[0], precision) and is_empty[0] == empty


def test_own_item_is_skipped_wherever_it_stands(backend):
    assert close(stable_of([0, 0, 1, 1], [1, 0, 1, 0], backend, own=0), F(1, 2))
    assert close(stable_of([1, 1, 0, 0], [1, 0, 0, 1], backend, own=3), F(1, 2))


@pytest.mark.parametrize(
    "n, total, value", [(59_000, 5_000, 0.08490961952833054), (10**7, 10**6, 0.1000014125781642)]
)
def test_one_huge_tie_is_the_chance_level(n, total, value):
    cnt, rel = np.array([[n]]), np.array([[total]])
    assert abs(from_counts.expected_average_precision(cnt, rel)[0] - value) <= 1e-14
    spread = np.array([[n - 7, 7]]), np.array([[total - 2, 2]])
    assert (
        from_counts.chance_average_precision(*spread)[0]
        == from_counts.expected_average_precision(cnt, rel)[0]
    )


def test_small_values_keep_their_digits():
    value = from_counts.expected_average_precision(np.array([[10**7, 2]]), np.array([[0, 2]]))[0]
    assert abs(value - 1.4999997500000451e-07) <= 1e-16
    value = from_counts.expected_average_precision(np.array([[58_900, 100]]), np.array([[0, 60]]))[0]
    a, n, r, before = F(59, 99), 100, 60, 58_900
    exact = F(r, n) * sum((1 + a * (t - 1)) / (before + t) for t in range(1, n + 1)) / r
    assert abs(F(float(value)) - exact) <= 1e-16


def test_chance_of_seen_queries():
    value = from_counts.chance_average_precision(np.array([[58_999]]), np.array([[5_999]]))[0]
    assert abs(value - 0.10184051711095854) <= 1e-14


@pytest.mark.slow
@pytest.mark.parametrize("n", range(1, 7))
def test_enumerated_orders(n, exact_scores):
    """All distance patterns over three distances and all relevance of up to six items, against all orders."""
    generator = np.random.default_rng(n)
    patterns = list(product(range(3), repeat=n))
    for distances in (patterns[i] for i in generator.permutation(len(patterns))[:12]):
        for relevant in list(product((0, 1), repeat=n))[1:]:
            mean, _, low, high = exact_scores(distances, relevant)
            cnt, rel = counts_of(distances, relevant)
            assert close(from_counts.expected_average_precision(cnt, rel)[0], mean)
            band = from_counts.average_precision_band(cnt, rel)
            assert close(band[0][0], low) and close(band[1][0], high)
            assert exact_expected(cnt[0], rel[0]) == mean


def exact_expected(cnt, rel):
    """The closed formula of the expected average precision in exact numbers."""
    before = relevant_before = 0
    total = F(0)
    for n, r in zip(cnt.tolist(), rel.tolist(), strict=True):
        if r:
            step = sum((F(1, before + t) for t in range(1, n + 1)), F(0))
            a = F(r - 1, n - 1) if n > 1 else F(0)
            total += F(r, n) * ((relevant_before + 1) * step + a * (n - (before + 1) * step))
        before, relevant_before = before + n, relevant_before + r
    return total / relevant_before


histograms = st.lists(
    st.integers(0, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=12
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(histograms)
def test_formula_and_order_of_the_scores(groups):
    cnt, rel = (np.array([part]) for part in zip(*groups, strict=True))
    expected = from_counts.expected_average_precision(cnt, rel)[0]
    low, high = (side[0] for side in from_counts.average_precision_band(cnt, rel))
    if rel.sum() == 0:
        assert math.isnan(expected) and math.isnan(low) and math.isnan(high)
        return
    assert close(expected, exact_expected(cnt[0], rel[0]))
    distances = np.repeat(np.arange(cnt.shape[1]), cnt[0])
    relevant = np.concatenate([np.arange(n) >= n - r for n, r in groups]).astype(int)
    assert low - 1e-14 <= expected <= high + 1e-14
    assert abs(stable_of_counts(distances, relevant, cnt, rel) - low) <= 1e-14


def stable_of_counts(distances, relevant, cnt, rel):
    """Items in order of distance, relevant ones last in each group: the stable order is the worst one."""
    n_bits = cnt.shape[1]
    codes = np.where(np.arange(n_bits) < distances[:, None], 1, -1).astype(np.int8)
    query, counts = (
        pack_words(np.full((1, n_bits), -1, np.int8)),
        [np.pad(x, ((0, 0), (0, 1))) for x in (cnt, rel)],
    )
    return stable_average_precision(
        query, np.array([1]), pack_words(codes), relevant, *counts, backend="numpy"
    )[0]


def test_mean_over_random_orders(exact_average_precision):
    generator = np.random.default_rng(3)
    distances, relevant = generator.integers(0, 5, 60), generator.integers(0, 2, 60)
    samples = []
    for _ in range(4000):
        order = np.lexsort((generator.random(60), distances))
        ranks = np.flatnonzero(relevant[order]) + 1
        samples.append(np.mean(np.arange(1, len(ranks) + 1) / ranks))
    error = np.std(samples) / math.sqrt(len(samples))
    value = from_counts.expected_average_precision(*counts_of(distances.tolist(), relevant.tolist()))[0]
    assert abs(value - np.mean(samples)) <= 4 * error


def test_scores_do_not_depend_on_the_number_of_queries_scored_together():
    generator = np.random.default_rng(0)
    cnt = generator.integers(0, 50, (700, 17))
    rel = generator.integers(0, cnt + 1)
    whole = from_counts.expected_average_precision(cnt, rel)
    alone = np.concatenate(
        [from_counts.expected_average_precision(cnt[i : i + 1], rel[i : i + 1]) for i in range(700)]
    )
    assert whole.tobytes() == alone.tobytes()


@pytest.mark.parametrize("largest", [1, 2, 4, 900])
def test_back_ends_give_the_same_bits(largest):
    """Of groups of one item, of empty ones, and of queries without relevant items among them."""
    generator = np.random.default_rng(largest)
    for bins in (1, 2, 9, 49, 129):
        cnt = generator.integers(0, largest + 1, (300, bins))
        rel = generator.integers(0, cnt + 1) * generator.integers(0, 2, (300, 1))
        found = [from_counts.expected_average_precision(cnt, rel, backend=name) for name in BACKENDS]
        assert found[0].tobytes() == found[1].tobytes()


def test_counts_of_two_shapes_are_refused(backend):
    cnt = np.ones((4, 3), np.int64)
    for rel in (cnt[:1], cnt[:, :2], cnt[0]):
        with pytest.raises(
            InputError, match=r"of the shapes \(4, 3\) and .*expected \(queries, n_bits \+ 1\)"
        ):
            from_counts.expected_average_precision(cnt, rel, backend=backend)


def test_counts_of_other_integers_are_read(backend):
    cnt, rel = np.array([[1, 2, 1]], np.uint8), np.array([[1, 0, 1]], np.uint64)
    assert from_counts.expected_average_precision(cnt, rel, backend=backend).tolist() == [0.75]


def test_a_large_database_is_scored_alike_by_both_back_ends():
    cnt = np.array([[harmonic.BLOCK, 5, 0, 9]])
    found = [from_counts.expected_average_precision(cnt, cnt // 2, backend=name) for name in BACKENDS]
    assert found[0].tobytes() == found[1].tobytes()


def test_duplicated_database_keeps_precision_in_the_ball_only():
    cnt, rel = counts_of([0, 1, 1, 3], [1, 0, 1, 1])
    same, other = (from_counts.precision_in_ball(k * cnt, k * rel, 2)[0][0] for k in (1, 5))
    assert same == other == 2 / 3
    assert (
        from_counts.expected_average_precision(cnt, rel)[0]
        != from_counts.expected_average_precision(5 * cnt, 5 * rel)[0]
    )


def test_precision_and_recall_over_the_radius():
    cnt = np.array([[0, 2, 2], [1, 0, 1], [1, 1, 0]])
    rel = np.array([[0, 1, 1], [1, 0, 1], [0, 0, 0]])
    curve = from_counts.precision_recall(cnt, rel)
    np.testing.assert_allclose(curve.precision, [1 / 3, (0.5 + 1 + 0) / 3, (0.5 + 1 + 0) / 3], rtol=1e-15)
    np.testing.assert_allclose(curve.recall, [0.25, 0.5, 1.0], rtol=1e-15)  # two queries have relevant items
    np.testing.assert_allclose(curve.empty_share, [1 / 3, 0, 0], rtol=1e-15)


def test_means_over_queries_and_classes():
    values, labels = np.array([0.5, np.nan, 1.0, 0.25]), np.array([1, 1, 4, 1])
    assert from_counts.mean_defined(values) == (1.75 / 3, 1)
    assert from_counts.class_means(values, labels) == {1: 0.375, 4: 1.0}
    assert math.isnan(from_counts.mean_defined(np.array([np.nan]))[0])
    generator = np.random.default_rng(0)
    many = generator.random(1000)
    assert len({from_counts.mean_defined(generator.permutation(many))[0] for _ in range(20)}) == 1


def test_harmonic_mean():
    assert from_counts.harmonic_mean(0.2, 0.6) == pytest.approx(0.3, abs=1e-16)
    assert from_counts.harmonic_mean(0.0, 0.0) == 0.0
    assert math.isnan(from_counts.harmonic_mean(0.5, math.nan))


def test_harmonic_numbers_are_exact_and_do_not_depend_on_the_blocks(monkeypatch):
    exact = [F(0)]
    for k in range(1, 5001):
        exact.append(exact[-1] + F(1, k))
    generator = np.random.default_rng(0)
    low = generator.integers(0, 5000, 300)
    high = generator.integers(low, 5001)
    found = harmonic_difference(low, high)
    for a, b, value in zip(low, high, found, strict=True):
        assert abs(F(float(value)) - (exact[b] - exact[a])) <= (exact[b] - exact[a]) * F(1, 2**52)
    bounds = np.sort(low)
    steps = harmonic_steps(bounds)
    assert steps.tobytes() == harmonic_difference(bounds[:-1], bounds[1:]).tobytes()
    harmonic.first_sums.cache_clear()
    monkeypatch.setattr(harmonic, "BLOCK", 512)
    assert harmonic_difference(low, high).tobytes() == found.tobytes()
    harmonic.first_sums.cache_clear()


def test_both_sums_of_the_longest_ranking_fit_their_integers():
    assert (np.log(LIMIT) + 1) * 2.0**harmonic._HIGH < 2**63  # H_n < ln n + 1
    assert LIMIT << harmonic._LOW <= 2**63  # every remainder is below 2**_LOW


def test_too_long_rankings_are_refused():
    with pytest.raises(InputError, match="too long"):
        harmonic_numbers(np.array([LIMIT]))
