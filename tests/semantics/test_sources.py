"""The shipped sources, on the semantics shipped for the digits."""

import pytest

from mgah import registry
from mgah.errors import InputError
from tests.semantics import sources

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SOURCES = ("attributes", "word2vec", "wordnet")


def test_unknown_source_lists_those_found():
    with pytest.raises(
        InputError, match="'glove': expected one of attributes, none, sentences, table, word2vec"
    ):
        registry.find("semantics", "glove")


@pytest.mark.parametrize("name", SOURCES)
def test_options_are_checked(name):
    source = getattr(sources, name)
    with pytest.raises(InputError, match=rf"{name} has no option 'colour': its options are .*builtin"):
        source(DIGITS, {"colour": "red", "builtin": "digits"})
    with pytest.raises(InputError, match=f"{name}: option builtin is 7, expected text"):
        source(DIGITS, {"builtin": 7})
    with pytest.raises(InputError, match=f"{name}: builtin is 'letters', expected one of digits"):
        source(DIGITS, {"builtin": "letters"})


@pytest.mark.parametrize("name", SOURCES)
def test_notes_say_where_shipped_semantics_are_from(name):
    assert getattr(sources, name)(DIGITS, {"builtin": "digits"}).notes


def test_only_wordnet_has_no_vectors():
    vectors = {name: getattr(sources, name)(DIGITS, {"builtin": "digits"}).vectors for name in SOURCES}
    assert [name for name in SOURCES if vectors[name] is None] == ["wordnet"]
