"""Named codes in forms that other programs read."""

from pathlib import Path

import numpy as np
import pandas as pd

from mgah.encoding.codes_file import NamedCodes
from mgah.io.files import atomic_path
from mgah.io.targets import check_suffix
from mgah.methods.codes import unpack


def check_signs_target(target: Path) -> None:
    """Raise `InputError` for a name that `write_signs` does not write to.

    Examples:
        >>> check_signs_target(Path("photos.npy"))
    """
    check_suffix(target, (".npy",), "codes of -1 and +1")


def check_table_target(target: Path) -> None:
    """Raise `InputError` for a name that `write_table` does not write to.

    Examples:
        >>> check_table_target(Path("photos.csv"))
    """
    check_suffix(target, (".csv", ".csv.gz"), "a table of codes")


def write_signs(target: Path, codes: NamedCodes) -> None:
    """Write the codes as int8 (n, n_bits) of -1 and +1 to the file ``target``, ``.npy``."""
    check_signs_target(target)
    # a stream, as NumPy would put a second suffix after .NPY
    with atomic_path(target) as path, open(path, "wb") as stream:
        np.save(stream, unpack(codes.codes, codes.n_bits))


def write_table(target: Path, codes: NamedCodes) -> None:
    """Write a table to the file ``target``, ``.csv``: ``name``, and ``code``, a text of ``n_bits`` digits 0 and 1.

    1 is +1; the text is what PostgreSQL's type ``bit`` reads.
    """
    check_table_target(target)
    digits = np.unpackbits(codes.codes, axis=1, count=codes.n_bits) + ord("0")
    texts = [row.tobytes().decode("ascii") for row in digits]
    with atomic_path(target) as path:
        pd.DataFrame({"name": codes.names, "code": texts}).to_csv(path, index=False)
