"""Integers at their limits: labels beyond 2**53, distances beyond a byte, radii beyond the code."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.metrics import mean_average_precision, precision_at_radius
from mgah.metrics.cosine import cosine_average_precision
from mgah.metrics.counting import counts
from mgah.metrics.from_counts import precision_in_ball
from mgah.metrics.index import build_index, class_places, pack_words
from mgah.metrics.query_scores import QueryScores
from mgah.metrics.stable import stable_average_precision

LARGE = 2**53
#: Labels of queries and of a database, and which queries find an equal label, and where.
MIXED = {
    "neighbors above 2**53": (np.int64, [LARGE, LARGE + 1], np.uint64, [LARGE + 1, LARGE + 2, 3]),
    "the other way round": (np.uint64, [LARGE, LARGE + 1], np.int64, [LARGE + 1, LARGE + 2, 3]),
    "negative beside what has the same bits": (np.int64, [-1, -(2**63), 5], np.uint64, [2**64 - 1, 2**63, 5]),
    "unsigned beside negative": (np.uint64, [2**64 - 1, 2**63, 5], np.int64, [-1, -(2**63), 5]),
    "narrow beside wide": (np.int64, [256, -1, 7], np.uint8, [0, 255, 7]),
    "wide beside narrow": (np.uint8, [0, 255, 7], np.int64, [256, -1, 7]),
    "nothing in common": (np.int64, [-5], np.uint64, [2**63 + 1, 2**63 + 2]),
}


def exact(query_labels, labels):
    """Which database labels equal each query's, as Python integers."""
    return np.array([[int(a) == int(b) for b in labels] for a in query_labels])


def places(query_type, query_labels, database_type, labels):
    return np.array(query_labels, query_type), np.array(labels, database_type)


@pytest.mark.parametrize("case", MIXED.values(), ids=MIXED)
def test_labels_of_two_integer_types_are_equal_only_where_the_integers_are(case, backend):
    query_labels, labels = places(*case)
    same = exact(query_labels, labels)
    codes = np.where(np.arange(len(labels))[:, None] > np.arange(4), 1, -1).astype(np.int8)
    queries = np.full((len(query_labels), 4), -1, np.int8)  # item i is at distance min(i, 4)
    words, query_words = pack_words(codes), pack_words(queries)
    cnt, rel = counts(query_words, query_labels, build_index(words, 4, labels), backend=backend)
    np.testing.assert_array_equal(rel[:, : len(labels)], same)
    given = (query_words, query_labels, words, labels, cnt, rel)
    ranks = np.arange(1, len(labels) + 1)
    expected = [(np.cumsum(row) / ranks)[row].mean() if row.any() else np.nan for row in same]
    np.testing.assert_allclose(stable_average_precision(*given, backend=backend), expected)
    rows = np.eye(len(labels), dtype=np.float32)
    falling = np.tile(np.linspace(1, 0.5, len(labels), dtype=np.float32), (len(query_labels), 1))
    np.testing.assert_allclose(cosine_average_precision(falling, query_labels, rows, labels), expected)
    for ties in ("expected", "stable"):
        value = mean_average_precision(queries, query_labels, codes, labels, ties=ties, backend=backend)
        assert value == pytest.approx(np.nanmean(expected) if same.any() else np.nan, nan_ok=True)
    ball = precision_at_radius(queries, query_labels, codes, labels, radius=4, backend=backend)
    assert ball == pytest.approx(same.mean())


@pytest.mark.parametrize("case", MIXED.values(), ids=MIXED)
def test_places_of_labels_among_classes(case):
    labels, classes = places(*case)
    classes = np.sort(classes)
    found = class_places(classes, labels)
    assert found.dtype == np.int64
    known = [int(c) for c in classes]
    assert found.tolist() == [known.index(int(x)) if int(x) in known else -1 for x in labels]


def slow_stable(query, label, codes, labels, own):
    """Average precision of one query, item by item."""
    others = [i for i in range(len(codes)) if i != own]
    others.sort(key=lambda i: (int((codes[i] != query).sum()), i))
    hits, gains = 0, []
    for rank, i in enumerate(others, start=1):
        if labels[i] == label:
            hits += 1
            gains.append(hits / rank)
    return np.mean(gains) if gains else np.nan


