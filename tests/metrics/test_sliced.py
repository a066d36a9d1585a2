"""A database counted in slices: the counts of the whole, in memory that does not grow with it."""

import tracemalloc

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.metrics import harmonic, mean_average_precision, precision_at_radius, sliced
from mgah.metrics.counting import counts
from mgah.metrics.index import build_index, pack_words
from mgah.metrics.sliced import count_slices


@pytest.fixture
def small_slices(monkeypatch):
    """Slices of 32 items and more, so that small data has many."""
    monkeypatch.setattr(sliced, "_SMALLEST", 32)
    monkeypatch.setattr(sliced, "_HELD", 128)


@pytest.mark.parametrize("n_bits", (8, 48, 70))
@pytest.mark.parametrize("threads", (1, 3))
def test_slices_add_up_to_the_counts_of_the_whole(n_bits, threads, backend, random_codes, small_slices):
    codes, labels = random_codes(np.random.default_rng(n_bits), 777, n_bits)
    queries, query_labels = codes[:5], np.append(labels[:4], 99)
    whole = counts(
        pack_words(queries), query_labels, build_index(pack_words(codes), n_bits, labels), backend=backend
    )
    found = count_slices(queries, query_labels, codes, labels, threads=threads, backend=backend)
    for a, b in zip(whole, found, strict=True):
        assert a.dtype == b.dtype == np.int64
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("n_bits", (8, 44))
def test_packed_codes_score_as_codes(n_bits, random_codes):
    codes, labels = random_codes(np.random.default_rng(0), 200, n_bits)
    packed = np.packbits(codes > 0, axis=1)
    for score in (mean_average_precision, precision_at_radius):
        given = labels[:9], labels[9:]
        expected = score(codes[:9], given[0], codes[9:], given[1])
        assert score(packed[:9], given[0], packed[9:], given[1], n_bits=n_bits, threads=2) == expected
    stable = mean_average_precision(codes[:9], given[0], codes[9:], given[1], ties="stable")
    options = {"ties": "stable", "n_bits": n_bits}
    assert mean_average_precision(packed[:9], given[0], packed[9:], given[1], **options) == stable


def test_threads_get_equally_many_slices_of_no_more_than_they_may_hold():
    for n, words, threads in ((10**7, 1, 8), (10**8, 2, 3), (59_000, 1, 4), (10**7, 1, 1)):
        size = sliced._slice_size(n, words, threads)
        assert -(-n // size) % threads == 0
        assert size * words * threads <= sliced._HELD + words * threads
    assert sliced._slice_size(100, 1, 4) == sliced._SMALLEST


def test_memory_does_not_grow_with_a_memory_mapped_database(tmp_path, monkeypatch):
    monkeypatch.setattr(sliced, "_HELD", 1 << 14)
    monkeypatch.setattr(harmonic, "BLOCK", 1 << 12)
    generator, peaks = np.random.default_rng(0), {}
    for n in (50_000, 400_000):
        np.save(tmp_path / "codes.npy", generator.integers(0, 256, (n, 8), dtype=np.uint8))
        np.save(tmp_path / "labels.npy", generator.integers(0, 10, n))
        codes, labels = (np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in ("codes", "labels"))
        queries = np.array(codes[:3]), np.array(labels[:3])
        for threads in (1, 2):
            harmonic.first_sums.cache_clear()
            tracemalloc.start()  # of NumPy's arrays alone
            mean_average_precision(*queries, codes, labels, n_bits=64, threads=threads, backend="numpy")
            peaks[n, threads] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    harmonic.first_sums.cache_clear()
    for threads in (1, 2):  # which may or may not work on a slice each at the same moment
        peak = peaks[400_000, threads] / threads
        assert peak < 1.5 * peaks[50_000, 1], peaks  # the database is eight times as large


def test_bad_input_is_one_clear_error(random_codes, small_slices):
    codes, labels = random_codes(np.random.default_rng(0), 200, 16)
    bad = codes.copy()
    bad[190, 3] = 0
    packed = np.packbits(codes > 0, axis=1)
    for given, options, message in (
        ((codes, labels, bad, labels), {}, "-1, 0 and 1 as int8, 0 in row 190, bit 3"),
        ((codes, labels, codes, labels), {"threads": 0}, "threads is 0, expected an integer of 1 or more"),
        ((codes, labels, codes, labels), {"threads": True}, "threads is True"),
        ((codes, labels, codes, labels[:-1]), {}, "database labels"),
        ((codes, labels, packed, labels), {}, "queries have 16 bits and the database 2"),
        ((packed, labels, packed[:, :1], labels), {"n_bits": 16}, r"database codes are uint8 .*\(n, 2\)"),
        ((codes[:0], labels[:0], codes, labels), {}, "no queries"),
        ((packed, labels, packed[:0], labels[:0]), {"n_bits": 16}, "the database is empty"),
    ):
        with pytest.raises(InputError, match=message):
            mean_average_precision(*given, **options)


def test_a_database_too_long_for_average_precision_is_refused_before_it_is_read():
    codes = np.broadcast_to(np.uint8(0), (harmonic.LIMIT, 1))
    labels = np.broadcast_to(np.int64(0), harmonic.LIMIT)
    with pytest.raises(InputError, match="134,217,728 items is too long: expected fewer than 134,217,728"):
        mean_average_precision(np.zeros((1, 1), np.uint8), np.zeros(1, np.int64), codes, labels, n_bits=8)
