"""Binary indexes of FAISS over named codes, with a card of the same name beside them, ``.json``.

An index is any program's to read with ``faiss.read_index_binary``: row i of it is entry i of the card's ``names``, and
its dimension is the code length, rounded up to whole bytes; padding bits are 0 and add no distance.

Kinds:

- ``flat`` compares with every code: exact.
- ``multi``, multi-index hashing (Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing",
  CVPR 2012): a code that differs in r bits from a query agrees with it in one of r + 1 disjoint parts. With so many
  parts all codes within the radius r are found, and only codes that agree in a part are compared.
- ``inverted`` compares with the codes of those ``probes`` lists whose centers are nearest: exact only with all lists.
"""

import importlib
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mgah.encoding.codes_file import CodesHeader, NamedCodes
from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json, sha256, write_json
from mgah.io.records import INTEGER, SHA256, TEXT, TEXTS, check_fields, shown
from mgah.io.targets import check_suffix
from mgah.methods.codes import CELL
from mgah.search.neighbors import Hits, ranked
from mgah.words import counted

KINDS = ("flat", "multi", "inverted")
#: The kind that has each of the numbers of an index.
_OF_KIND = {"radius": "multi", "lists": "inverted", "probes": "inverted"}
#: The radius of a multi index where none is given.
_RADIUS = 2
SUFFIX = ".faiss"
#: Longest part of a code in ``multi``, in bits: buckets of longer ones would be nearly empty.
_LONGEST_PART = 24
_CARD = ("names", "n_bits", "images", "model", "model_sha256")
_FIELDS = dict.fromkeys((*_CARD[2:], "kind"), TEXT) | {"names": TEXTS, "n_bits": INTEGER, "sha256": SHA256}


@dataclass(frozen=True, eq=False)
class FaissIndex:
    """An index and what its card says.

    Attributes:
        index: the index of FAISS.
        kind: one of `KINDS`.
        radius: of ``multi``, the largest radius that it answers exactly; else None.
        header: names, code length and model of its codes.
    """

    index: Any
    kind: str
    radius: int | None
    header: CodesHeader

    def neighbors(
        self, queries: np.ndarray, most: int | None = None, radius: int | None = None
    ) -> Iterator[Hits]:
        """Yield what the index finds for each of the packed codes ``queries``, uint8 (queries, width).

        Args:
            queries: the codes.
            most: number of neighbors at most; None for all within the radius.
            radius: largest distance; None for any, in ``multi`` for the one that it answers exactly.

        Raises:
            InputError: in ``multi`` for a larger radius than it was made for.
        """
        if self.radius is not None:
            radius = self.radius if radius is None else radius
            if radius > self.radius:
                raise InputError(
                    f"the index answers a radius of up to {self.radius} exactly, got {radius}: make it with --radius "
                    f"{radius}, or a flat one"
                )
        if radius is None:
            known = max(self.index.ntotal, 1)  # FAISS asks for one neighbor even where there is none
            distances, places = self.index.search(queries, min(most or known, known))
            for found, away in zip(places, distances, strict=True):
                yield ranked(found[found >= 0], away[found >= 0], most)
            return
        below = min(radius, self.index.d) + 1  # FAISS leaves out the radius itself, and counts in 32 bits
        ends, distances, places = self.index.range_search(queries, below)
        for first, last in zip(ends[:-1].astype(int), ends[1:].astype(int), strict=True):
            yield ranked(places[first:last], distances[first:last], most)


