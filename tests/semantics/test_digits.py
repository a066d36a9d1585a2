"""The files shipped for the digits are what their provenance says."""

import json
from pathlib import Path

import numpy as np

import mgah.semantics
from mgah.semantics.corpus import find_synsets, open_wordnet
from mgah.semantics.digits.make import NOUNS
from mgah.semantics.wordnet import path_similarity
from tests.semantics.sources import attributes, word2vec, wordnet

BUILTIN = {"builtin": "digits"}
FOLDER = Path(mgah.semantics.__file__).parent / "digits"


def test_every_described_file_is_there():
    provenance = json.loads((FOLDER / "provenance.json").read_text())
    assert sorted(provenance) == ["path-similarity.csv", "predicate-matrix-binary.txt", "word-vectors.txt"]
    for file, card in provenance.items():
        assert (FOLDER / file).is_file() and card["what"] and card["made_by"] and card["notes"]
    assert "Princeton University" in (FOLDER / "WORDNET-LICENSE.txt").read_text()


def test_seven_segments():
    lit = {name: round(1 / attributes([name], BUILTIN).vectors.max() ** 2) for name in NOUNS}
    assert lit == dict(zip(NOUNS, (6, 2, 5, 5, 4, 5, 6, 3, 7, 6), strict=True))
    # one lights both right segments, which seven lights too: 2 of its 2 and of seven's 3
    np.testing.assert_allclose(attributes(["one", "seven"], BUILTIN).similarity[0, 1], 2 / 6**0.5)
    np.testing.assert_allclose(attributes(["eight", "one"], BUILTIN).similarity[0, 1], 2 / 14**0.5)


def test_word_vectors_tell_that_they_stand_in():
    semantics = word2vec(tuple(NOUNS), BUILTIN)
    assert semantics.vectors.shape == (10, 50)
    assert "stand-in for Google News word2vec" in semantics.notes[0]


def test_word_vectors_order_the_numbers():
    similarity = word2vec(tuple(NOUNS), BUILTIN).similarity
    i, j = np.triu_indices(10, 1)
    near, far = similarity[i, j][j - i <= 2].mean(), similarity[i, j][j - i >= 6].mean()
    assert near > far + 0.05


def test_path_similarity_is_that_of_wordnet(data_dir):
    nouns = find_synsets(open_wordnet(data_dir), NOUNS)
    shipped = wordnet(tuple(NOUNS), BUILTIN)
    np.testing.assert_array_equal(shipped.similarity, path_similarity(list(nouns.values())))
    assert {noun.hypernyms()[0].name() for noun in nouns.values()} == {"digit.n.01"}


def test_every_pair_of_digits_is_equally_similar():
    expected = np.full((10, 10), 1 / 3) + np.eye(10) * 2 / 3
    np.testing.assert_allclose(wordnet(tuple(NOUNS), BUILTIN).similarity, expected)
