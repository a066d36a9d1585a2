"""Neighbors by Hamming distance: exact, in a told order, and the same from every index that claims to be exact."""

import json

import numpy as np
import pytest

from mgah.encoding.codes_file import CodesHeader, NamedCodes
from mgah.errors import InputError
from mgah.methods.codes import unpack
from mgah.search import faiss_index
from mgah.search.faiss_index import build_index, read_index, write_index
from mgah.search.neighbors import neighbors

N, BITS = 600, 20


@pytest.fixture(scope="module")
def codes():
    random = np.random.default_rng(0)
    centers = random.integers(0, 2, (20, BITS))
    bits = centers[np.arange(N) % 20] ^ (random.random((N, BITS)) < 0.08)
    return NamedCodes(
        BITS, tuple(f"{i:03}" for i in range(N)), "", "m", "ab", codes=np.packbits(bits, axis=1)
    )


def by_hand(codes, query):
    """Distance and place of all codes, sorted."""
    signs = unpack(codes.codes, BITS).astype(int)
    distances = (BITS - signs @ signs[query]) // 2
    return sorted((away, place) for place, away in enumerate(distances.tolist()))


def pairs(hits):
    return list(zip(hits.distances.tolist(), hits.places.tolist(), strict=True))


def test_neighbors_are_exact_with_equal_distances_in_the_order_of_the_database(codes):
    found = list(neighbors(codes.codes[:40], codes.codes, most=50))
    for query, hits in enumerate(found):
        assert pairs(hits) == by_hand(codes, query)[:50]
    for query, hits in enumerate(neighbors(codes.codes[:40], codes.codes, radius=3)):
        expected = [pair for pair in by_hand(codes, query) if pair[0] <= 3]
        assert pairs(hits) == expected and len(expected) > 1
    (all_of_them,) = neighbors(codes.codes[:1], codes.codes)
    assert len(all_of_them.places) == N


@pytest.mark.parametrize(
    "kind, options", [("flat", {}), ("multi", {"radius": 3}), ("inverted", {"lists": 9, "probes": 9})]
)
def test_an_index_that_is_exact_answers_radius_search_as_the_comparison_with_all_does(
    kind, options, codes, tmp_path
):
    pytest.importorskip("faiss")
    write_index(tmp_path / "i.faiss", build_index(codes, kind, **options))
    index = read_index(tmp_path / "i.faiss")
    assert index.header.names == codes.names and index.header.model_sha256 == "ab"
    for radius in range(4):
        exact = neighbors(codes.codes[:60], codes.codes, radius=radius)
        for hits, expected in zip(index.neighbors(codes.codes[:60], radius=radius), exact, strict=True):
            assert pairs(hits) == pairs(expected)


def test_a_flat_index_finds_the_same_distances_and_a_multi_index_none_beyond_its_radius(codes):
    pytest.importorskip("faiss")
    exact = list(neighbors(codes.codes[:30], codes.codes, most=9))
    flat = build_index(codes).neighbors(codes.codes[:30], most=9)
    for hits, expected in zip(flat, exact, strict=True):
        assert hits.distances.tolist() == expected.distances.tolist()
    multi = build_index(codes, "multi", radius=1)
    for hits, expected in zip(multi.neighbors(codes.codes[:30], most=9), exact, strict=True):
        assert pairs(hits) == [pair for pair in pairs(expected) if pair[0] <= 1]
    with pytest.raises(InputError, match=r"up to 1 exactly, got 2: make it with --radius 2"):
        list(multi.neighbors(codes.codes[:1], radius=2))


def test_an_inverted_index_that_looks_through_few_lists_misses_some(codes):
    pytest.importorskip("faiss")
    index = build_index(codes, "inverted", lists=20, probes=1)
    found = sum(len(hits.places) for hits in index.neighbors(codes.codes, radius=4))
    there = sum(len(hits.places) for hits in neighbors(codes.codes, codes.codes, radius=4))
    assert 0 < found < there


