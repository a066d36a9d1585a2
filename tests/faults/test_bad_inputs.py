"""Every bad input of the table is one sentence that names the file, whatever is wrong with it."""

import re
import warnings

import pytest

from mgah.errors import InputError
from tests.faults.bad_inputs import FINE, OF_ALL, OF_KIND, OF_ONE
from tests.faults.readers import READERS, plain

pytestmark = pytest.mark.slow

ROWS = [
    *((reader, what, change, "") for reader in READERS for what, change in OF_ALL.items()),
    *(
        (reader, what, change, "")
        for reader, about in READERS.items()
        for ending, faults in OF_KIND.items()
        if about.file.endswith(ending)
        for what, change in faults.items()
    ),
    *OF_ONE,
]
ROWS = [row for row in ROWS if row[:2] not in FINE]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A function that gives the folder of a reader and the content of its file, made once."""
    made = {}

    def get(name):
        if name not in made:
            folder = tmp_path_factory.mktemp("reader")
            READERS[name].make(folder)
            made[name] = folder, (folder / READERS[name].file).read_bytes()
        return made[name]

    return get


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [pytest.param(name, change, words, id=f"{name}: {what}") for name, what, change, words in ROWS],
)
def test_a_bad_input_is_one_sentence_that_names_its_file(name, change, words, files):
    folder, content = files(name)
    file = folder / READERS[name].file
    expected = plain(READERS[name].read(folder))
    other = change(content)
    assert other != content
    file.unlink() if other is None else file.write_bytes(other)
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            pytest.raises(InputError, match=words) as caught,
        ):
            READERS[name].read(folder)
    finally:
        file.write_bytes(content)
    said = str(caught.value)
    assert "\n" not in said and len(said) < 2000
    assert file.name in said or str(folder) in said
    assert not re.search("0x[0-9a-f]{6}", said), "the address of an object"
    assert plain(READERS[name].read(folder)) == expected
