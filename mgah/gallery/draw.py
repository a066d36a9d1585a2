"""Which queries a gallery shows, and which images each method finds for them first."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mgah import seeds
from mgah.errors import InputError
from mgah.methods.codes import Codes
from mgah.metrics.index import words_of_packed
from mgah.tables.gallery import COLUMNS
from mgah.tables.keys import RUN_KEY

#: Images that are shown for a query.
NEAREST = 10


def drawn_queries(codes: Sequence[Codes], classes: int, queries: int, seed: int) -> list[list[int]]:
    """Draw the queries to show: their image ids, a list for each of the splits that ``codes`` are of, one file a split.

    The splits give an unseen class each in turn until there are ``classes``, each of ``queries`` queries; classes
    and queries are drawn by the seed, and not by what is found. Fewer where there are fewer.
    """
    streams = [("gallery", one.cell["dataset"], one.cell["split"]) for one in codes]
    labels_left = [
        seeds.shuffled(np.unique(one.query_labels), seed, *stream).tolist()
        for one, stream in zip(codes, streams, strict=True)
    ]
    chosen: list[list[int]] = [[] for _ in codes]
    taken = 0
    while taken < classes and any(labels_left):
        for one, stream, labels, shown in zip(codes, streams, labels_left, chosen, strict=True):
            if labels and taken < classes:
                label = labels.pop(0)
                ids = np.sort(one.query_ids[one.query_labels == label])
                shown += seeds.shuffled(ids, seed, *stream, int(label))[:queries].tolist()
                taken += 1
    return chosen


def nearest(codes: Codes, query_ids: Sequence[int], seed: int, most: int = NEAREST) -> pd.DataFrame:
    """Find the ``most`` nearest database images of each query; returns them as rows of `mgah.tables.gallery`.

    Equal distances are in an order drawn by the seed for the query, the same for every method.
    """
    words, queries = words_of_packed(codes.database_codes), words_of_packed(codes.query_codes)
    by_id = np.argsort(codes.database_ids)  # an order of ties that no file order can change
    rows = []
    for query_id in query_ids:
        (place,) = np.flatnonzero(codes.query_ids == query_id)
        distances = np.bitwise_count(words ^ queries[:, place, None]).sum(axis=0, dtype=np.int64)
        shuffled = seeds.shuffled(by_id, seed, "gallery ties", codes.cell["dataset"], int(query_id))
        found = shuffled[np.argsort(distances[shuffled], kind="stable")][:most]
        label = codes.query_labels[place]
        rows += [
            {
                "query_id": int(query_id),
                "query_class": codes.class_names[label],
                "rank": rank,
                "id": int(codes.database_ids[item]),
                "class": codes.class_names[codes.database_labels[item]],
                "distance": int(distances[item]),
                "right": bool(codes.database_labels[item] == label),
            }
            for rank, item in enumerate(found, start=1)
        ]
    return pd.DataFrame(rows).assign(**{name: codes.cell[name] for name in RUN_KEY})[list(COLUMNS)]


def gallery(codes: Sequence[Codes], classes: int, queries: int, seed: int) -> pd.DataFrame:
    """Return the rows of one setting: ``codes`` of some methods on the same splits, one file a method and split.

    Raises:
        InputError: where methods were asked other queries on a split, so that they cannot be shown together.
    """
    splits: dict[str, list[Codes]] = {}
    for one in codes:
        splits.setdefault(one.cell["split"], []).append(one)
    for name, same in splits.items():
        if any(set(one.query_ids.tolist()) != set(same[0].query_ids.tolist()) for one in same):
            raise InputError(f"codes of the split {name} have different queries: make them again")
    chosen = drawn_queries([same[0] for same in splits.values()], classes, queries, seed)
    tables = [
        nearest(one, ids, seed)
        for ids, same in zip(chosen, splits.values(), strict=True)
        if ids
        for one in same
    ]
    return pd.concat(tables, ignore_index=True)