def test_indexes_that_cannot_be_made_or_read_say_why(codes, tmp_path):
    pytest.importorskip("faiss")
    with pytest.raises(InputError, match=r"ends in \.faiss"):
        write_index(tmp_path / "index.bin", build_index(codes))
    with pytest.raises(InputError, match="expected from 0 to 23"):
        build_index(codes, "multi", radius=24)
    with pytest.raises(InputError, match="probes 9, expected at most"):
        build_index(codes, "inverted", lists=5, probes=9)
    for kind, number in (("flat", "radius"), ("multi", "lists"), ("inverted", "radius"), ("flat", "probes")):
        with pytest.raises(
            InputError, match=rf"{number} is 3, which (multi|inverted) indexes .* kind is {kind}"
        ):
            build_index(codes, kind, **{number: 3})
    write_index(tmp_path / "i.faiss", build_index(codes))
    card = json.loads((tmp_path / "i.json").read_text())
    (tmp_path / "i.json").write_text(json.dumps(card | {"names": ["one"]}))
    with pytest.raises(InputError, match="has 600 codes of 24 bits, and its card 1 name"):
        read_index(tmp_path / "i.faiss")
    (tmp_path / "i.json").write_text(json.dumps(card))
    (tmp_path / "i.faiss").write_bytes(b"no index")
    with pytest.raises(InputError, match="make the index again"):
        read_index(tmp_path / "i.faiss")


def test_codes_of_two_models_are_not_compared(codes):
    other = NamedCodes(BITS, ("x",), "", "other", "cd", codes=codes.codes[:1])
    with pytest.raises(InputError, match="of two models, m and other"):
        codes.check_comparable(other)
    again = NamedCodes(BITS, ("x",), "", "m", "cd", codes=codes.codes[:1])
    with pytest.raises(InputError, match="of two models, m and m as it was at another time"):
        codes.check_comparable(again)
    with pytest.raises(InputError, match="of 20 and of 8 bits"):
        codes.check_comparable(CodesHeader(8, ("x",)))


@pytest.mark.parametrize(
    "packed, n_bits, words",
    [
        ([[7]], 5, "beyond their 5 bits"),
        ([[8, 0]], 5, r"of shape \(1, 1\)"),
        ([[]], 0, "expected an integer of 1 or more"),
    ],
)
def test_codes_that_are_not_packed_as_they_say_are_refused(packed, n_bits, words):
    with pytest.raises(InputError, match=words):
        NamedCodes(n_bits, ("x",), codes=np.array(packed, np.uint8))


@pytest.mark.parametrize("kind, options", [("flat", {}), ("inverted", {"lists": 9, "probes": 9})])
def test_a_radius_of_any_size_finds_all(kind, options, codes):
    pytest.importorskip("faiss")
    index = build_index(codes, kind, **options)
    for radius in (BITS, 2**31 - 1, 10**20):
        (hits,) = index.neighbors(codes.codes[:1], radius=radius)
        assert pairs(hits) == by_hand(codes, 0)


@pytest.mark.parametrize("kind", ["flat", "multi"])
@pytest.mark.parametrize("radius", [None, 2])
def test_in_an_index_of_no_codes_nothing_is_found(kind, radius, codes):
    pytest.importorskip("faiss")
    index = build_index(NamedCodes(BITS, (), codes=codes.codes[:0]), kind)
    found = [hits.places.tolist() for hits in index.neighbors(codes.codes[:2], most=9, radius=radius)]
    assert found == [[], []]


def test_an_index_stays_with_its_card_where_the_next_card_cannot_be_written(codes, tmp_path, monkeypatch):
    pytest.importorskip("faiss")
    write_index(tmp_path / "i.faiss", build_index(codes))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def full(target, content):
        raise OSError("disk full")

    monkeypatch.setattr(faiss_index, "write_json", full)
    with pytest.raises(OSError, match="disk full"):
        write_index(tmp_path / "i.faiss", build_index(codes, "multi"))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_an_index_that_is_not_there_is_told_before_its_card(tmp_path):
    with pytest.raises(InputError, match=r"there is no index .*i\.faiss: expected a file of mgah index"):
        read_index(tmp_path / "i.faiss")
