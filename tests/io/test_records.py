"""Fields of records: each kind, and the sentence where one is another."""

import pytest

from mgah.errors import InputError
from mgah.io import records
from mgah.io.records import check_fields

GOOD = {
    "TEXT": ("", "x"),
    "NAME": ("x",),
    "TEXT_OR_NULL": (None, ""),
    "TEXTS": ([], ["x"]),
    "LISTS": ([], [[1], []]),
    "OBJECTS": ([], [{}]),
    "OBJECT": ({},),
    "INTEGER": (0, 2**63 - 1),
    "SHA256": ("0a" * 32,),
    "SHA256_OR_NULL": (None, "0a" * 32),
}
BAD = {
    "TEXT": (None, 1, ["x"]),
    "NAME": ("", None),
    "TEXT_OR_NULL": (1, []),
    "TEXTS": ("x", None, [1], {"x": 1}),
    "LISTS": ([1], None, {}),
    "OBJECTS": ([[]], {}, None),
    "OBJECT": ([], None, "{}"),
    "INTEGER": (-1, 2**63, 1.0, True, None, "1"),
    "SHA256": ("0A" * 32, "0a", None, "0a" * 32 + "\n"),
    "SHA256_OR_NULL": ("", 0),
}


@pytest.mark.parametrize("name", GOOD)
def test_each_kind_tells_its_values_from_others(name):
    kind = getattr(records, name)
    for value in GOOD[name]:
        check_fields({"a": value, "b": 1}, {"a": kind}, "card x")
    for value in BAD[name]:
        with pytest.raises(InputError, match=r"^card x has a .*, expected .*: remove it and run again$"):
            check_fields({"a": value}, {"a": kind}, "card x")


def test_a_field_that_is_missing_and_a_long_value_are_told():
    with pytest.raises(InputError, match="card x lacks a, b: make it again"):
        check_fields({"c": 1}, {"a": records.TEXT, "b": records.TEXT}, "card x", again="make it again")
    check_fields({}, {"a": records.TEXT}, "card x", optional=("a",))
    with pytest.raises(InputError, match=r"card x has a '1{79}\.\.\., expected an integer"):
        check_fields({"a": "1" * 1000}, {"a": records.INTEGER}, "card x")
    with pytest.raises(InputError, match="card x is a list, expected an object"):
        check_fields([], {"a": records.TEXT}, "card x", optional=("a",))
