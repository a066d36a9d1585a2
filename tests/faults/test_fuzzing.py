"""Files that are changed at random: each reader raises an `InputError`, or reads what may be read, and nothing else.

Where a checksum covers the content, whatever is read is what was written.
"""

import csv
import io
import json
import random
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgah.errors import InputError
from tests.faults.readers import READERS, plain

pytestmark = pytest.mark.slow

#: Changes of each file: as many as take a second or so, and with --whole.
FEW, MANY = 60, 2000


def changed(content: bytes, random_: random.Random) -> bytes:
    """``content`` with one change: bits, a block, a cut, something in between, or another place's bytes."""
    data = bytearray(content)
    place, size = random_.randrange(len(data)), random_.choice((1, 1, 2, 4, 8, 64))
    kind = random_.randrange(8)
    if kind <= 2:
        data[place] ^= 1 << random_.randrange(8)
    elif kind == 3:
        data[place : place + size] = random_.randbytes(size)
    elif kind == 4:
        data[place : place + size] = bytes([random_.choice((0, 0x20, 0x39, 0x7F, 0xFF))]) * size
    elif kind == 5:
        del data[place : place + random_.choice((size, len(data)))]
    elif kind == 6:
        data[place:place] = random_.randbytes(size)
    else:
        start = random_.randrange(len(data))
        data[place : place + size] = data[start : start + size]
    return bytes(data)


@pytest.mark.parametrize("name", READERS)
def test_a_changed_file_is_an_input_error_or_reads(name, tmp_path, request):
    reader, random_ = READERS[name], random.Random(name)
    reader.make(tmp_path)
    file = tmp_path / reader.file
    content = file.read_bytes()
    expected = plain(reader.read(tmp_path))
    assert plain(reader.read(tmp_path)) == expected
    refused = 0
    for _ in range(MANY if request.config.getoption("--whole") else FEW):
        other = changed(content, random_)
        if other == content:
            continue
        file.write_bytes(other)
        try:
            with warnings.catch_warnings(action="ignore"):
                found = plain(reader.read(tmp_path))
        except InputError as error:
            refused += 1
            assert "\n" not in str(error).strip(), str(error)
            continue
        except Exception as error:
            pytest.fail(f"{type(error).__name__}: {error} from {other!r}")
        if reader.sealed:
            assert found == expected, other
    assert refused, "no change was ever noticed"


#: Values that a person or a program may have put into a field.
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from(["", "0", "-1", "nan", "1e400", "../x", "\x00", "é", "文", "a" * 5000])
    | st.text(max_size=9),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=3), parts, max_size=2),
    max_leaves=5,
)


def examples(request) -> settings:
    """How many values are tried, the same ones each time."""
    most = 500 if request.config.getoption("--whole") else 30
    return settings(max_examples=most, deadline=None, derandomize=True, database=None)


def of_ending(ending: str) -> list[str]:
    return [name for name, reader in READERS.items() if reader.file.endswith(ending)]


def read_after(name: str, folder, content: bytes, change) -> None:
    """Read a file after a change; a failure is anything but a value or an `InputError` in one line."""
    reader = READERS[name]
    (folder / reader.file).write_bytes(change)
    try:
        with warnings.catch_warnings(action="ignore"):
            reader.read(folder)
    except InputError as error:
        assert "\n" not in str(error)
    finally:
        (folder / reader.file).write_bytes(content)


@pytest.mark.parametrize("name", of_ending(".json"))
def test_any_value_in_any_field_of_a_card_is_an_input_error_or_reads(name, tmp_path, request):
    READERS[name].make(tmp_path)
    content = (tmp_path / READERS[name].file).read_bytes()
    fields = json.loads(content)

    @examples(request)
    @given(st.sampled_from(sorted(fields)), VALUES)
    def check(field, value):
        read_after(name, tmp_path, content, json.dumps(fields | {field: value}).encode())

    check()


@pytest.mark.parametrize("name", of_ending(".csv"))
def test_any_text_in_any_cell_of_a_table_is_an_input_error_or_reads(name, tmp_path, request):
    READERS[name].make(tmp_path)
    content = (tmp_path / READERS[name].file).read_bytes()
    rows = list(csv.reader(io.StringIO(content.decode())))

    @examples(request)
    @given(st.integers(0, len(rows) - 1), st.integers(0, len(rows[0]) - 1), VALUES)
    def check(row, column, value):
        changed_rows = [list(line) for line in rows]
        changed_rows[row][column] = str(value)
        stream = io.StringIO()
        csv.writer(stream).writerows(changed_rows)
        read_after(name, tmp_path, content, stream.getvalue().encode("utf-8", "surrogatepass"))

    check()
