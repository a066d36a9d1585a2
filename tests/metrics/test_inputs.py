"""Codes and labels as people have them give the scores of int8 codes and integer labels, or one sentence."""

import re

import numpy as np
import pandas as pd
import pytest
import torch

from mgah.errors import InputError
from mgah.metrics import mean_average_precision, score_queries
from mgah.metrics.inputs import exact_integers, read_sides


@pytest.fixture
def data(random_codes):
    codes, labels = random_codes(np.random.default_rng(3), 90, 12)
    return codes[:9], labels[:9], codes[9:], labels[9:]


def real(codes):
    """Numbers of the codes' signs, +1 as 0 now and then."""
    size = np.random.default_rng(0).random(codes.shape)
    return np.where(codes > 0, np.where(size < 0.1, 0.0, size), -size - 1e-3)


WAYS = {
    "int64": lambda codes: codes.astype(np.int64),
    "float16": lambda codes: codes.astype(np.float16),
    "bool": lambda codes: codes > 0,
    "0/1 as uint8": lambda codes: (codes > 0).astype(np.uint8),
    "0/1 as int8": lambda codes: (codes > 0).astype(np.int8),
    "0/1 as float": lambda codes: (codes > 0) * 1.0,
    "signs": real,
    "numpy's sign, 0 for 0": lambda codes: np.sign(real(codes)),
    "lists": lambda codes: codes.tolist(),
    "lists of bools": lambda codes: (codes > 0).tolist(),
    "objects": lambda codes: codes.astype(object),
    "frame": lambda codes: pd.DataFrame(codes),
    "frame of integers or NA": lambda codes: pd.DataFrame(codes).astype("Int64"),
    "tensor": torch.tensor,
    "tensor with a gradient": lambda codes: torch.tensor(real(codes), requires_grad=True),
    "bfloat16 tensor with a gradient": lambda codes: torch.tensor(
        real(codes), dtype=torch.bfloat16, requires_grad=True
    ),
    "bool tensor": lambda codes: torch.tensor(codes) > 0,
    "columns first": np.asfortranarray,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_codes_in_any_way_give_the_scores_of_int8(way, data):
    queries, query_labels, codes, labels = data
    for ties in ("expected", "stable"):
        value = mean_average_precision(way(queries), query_labels, way(codes), labels, ties=ties)
        assert value == mean_average_precision(*data, ties=ties)


@pytest.mark.parametrize("way", ["int64", "bool", "signs", "tensor with a gradient"])
def test_a_side_may_be_written_in_another_way_than_the_other(way, data):
    queries, query_labels, codes, labels = data
    assert np.array_equal(read_sides(queries, query_labels, WAYS[way](codes), labels).database, codes)


def test_int8_codes_and_integer_labels_are_not_copied(data):
    sides = read_sides(*data)
    assert sides.queries is data[0] and sides.labels is data[3]


def test_codes_that_are_all_one_are_read_as_the_other_side_is(data):
    _, _, codes, labels = data
    ones = np.ones((1, 12), np.int8)
    for database in (codes, (codes > 0).astype(int)):
        sides = read_sides(ones, [0], database, labels)
        assert (sides.queries == 1).all() and np.array_equal(sides.database, codes)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_packed_bytes_are_codes_of_n_bits(dtype, data):
    queries, query_labels, codes, labels = data
    packed = [np.packbits(side > 0, axis=1).astype(dtype) for side in (queries, codes)]
    found = score_queries(packed[0], query_labels, packed[1], labels, n_bits=12)
    expected = score_queries(*data)
    assert np.array_equal(found.cnt, expected.cnt) and np.array_equal(found.rel, expected.rel)


NAMES = np.array(["cat", "dog", "gnu"])
LABELS = {
    "list": lambda labels: labels.tolist(),
    "floats that are integers": lambda labels: labels * 1.0,
    "text": lambda labels: NAMES[labels],
    "list of text": lambda labels: NAMES[labels].tolist(),
    "text of objects": lambda labels: NAMES[labels].astype(object),
    "series": lambda labels: pd.Series(labels, index=labels + 7),
    "series of text": lambda labels: pd.Series(NAMES[labels]),
    "categories": lambda labels: pd.Series(pd.Categorical(NAMES[labels])),
    "tensor": torch.tensor,
    "one-hot": lambda labels: np.eye(3)[labels],
    "one-hot with a label that nothing else has": lambda labels: np.eye(4, dtype=bool)[labels],
}


@pytest.mark.parametrize("way", LABELS.values(), ids=LABELS)
def test_labels_in_any_way_give_the_scores_of_integers(way, data):
    queries, query_labels, codes, labels = data
    for ties in ("expected", "stable"):
        value = mean_average_precision(queries, way(query_labels), codes, way(labels), ties=ties)
        assert value == mean_average_precision(*data, ties=ties)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_integers_of_any_floating_point_type_are_labels_without_a_warning(dtype):
    labels = np.array([1, 0.5, np.nan, np.inf, -3], dtype)
    assert exact_integers(labels).tolist() == [True, False, False, False, True]


def test_booleans_are_labels_of_two_classes(data):
    queries, query_labels, codes, labels = data
    value = mean_average_precision(queries, query_labels == 1, codes, labels == 1)
    assert value == mean_average_precision(queries, (query_labels == 1) * 1, codes, (labels == 1) * 1)


def replaced(place, make):
    """The four arguments with one of them made another; the others stay."""
    return lambda data: [make(part) if i == place else part for i, part in enumerate(data)]


REFUSED = {
    "0/1 against -1/+1": (replaced(0, lambda codes: (codes + 1) // 2), "query codes hold 0 and 1 and database codes"),
    "probabilities": (
        replaced(2, lambda codes: 1 / (1 + np.exp(-real(codes)))),
        "database codes hold .* in row 0, bit 0.*probabilities, pass codes > 0.5",
    ),
    "activations": (replaced(2, lambda codes: real(codes).clip(0) * 9), "database codes hold .* every sign is"),
    "bytes without n_bits": (
        lambda data: [np.packbits(x > 0, axis=1) if i % 2 == 0 else x for i, x in enumerate(data)],
        "query codes hold .* packed bytes.*n_bits=16",
    ),
    "other integers": (replaced(0, lambda codes: codes * 2), r"query codes hold -?2 in row 0, bit 0.*np.where"),
    "integers of -1, 0 and 1": (
        replaced(2, lambda codes: np.where(np.arange(12) == 5, 0, codes)),
        "database codes hold -1, 0 and 1 as int8.*decide what 0 becomes",
    ),
    "NaN": (
        replaced(2, lambda codes: np.where(np.arange(81)[:, None] == 80, np.nan, codes)),
        "database codes hold nan in row 80, bit 0",
    ),
    "one code alone": (replaced(0, lambda codes: codes[0]), r"query codes are int8 of shape \(12,\).*codes\[None\]"),
    "text": (replaced(0, lambda codes: codes.astype(str)), "query codes are <U.*expected numbers"),
    "rows of two lengths": (replaced(2, lambda codes: [[1, -1], [1]]), "database codes cannot be read as an array"),
    "numbers among text": (replaced(1, lambda labels: ["cat", *labels[1:]]), "query labels are object"),
    "text against numbers": (replaced(3, lambda labels: NAMES[labels]), "query labels are numbers and .* text"),
    "half a label": (replaced(1, lambda labels: labels + 0.5), r"query labels hold \d.5 in row 0"),
    "labels that miss": (replaced(3, lambda labels: np.where(labels == 0, np.nan, labels)), "database labels hold nan"),
    "a column of labels": (replaced(1, lambda labels: labels[:, None]), r"query labels.*labels.ravel\(\)"),
    "lists of labels": (replaced(1, lambda labels: [[1, 2]] * 9), "query labels.*MultiLabelBinarizer"),
    "a matrix on one side": (replaced(1, lambda labels: np.eye(3)[labels]), "query labels are a matrix of 3 labels"),
    "fewer labels": (replaced(3, lambda labels: labels[:-1]), r"database labels are int64 of shape \(80,\), expected"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_has_no_reading_or_more_than_one_is_refused_by_the_name_of_its_side(case, data):
    make, message = case
    with pytest.raises(InputError) as caught:
        mean_average_precision(*make(data))
    assert re.search(message, str(caught.value)) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("n_bits", "message"),
    [(12, r"query codes are .*\(9, 1\)"), (7, "query codes have bits set beyond"), (1.0, "n_bits is 1.0")],
)
def test_bytes_that_are_not_of_n_bits_are_refused(n_bits, message, data):
    packed = [np.full((len(side), 1), 255, np.uint8) for side in (data[0], data[2])]
    with pytest.raises(InputError, match=message):
        score_queries(packed[0], data[1], packed[1], data[3], n_bits=n_bits)