def build_index(
    codes: NamedCodes,
    kind: str = "flat",
    radius: int | None = None,
    lists: int | None = None,
    probes: int | None = None,
) -> FaissIndex:
    """Build an index over ``codes``.

    Args:
        codes: the codes.
        kind: one of `KINDS`.
        radius: for ``multi``, the radius up to which its answers are exact; by default 2.
        lists: for ``inverted``, number of lists; by default about the square root of the number of codes.
        probes: for ``inverted``, lists that a search looks through; by default an eighth of them.

    Raises:
        InputError: without FAISS, for an unknown kind, a number that is of another kind, or numbers that do not fit the
            codes.
    """
    if kind not in KINDS:
        raise InputError(f"there is no index {kind!r}: expected one of {', '.join(KINDS)}")
    _check_numbers(kind, radius=radius, lists=lists, probes=probes)
    faiss, dimension, n = _faiss(), 8 * codes.codes.shape[1], len(codes.names)
    if kind == "flat":
        index = faiss.IndexBinaryFlat(dimension)
    elif kind == "multi":
        radius = _RADIUS if radius is None else radius
        if not 0 <= radius < dimension:
            raise InputError(
                f"the radius is {radius}, expected from 0 to {dimension - 1} for {counted(codes.n_bits, 'bit')}"
            )
        parts = radius + 1
        index = faiss.IndexBinaryMultiHash(dimension, parts, min(dimension // parts, _LONGEST_PART))
    else:
        lists = lists or max(1, math.isqrt(n))
        probes = probes or max(1, lists // 8)
        if not 1 <= probes <= lists <= n:
            raise InputError(
                f"an inverted index of {counted(n, 'code')} has {counted(lists, 'list')} and probes "
                f"{probes}, expected at most as many lists as codes, and probes as lists"
            )
        quantizer = faiss.IndexBinaryFlat(dimension)
        index = faiss.IndexBinaryIVF(quantizer, dimension, lists)
        index.referenced = quantizer  # FAISS does not keep it alive
        index.cp.min_points_per_centroid = 1  # silences the warning of FAISS for small collections
        index.train(codes.codes)
        index.nprobe = probes
    index.add(codes.codes)
    return FaissIndex(index, kind, radius, codes)


def _check_numbers(kind: str, **numbers: int | None) -> None:
    """Raise `InputError` for a number that is given and that no index of ``kind`` has."""
    for name, number in numbers.items():
        if number is not None and kind != _OF_KIND[name]:
            raise InputError(
                f"{name} is {number}, which {_OF_KIND[name]} indexes alone have, and the kind is {kind}: leave it out, "
                "or name that kind"
            )


def check_target(target: Path) -> None:
    """Raise `InputError` for a name that `write_index` does not write to, before anything is computed.

    The card beside the index takes the place of the card of another index alone.

    Examples:
        >>> check_target(Path("photos.faiss"))
    """
    check_suffix(target, (SUFFIX,), "an index")
    place = target.with_suffix(".json")
    if not os.path.lexists(place):
        return
    try:
        check_fields(read_json(place), _FIELDS, f"{place}")
    except InputError as error:
        raise InputError(
            f"{place}, where the card of the index {target.name} would be written, is no card of an index: name "
            "another index, or move that file away"
        ) from error


def write_index(target: Path, made: FaissIndex) -> None:
    """Write the index to ``target``, whose name ends in ``.faiss``, and its card beside it, both or neither."""
    check_target(target)
    card = {"kind": made.kind, "radius": made.radius} | {key: getattr(made.header, key) for key in _CARD}
    with atomic_path(target.with_suffix(".json")) as card_path, atomic_path(target) as path:
        _faiss().write_index_binary(made.index, str(path))
        card["sha256"] = sha256(path)
        if made.header.cell:
            card["cell"] = made.header.cell
        write_json(card_path, card)


def read_index(source: Path) -> FaissIndex:
    """Read an index of `write_index` and its card.

    Raises:
        InputError: without FAISS, or for files that are missing, damaged or not of each other.
    """
    place = source.with_suffix(".json")
    again = "make the index again"
    if not os.path.isfile(source):
        raise InputError(
            f"there is no index {source}: expected a file of mgah index, with its card beside it"
        )
    card = read_json(place, again)
    check_fields(card, _FIELDS, f"card {place} of an index", again=again)
    check_fields(card.get("cell", {}), CELL, f"the cell in card {place} of an index", tuple(CELL), again)
    n_bits, names, radius = card["n_bits"], tuple(card["names"]), card.get("radius")
    if card["kind"] not in KINDS or not (radius is None or INTEGER.holds(radius)):
        raise InputError(
            f"card {place} has the kind {shown(card['kind'])} and the radius {shown(radius)}, expected one of "
            f"{', '.join(KINDS)}, and an integer or null: {again}"
        )
    try:
        # first, as FAISS trusts what it reads
        if card["sha256"] != sha256(source):
            raise ValueError("the index is not the one that the card has the SHA-256 of")
        index = _faiss().read_index_binary(str(source))
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise InputError(f"index {source} and its card cannot be read ({reason}): {again}") from error
    if index.ntotal != len(names) or index.d != 8 * -(-n_bits // 8):
        raise InputError(
            f"index {source} has {counted(index.ntotal, 'code')} of {index.d} bits, and its card "
            f"{counted(len(names), 'name')} and {counted(n_bits, 'bit')}: {again}"
        )
    if radius is not None and not 0 <= radius < index.d:
        raise InputError(
            f"card {place} has the radius {radius}, expected one from 0 to {index.d - 1}: {again}"
        )
    header = CodesHeader(
        n_bits, names, card["images"], card["model"], card["model_sha256"], card.get("cell", {})
    )
    return FaissIndex(index, card["kind"], radius, header)


def _faiss() -> Any:
    try:
        return importlib.import_module("faiss")
    except ImportError as error:
        raise InputError(
            "FAISS is not installed: pip install 'mgah-benchmark[search]'; mgah search finds neighbors in codes "
            "without it"
        ) from error
