"""Integer counts: both back ends against a naive count, and what must not change them."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgah.errors import InputError
from mgah.methods.codes import pack
from mgah.metrics import counting
from mgah.metrics import index as index_module
from mgah.metrics.counting import counts
from mgah.metrics.index import build_index, pack_words, words_of_packed

LENGTHS = (1, 7, 8, 9, 16, 31, 32, 33, 48, 63, 64, 65, 128, 255, 256, 512)


def count(queries, query_labels, codes, labels, **options):
    index = build_index(pack_words(codes), codes.shape[1], labels)
    return counts(pack_words(queries), query_labels, index, **options)


def equal(a, b):
    return all(np.array_equal(x, y) and x.dtype == y.dtype == np.int64 for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("n_bits", LENGTHS)
def test_counts_equal_a_naive_count(n_bits, backend, naive_counts, random_codes):
    codes, labels = random_codes(np.random.default_rng(n_bits), 408, n_bits)
    codes, labels, queries, query_labels = codes[5:], labels[5:], codes[:5], labels[:5]
    query_labels[0] = 99  # a class that the database does not have
    exact = naive_counts(queries, query_labels, codes, labels)
    assert equal(count(queries, query_labels, codes, labels, backend=backend), exact)


@pytest.mark.slow
@pytest.mark.parametrize("n_bits", (16, 48, 65))
@pytest.mark.parametrize("tile", (1, 3000, 4096))
def test_tiles_change_nothing(n_bits, tile, backend, naive_counts, random_codes, monkeypatch):
    codes, labels = random_codes(np.random.default_rng(1), 4500, n_bits)
    exact = naive_counts(codes[:4], labels[:4], codes, labels)
    monkeypatch.setattr(counting, "_TILE", tile)
    monkeypatch.setattr(index_module, "MERGE_BITS", 0)
    assert equal(count(codes[:4], labels[:4], codes, labels, backend=backend), exact)


@pytest.mark.parametrize("n", (1, 2047, 2048, 4099))
@pytest.mark.parametrize("n_bits", (1, 16, 17, 24, 72, 136, 255, 256, 1000))
def test_slices_begin_and_end_anywhere(n_bits, n, backend, random_codes):
    codes, _ = random_codes(np.random.default_rng(n_bits), n + 1, n_bits)
    words, query = pack_words(codes[1:]), pack_words(codes[:1])
    distances = np.bitwise_count(words ^ query).sum(axis=0, dtype=np.int64)
    places = [place for place in (0, 1, 2, 5, 6, 2047, 2048, 2049, 4096, n - 1, n) if place <= n]
    slices = np.array([(first, last) for first in places for last in places if first <= last])
    queries = np.repeat(query.T, len(slices), axis=0)
    histograms = counting.backend_module(backend).histograms
    rest, inside = histograms(words, queries, slices[:, 0].copy(), slices[:, 1].copy(), n_bits, 2048)
    whole = np.bincount(distances, minlength=n_bits + 1)
    for row, (first, last) in enumerate(slices):
        expected = np.bincount(distances[first:last], minlength=n_bits + 1)
        assert np.array_equal(inside[row], expected) and np.array_equal(rest[row], whole - expected)


@pytest.mark.parametrize("n_bits", (17, 128, 255, 256))
def test_all_items_at_the_smallest_or_the_largest_distance(n_bits, backend):
    """More than a table of 16 bits would count, were it not emptied after every tile."""
    n, query = 300_001, np.ones((1, n_bits), np.int8)
    index = build_index(np.repeat(pack_words(query), n, axis=1), n_bits, np.arange(n) % 2)
    cnt, rel = counts(pack_words(np.concatenate([query, -query])), np.array([1, 7]), index, backend=backend)
    expected_cnt, expected_rel = np.zeros((2, 2, n_bits + 1), np.int64)
    expected_cnt[0, 0] = expected_cnt[1, -1] = n
    expected_rel[0, 0] = n // 2
    assert equal((cnt, rel), (expected_cnt, expected_rel))


def test_back_ends_agree_on_many_rows(random_codes):
    pytest.importorskip("numba", reason="numba is not installed")
    for n_bits in (48, 130):
        codes, labels = random_codes(np.random.default_rng(2), 70_001, n_bits, n_classes=10)
        sides = [count(codes[:9], labels[:9], codes, labels, backend=name) for name in ("numba", "numpy")]
        assert equal(*sides)
        assert (sides[0][0].sum(axis=1) == 70_001).all()


@pytest.mark.parametrize("n_bits", (1, 5, 8, 16))
def test_merged_codes_count_the_same(n_bits, backend, naive_counts, random_codes, monkeypatch):
    generator = np.random.default_rng(4)
    codes, labels = random_codes(generator, 40, n_bits)
    codes, labels = codes[generator.integers(0, 40, 300)], generator.integers(0, 4, 300)
    merged = build_index(pack_words(codes), n_bits, labels)
    assert merged.weights is not None and merged.n_items == 300
    given_queries = np.concatenate([codes[:5], -codes[:5]]), np.append(labels[:9], 77)
    found = counts(pack_words(given_queries[0]), given_queries[1], merged, backend=backend)
    assert equal(found, naive_counts(*given_queries, codes, labels))
    monkeypatch.setattr(index_module, "MERGE_BITS", 0)
    assert build_index(pack_words(codes), n_bits, labels).weights is None
    assert equal(found, count(*given_queries, codes, labels, backend=backend))


def test_few_repeated_codes_are_not_merged(random_codes):
    codes, labels = random_codes(np.random.default_rng(0), 300, 16)
    assert build_index(pack_words(codes), 16, labels).weights is None


def test_own_removes_one_item_and_not_its_duplicates(backend):
    codes = np.ones((4, 8), np.int8)
    codes[3, 0] = -1
    labels = np.array([0, 0, 1, 0])
    cnt, rel = count(codes[:1], labels[:1], codes, labels, own=True, backend=backend)
    assert cnt[0, :2].tolist() == [2, 1] and rel[0, :2].tolist() == [1, 1]
    with pytest.raises(InputError, match="removed from its own ranking"):
        count(-codes[:1], labels[:1], codes, labels, own=True, backend=backend)


sets = st.tuples(st.integers(1, 70), st.integers(1, 60), st.integers(1, 4), st.integers(0, 2**32 - 1))


@settings(max_examples=40, deadline=None)
@given(sets)
def test_what_changes_no_count(shape):
    """Permuted database, flipped or permuted or negated columns, other labels, one more constant column."""
    n_bits, n, n_classes, seed = shape
    generator = np.random.default_rng(seed)
    codes = generator.choice(np.array([-1, 1], np.int8), (n, n_bits))
    queries = generator.choice(np.array([-1, 1], np.int8), (3, n_bits))
    labels, query_labels = generator.integers(0, n_classes, n), generator.integers(0, n_classes, 3)
    plain = count(queries, query_labels, codes, labels)
    order, columns = generator.permutation(n), generator.permutation(n_bits)
    flips = generator.choice(np.array([-1, 1], np.int8), n_bits)
    renamed = generator.permutation(100)[:n_classes] * 1_000 - 50_000
    assert equal(plain, count(queries, query_labels, codes[order], labels[order]))
    assert equal(plain, count(queries * flips, query_labels, codes * flips, labels))
    assert equal(plain, count(queries[:, columns], query_labels, codes[:, columns], labels))
    assert equal(plain, count(-queries, query_labels, -codes, labels))
    assert equal(plain, count(queries, renamed[query_labels], codes, renamed[labels]))
    ones = count(
        *(
            x
            for pair in (
                (np.pad(queries, ((0, 0), (0, 1)), constant_values=1), query_labels),
                (np.pad(codes, ((0, 0), (0, 1)), constant_values=1), labels),
            )
            for x in pair
        )
    )
    assert all(np.array_equal(np.pad(a, ((0, 0), (0, 1))), b) for a, b in zip(plain, ones, strict=True))
    reverse = count(-queries, query_labels, codes, labels)
    assert all(np.array_equal(a[:, ::-1], b) for a, b in zip(plain, reverse, strict=True))
    if n > 1:
        parts = [
            count(queries, query_labels, codes[a], labels[a])
            for a in (slice(None, n // 2), slice(n // 2, None))
        ]
        assert equal(plain, [a + b for a, b in zip(*parts, strict=True)])


@pytest.mark.parametrize("n_bits", LENGTHS)
def test_words_of_a_codes_file_are_those_of_its_codes(n_bits, random_codes):
    codes, _ = random_codes(np.random.default_rng(0), 70, n_bits)
    assert np.array_equal(pack_words(codes), words_of_packed(pack(codes)))


@pytest.mark.parametrize(
    "labels", ([2, 1, 2, -70_000], [2, 1, 2, 0], [2**40, 1, 2**40, 0], [127, -128, 127, 3])
)
@pytest.mark.parametrize("dtype", (np.int8, np.uint8, np.int16, np.int64))
def test_labels_of_any_integer_type(labels, dtype, naive_counts):
    if not all(np.iinfo(dtype).min <= label <= np.iinfo(dtype).max for label in labels):
        return
    labels = np.array(labels, dtype)
    codes = np.array([[1, 1], [1, -1], [-1, -1], [1, 1]], np.int8)
    assert equal(count(codes, labels, codes, labels), naive_counts(codes, labels, codes, labels))


def test_bad_input_is_one_clear_error(backend):
    good, labels = np.ones((3, 8), np.int8), np.array([0, 1, 0])
    zero = good.copy()
    zero[1, 5] = 0
    index = build_index(pack_words(good), 8, labels)
    for call, message in (
        (lambda: pack_words(zero), "hold 0 in row 1, bit 5"),
        (lambda: pack_words(np.full((1, 2), -128, np.int8)), "hold -128"),
        (lambda: pack_words(good.astype(np.float32)), "float32"),
        (lambda: pack_words(good[0]), "shape"),
        (lambda: build_index(pack_words(good), 8, labels[:2]), "labels"),
        (lambda: build_index(pack_words(good), 8, labels * 1.0), "float64"),
        (lambda: build_index(pack_words(good)[:, :0], 8, labels[:0]), "empty"),
        (lambda: build_index(pack_words(np.ones((3, 9), np.int8)), 8, labels), "beyond"),
        (
            lambda: counts(pack_words(np.ones((3, 70), np.int8)), labels, index, backend=backend),
            "expected uint64",
        ),
        (lambda: counts(pack_words(np.ones((3, 12), np.int8)), labels, index, backend=backend), "beyond"),
        (lambda: counts(pack_words(good), labels[:2], index, backend=backend), "query labels"),
        (lambda: counts(pack_words(good), labels, index, backend="cuda"), "numba, numpy"),
    ):
        with pytest.raises(InputError, match=message):
            call()


def test_numpy_takes_over_where_numba_is_missing():
    program = (
        "import sys; sys.modules['numba'] = None\n"
        "from mgah.metrics.counting import backend_module\n"
        "assert backend_module().__name__.endswith('kernels_numpy')\n"
        "try: backend_module('numba')\n"
        "except ValueError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "needs the package numba" in done.stdout


@pytest.mark.slow
def test_numpy_takes_over_where_the_compiler_is_switched_off():
    pytest.importorskip("numba", reason="numba is not installed")
    program = (
        "import numpy as np\n"
        "from mgah.metrics import mean_average_precision\n"
        "codes, labels = np.array([[1, 1], [1, -1], [-1, -1]], np.int8), np.array([0, 1, 0])\n"
        "for _ in range(2): print(mean_average_precision(codes[:1], labels[:1], codes, labels))\n"
        "try: mean_average_precision(codes, labels, codes, labels, backend='numba')\n"
        "except ValueError as error: print(type(error).__name__, error)\n"
    )
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    first, second, told = done.stdout.splitlines()
    assert float(first) == float(second) == pytest.approx((1 + 2 / 3) / 2)
    assert told.startswith("InputError counting with Numba needs") and "leave NUMBA_DISABLE_JIT unset" in told


def test_kernels_compile_where_no_cache_can_be_written():
    pytest.importorskip("numba", reason="numba is not installed")
    from mgah.metrics.kernels_numba import compiled

    space = {}
    exec("def one_more(x):\n    return x + 1", space)  # a function without a file has no place for a cache
    assert compiled(space["one_more"])(2) == 3
