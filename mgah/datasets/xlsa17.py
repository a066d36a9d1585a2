"""Reader of the MATLAB files of the zero-shot benchmark of Xian et al. (``xlsa17.zip``).

``res101.mat`` holds features (2048, n), labels (n, 1) from 1 and image_files (n, 1). ``att_splits.mat`` holds
allclasses_names (c, 1), original_att (a, c), test_unseen_loc (k, 1) from 1, and more.
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
    """Read the variables ``names`` of a MATLAB file (format 5), without running any code in it.

    Returns:
        The variables by name: numbers as arrays, lists of text as lists.

    Raises:
        InputError: for a file that cannot be read or lacks one of the variables.
    """
    from scipy.io import loadmat

    try:
        found = loadmat(file, variable_names=list(names), chars_as_strings=True)
    except Exception as error:  # scipy raises nearly anything on damaged data
        raise InputError(
            f"{file} cannot be read as a MATLAB file ({error}): get the file of xlsa17.zip again"
        ) from error
    if lacking := sorted(set(names) - set(found)):
        raise InputError(f"{file} has no variables {lacking}: get the file of xlsa17.zip")
    return {name: found[name] for name in names}


def texts(values: np.ndarray, place: str) -> list[str]:
    """Return the texts of a column of MATLAB cells; ``place`` names the file in the error's sentence."""
    cells = [np.asarray(cell).ravel() for cell in values.ravel()]
    if not all(len(cell) == 1 and isinstance(cell[0], str) for cell in cells):
        raise InputError(f"{place} is no list of texts: get the file of xlsa17.zip")
    return [str(cell[0]) for cell in cells]
