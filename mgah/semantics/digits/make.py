"""Makes the files here that come from WordNet 3.0: ``word-vectors.txt`` and ``path-similarity.csv``.

    python -m mgah.semantics.digits.make --data-dir DIR

``DIR/nltk_data`` holds WordNet. Takes a few minutes; one worker and a fixed seed give the same vectors again
with the same version of gensim. What comes out is derived from WordNet, under ``WORDNET-LICENSE.txt``.
"""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.cli import run
from mgah.io.files import atomic_path
from mgah.semantics.corpus import find_synsets, open_wordnet
from mgah.semantics.word2vec import BUILTIN_FILE as VECTORS_FILE
from mgah.semantics.wordnet import BUILTIN_FILE, path_similarity

FOLDER = Path(__file__).parent
# the sense that is a hyponym of digit.n.01, the first sense of all names but one
NOUNS = {"zero": "zero.n.02"} | {
    name: f"{name}.n.01" for name in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m mgah.semantics.digits.make")
    parser.add_argument("--data-dir", type=Path, required=True, help="data folder that holds nltk_data")
    wordnet = open_wordnet(parser.parse_args(arguments).data_dir)
    _write_path_similarity(wordnet)
    _write_vectors(wordnet)


def _write_path_similarity(wordnet) -> None:
    nouns = find_synsets(wordnet, NOUNS)
    names = pd.Index(NOUNS, name="class")
    with atomic_path(FOLDER / BUILTIN_FILE) as path:
        pd.DataFrame(path_similarity(list(nouns.values())), names, list(NOUNS)).to_csv(path)


def _write_vectors(wordnet) -> None:
    from gensim.models import KeyedVectors, Word2Vec

    texts = [text for synset in wordnet.all_synsets() for text in (synset.definition(), *synset.examples())]
    model = Word2Vec(
        [re.findall("[a-z]+", text.lower()) for text in texts],
        vector_size=50,
        window=5,
        min_count=3,
        sg=1,
        negative=10,
        epochs=10,
        workers=1,
        seed=0,
    )
    kept = KeyedVectors(model.vector_size)
    kept.add_vectors(list(NOUNS), [model.wv[name] for name in NOUNS])
    with atomic_path(FOLDER / VECTORS_FILE) as path:
        kept.save_word2vec_format(str(path))


if __name__ == "__main__":
    run(main)