@pytest.mark.parametrize("n_bits", (8, 63, 254, 255, 256, 257, 511, 512))
def test_a_query_leaves_its_own_stable_ranking_at_any_code_length(n_bits, backend, random_codes):
    codes, labels = random_codes(np.random.default_rng(n_bits), 120, n_bits)
    codes[60] = -codes[0]  # as far from the first query as codes can be
    own = np.array([0, 60, 119, 7])
    words = pack_words(codes)
    cnt, rel = counts(
        words[:, own], labels[own], build_index(words, n_bits, labels), own=True, backend=backend
    )
    given = (words[:, own], labels[own], words, labels, cnt, rel)
    found = stable_average_precision(*given, own=own, backend=backend)
    expected = [slow_stable(codes[i], labels[i], codes, labels, i) for i in own]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    some = own.copy()
    some[1] = -1  # a query that is no item of the database keeps all items
    cnt, rel = (
        np.concatenate([part[:1], whole[1:2], part[2:]])
        for part, whole in zip(
            (cnt, rel), counts(words[:, own], labels[own], build_index(words, n_bits, labels)), strict=True
        )
    )
    found = stable_average_precision(*given[:4], cnt, rel, own=some, backend=backend)
    expected[1] = slow_stable(codes[60], labels[60], codes, labels, -1)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_longest_codes_are_counted_and_longer_ones_refused(backend):
    codes = np.ones((3, 65_535), np.int8)
    codes[1] = -1
    labels, words = np.array([0, 0, 0]), pack_words(codes)
    index = build_index(words, 65_535, labels)
    cnt, rel = counts(words[:, :1], labels[:1], index, own=True, backend=backend)
    assert np.flatnonzero(cnt[0]).tolist() == [0, 65_535]
    own = np.array([0])
    given = (words[:, :1], labels[:1], words, labels, cnt, rel)
    assert stable_average_precision(*given, own=own, backend=backend).tolist() == [1.0]
    with pytest.raises(InputError, match="65536 bits, expected at most 65535"):
        build_index(pack_words(np.ones((3, 65_536), np.int8)), 65_536, labels)


@pytest.mark.parametrize("radius", (12, 13, 2**40, 10**30, np.int8(127), np.uint64(2**64 - 1)))
def test_a_radius_of_the_code_length_or_more_takes_the_whole_database(radius, backend, random_codes):
    codes, labels = random_codes(np.random.default_rng(0), 80, 12)
    queries, query_labels = codes[:9], labels[:9]
    share = np.mean([(labels == label).mean() for label in query_labels])
    found = precision_at_radius(queries, query_labels, codes, labels, radius=radius, backend=backend)
    assert found == pytest.approx(share, abs=1e-15)
    counted = np.array([[2, 3, 1]]), np.array([[1, 1, 1]])
    precision, empty = precision_in_ball(*counted, radius)
    assert precision.tolist() == [0.5] and empty.tolist() == [False]
    assert QueryScores(*counted).recall_at_radius(radius).tolist() == [1.0]


@pytest.mark.parametrize("radius", (-1, -2, np.int64(-1), 2.0, 2.5, np.nan, "2", None, True))
def test_a_radius_that_is_no_distance_is_one_clear_error(radius, random_codes):
    codes, labels = random_codes(np.random.default_rng(0), 8, 12)
    with pytest.raises(InputError, match=r"radius is .*, expected an integer of 0 or more"):
        precision_at_radius(codes, labels, codes, labels, radius=radius)
    with pytest.raises(InputError, match=r"radius is .*, expected an integer of 0 or more"):
        precision_in_ball(np.array([[2, 3]]), np.array([[1, 1]]), radius)
    with pytest.raises(InputError, match=r"radius is .*, expected an integer of 0 or more"):
        QueryScores(np.array([[2, 3]]), np.array([[1, 1]])).recall_at_radius(radius)
