"""Shares of classes among the nearest images: against all orders of ties, file format, command line."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.evaluation.confusion import confusion, main, nearest_shares
from mgah.methods.codes import Codes, pack, write_codes
from mgah.tables.confusion import read_confusion

NAMES = ("a", "b", "c", "d")


def make(codes, labels, n_queries, seed=0):
    return Codes(
        query_codes=pack(codes[:n_queries]),
        query_ids=np.arange(n_queries),
        query_labels=labels[:n_queries],
        database_codes=pack(codes[n_queries:]),
        database_ids=np.arange(n_queries, len(codes)),
        database_labels=labels[n_queries:],
        seen_query_ids=np.array([], int),
        class_names=NAMES,
        n_bits=codes.shape[1],
        cell={
            "dataset": "d",
            "backbone": "b",
            "semantics": "s",
            "split": "t",
            "method": "m",
            "label": "M, new",
            "trained": "frozen features",
        }
        | {"seed": seed, "bits": codes.shape[1], "notes": []},
    )


def slow_shares(query, codes, labels, top):
    """Exact shares by going through every order that the distances allow; up to 7 images."""
    distances = (codes != query).sum(axis=1)
    orders = [o for o in permutations(range(len(codes))) if (np.diff(distances[list(o)]) >= 0).all()]
    found = [[labels[i] for i in order[:top]] for order in orders]
    return [
        float(sum(Fraction(one.count(label), len(one)) for one in found) / len(orders))
        for label in np.unique(labels)
    ]


@pytest.mark.parametrize("top", [1, 3, 4, 6, 50])
def test_shares_are_exact_means_over_all_orders_of_ties(random_codes, backend, top):
    generator = np.random.default_rng(top)
    for _ in range(5):
        codes, labels = random_codes(generator, 8, 3, n_classes=3)
        labels[2:5] = 0, 1, 2
        shares = nearest_shares(make(codes, labels, 2), top, backend=backend)
        for query, row in zip(codes[:2], shares, strict=True):
            assert row == pytest.approx(slow_shares(query, codes[2:], labels[2:].tolist(), top), abs=1e-12)


def test_rows_are_means_over_the_queries_of_a_class(random_codes):
    codes, labels = random_codes(np.random.default_rng(0), 60, 9, n_classes=4)
    labels[:10] = np.arange(10) % 2
    cell = make(codes, labels, 10)
    table, shares = confusion(cell, top=7), nearest_shares(cell, 7)
    assert table["query_class"].unique().tolist() == ["a", "b"]
    assert table[table["query_class"] == "b"]["share"].tolist() == pytest.approx(
        shares[1:10:2].mean(axis=0).tolist()
    )
    assert table.groupby("query_class")["share"].sum().tolist() == pytest.approx([1, 1])
    assert dict(zip(table["class"], table["unseen"], strict=True)) == dict(a=True, b=True, c=False, d=False)
    assert table["database_share"].iloc[2] == pytest.approx(np.mean(labels[10:] == 2))


@pytest.mark.slow
def test_the_command_and_the_file(tmp_path, random_codes):
    codes, labels = random_codes(np.random.default_rng(0), 60, 9, n_classes=4)
    for seed in (0, 1):
        write_codes(tmp_path / f"{seed}.npz", make(codes, labels, 10, seed))
    main(["--output", str(tmp_path / "c.csv"), *map(str, tmp_path.glob("*.npz"))])
    table = read_confusion(tmp_path / "c.csv")
    expected = pd.concat([confusion(make(codes, labels, 10, seed)) for seed in (0, 1)], ignore_index=True)
    pd.testing.assert_frame_equal(table, expected, check_exact=False, atol=1e-6)
    pd.concat([table, table]).to_csv(tmp_path / "twice.csv", index=False)
    (tmp_path / "other.csv").write_text("a\n1\n")
    for name in ("twice", "other", "none"):
        with pytest.raises(InputError, match=f"confusion .*{name}.csv .*remove it and run again"):
            read_confusion(tmp_path / f"{name}.csv")
