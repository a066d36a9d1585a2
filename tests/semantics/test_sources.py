"""The contract of every source that is found, on the semantics shipped for the digits."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.semantics.discovery import source, source_names

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
BUILTIN = {"builtin": "digits"}


def test_source_names_are_the_modules():
    assert source_names() == ["attributes", "word2vec", "wordnet"]


def test_unknown_source_lists_those_found():
    with pytest.raises(InputError, match="'glove': expected one of attributes, word2vec, wordnet"):
        source("glove")


def test_listing_names_imports_no_source():
    import subprocess
    import sys

    code = (
        "import sys; from mgah.semantics.discovery import source_names; source_names();"
        "print([m for m in ('gensim', 'nltk', 'pandas', 'mgah.semantics.word2vec') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize("name", source_names())
class TestEverySource:
    def test_semantics_of_the_digits_need_no_data_folder(self, name):
        semantics = source(name)(DIGITS, BUILTIN)
        assert semantics.names == DIGITS
        assert semantics.similarity.dtype == np.float64
        np.testing.assert_array_equal(semantics.similarity, semantics.similarity.T)
        np.testing.assert_array_equal(np.diag(semantics.similarity), 1)
        assert semantics.notes

    def test_vectors_have_unit_length(self, name):
        vectors = source(name)(DIGITS, BUILTIN).vectors
        assert (vectors is None) == (name == "wordnet")
        if vectors is not None:
            np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1)

    def test_seen_classes_alone_have_the_same_semantics(self, name):
        seen = ("nine", "two", "six")
        of_all, alone = source(name)(DIGITS, BUILTIN).subset(seen), source(name)(seen, BUILTIN)
        assert of_all.names == alone.names
        np.testing.assert_allclose(of_all.similarity, alone.similarity, rtol=0, atol=1e-14)
        if name != "wordnet":
            np.testing.assert_array_equal(of_all.vectors, alone.vectors)

    def test_classes_that_it_lacks_are_all_named(self, name):
        with pytest.raises(InputError, match=r"gnu.*yak"):
            source(name)(("one", "gnu", "yak"), BUILTIN)

    def test_options_are_checked(self, name):
        with pytest.raises(
            InputError, match=rf"{name} has no options \['colour'\]: expected some of .*builtin"
        ):
            source(name)(DIGITS, {"colour": "red"} | BUILTIN)
        with pytest.raises(InputError, match=f"{name}: option builtin is 7, expected text"):
            source(name)(DIGITS, {"builtin": 7})
        with pytest.raises(InputError, match=f"{name}: builtin is 'letters', expected one of digits"):
            source(name)(DIGITS, {"builtin": "letters"})
