"""What other papers print, against ranks by hand and the package's own functions."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.evaluation import measures
from mgah.methods.codes import write_codes
from mgah.metrics import mean_average_precision, precision_at_k
from mgah.tables.measures import read_measures
from tests.evaluation.conftest import codes_of


def values_of(codes, *asked):
    return {value.metric: value.value for value in measures.measured(codes, *asked)}


def test_measures_of_a_cell(arrays):
    codes, labels, queries, database, _ = arrays
    found = values_of(codes_of(arrays), [50, 10_000], [20])
    sides = codes[queries], labels[queries], codes[database], labels[database]
    assert found["mAP@50"] == mean_average_precision(*sides, k=50)
    assert found["mAP@10000"] == mean_average_precision(*sides), "the database has fewer ranks"
    assert found["P@20"] == precision_at_k(*sides, k=20)
    unseen = database[np.isin(labels[database], (1, 3))]
    among = codes[queries], labels[queries], codes[unseen], labels[unseen]
    assert found["mAP_among_unseen"] == mean_average_precision(*among)
    assert found["mAP@10000"] < found["mAP_among_unseen"]
    constant = (np.ones_like(side) if place % 2 == 0 else side for place, side in enumerate(among))
    assert found["chance_mAP_among_unseen"] == pytest.approx(mean_average_precision(*constant))


def test_one_unseen_class_is_not_ranked_among_itself(arrays):
    codes, labels, queries, database, seen = arrays
    only = queries[labels[queries] == 3]
    found = values_of(codes_of((codes, labels, only, database, seen)), [50], [])
    assert set(found) == {"mAP@50"}


def test_more_ranks_than_images_are_refused_for_precision(arrays):
    with pytest.raises(InputError, match="k is 5000, expected at most 370"):
        values_of(codes_of(arrays), [], [5000])


def test_command_line(arrays, tmp_path):
    write_codes(tmp_path / "24.npz", codes_of(arrays))
    out = tmp_path / "measures.csv"
    measures.main(["--ranks", "50", "7", "--output", str(out), "--", str(tmp_path / "24.npz")])
    table = read_measures(out)
    assert set(table["metric"]) == {"mAP@50", "mAP@7", "mAP_among_unseen", "chance_mAP_among_unseen"}
    assert set(table["bits"]) == {24} and set(table["class"]) == {""}
