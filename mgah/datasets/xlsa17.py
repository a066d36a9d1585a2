"""MATLAB files of the zero-shot benchmark of Xian et al. (``xlsa17.zip``), read as plain arrays.

``res101.mat``: features (2048, n), labels (n, 1) from 1, image_files (n, 1).
``att_splits.mat``: allclasses_names (c, 1), original_att (a, c), test_unseen_loc (k, 1) from 1, and more.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mgah.errors import InputError

#: Folders in the data folder that may hold the two files.
FOLDERS = ("AWA2", "xlsa17/data/AWA2")
FEATURES = "res101.mat"
SPLITS = "att_splits.mat"


def read_mat(file: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The variables ``names`` of a MATLAB file (format 5); numbers stay arrays, lists of text become lists.

    No code of the file is run.

    Raises:
        InputError: for a file that cannot be read or lacks one of the variables.
    """
    from scipy.io import loadmat

    try:
        found = loadmat(file, variable_names=list(names), chars_as_strings=True)
    except Exception as error:  # scipy raises nearly anything on damaged data
        raise InputError(f"{file} cannot be read as a MATLAB file ({error}): get an intact copy") from error
    if lacking := sorted(set(names) - set(found)):
        raise InputError(f"{file} has no variables {lacking}: get the file of xlsa17.zip")
    return {name: found[name] for name in names}


def texts(values: np.ndarray, place: str) -> list[str]:
    """The texts of a column of MATLAB cells."""
    cells = [np.asarray(cell).ravel() for cell in values.ravel()]
    if not all(len(cell) == 1 and isinstance(cell[0], str) for cell in cells):
        raise InputError(f"{place} is no list of texts: get the file of xlsa17.zip")
    return [str(cell[0]) for cell in cells]
