"""Queries are drawn without a look at what is found; the nearest images, with ties in a random order of their own."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.gallery.draw import drawn_queries, gallery, nearest
from mgah.methods.codes import unpack


def test_queries_depend_on_the_seed_and_not_on_the_codes(make_codes):
    chosen = drawn_queries([make_codes(seed=0)], 2, 3, seed=0)
    assert chosen == drawn_queries([make_codes(seed=1, method="itq")], 2, 3, seed=0)
    (ids,) = chosen
    assert len(ids) == len(set(ids)) == 6 and [i % 2 for i in ids] in ([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0])
    assert len({tuple(drawn_queries([make_codes()], 2, 3, seed)[0]) for seed in range(5)}) > 1


def test_splits_give_a_class_each_in_turn(make_codes):
    two = [make_codes(split="t"), make_codes(split="u")]
    assert [len(ids) for ids in drawn_queries(two, 2, 1, 0)] == [1, 1]
    assert [len(ids) for ids in drawn_queries(two, 3, 1, 0)] == [2, 1]
    assert [len(ids) for ids in drawn_queries(two, 9, 99, 0)] == [12, 12], "fewer where there are fewer"


def test_the_nearest_images_are_those_of_raw_codes(make_codes):
    codes = make_codes()
    queries, database = unpack(codes.query_codes, 6), unpack(codes.database_codes, 6)
    found = nearest(codes, [3, 8], seed=0, most=25)
    assert len(found) == 50
    for query, rows in found.groupby("query_id"):
        distances = dict(zip(codes.database_ids, (database != queries[query]).sum(axis=1), strict=True))
        labels = dict(zip(codes.database_ids, codes.database_labels, strict=True))
        assert rows["rank"].tolist() == list(range(1, 26)) and rows["id"].is_unique
        assert rows["distance"].tolist() == sorted(distances.values())[:25]
        for _, row in rows.iterrows():
            assert row["distance"] == distances[row["id"]]
            assert row["class"] == codes.class_names[labels[row["id"]]]
            assert row["right"] == (labels[row["id"]] == query % 2)


def test_equal_distances_are_in_an_order_that_the_seed_draws_alone(make_codes):
    plain = nearest(make_codes(), [3], seed=0, most=60)
    shuffled = make_codes(order=np.random.default_rng(1).permutation(60))
    assert nearest(shuffled, [3], seed=0, most=60).equals(plain), "no order of a file"
    other = nearest(make_codes(method="itq"), [3], seed=0, most=60)
    assert other["id"].tolist() == plain["id"].tolist(), "the same for every method"
    again = nearest(make_codes(), [3], seed=1, most=60)
    assert again["id"].tolist() != plain["id"].tolist() and set(again["id"]) == set(plain["id"])
    ties = plain[plain["distance"] == plain["distance"].mode().iloc[0]]["id"]
    assert not ties.is_monotonic_increasing and not ties.is_monotonic_decreasing


def test_methods_are_shown_with_the_same_queries(make_codes):
    table = gallery([make_codes(), make_codes(method="itq", seed=1)], 2, 2, seed=0)
    assert len(table) == 2 * 4 * 10
    assert table.groupby("method")["query_id"].unique().map(sorted).map(tuple).nunique() == 1
    other = make_codes(method="itq")
    other.query_ids[0] = 99
    with pytest.raises(InputError, match="split t have different queries"):
        gallery([make_codes(), other], 2, 2, seed=0)
