"""The codes of one cell, as the jobs of the evaluation read them from their file."""

from pathlib import Path

from mgah.errors import InputError
from mgah.evaluation.rows import check_cell
from mgah.methods.codes import Codes, read_codes


def read_cell(path: Path) -> Codes:
    """Read a codes file whose description of its cell is whole.

    Raises:
        InputError: for a file that cannot be read, a description that lacks something, or one of another code length.
    """
    codes = read_codes(path)
    check_cell(codes.cell, f"codes file {path}")
    if codes.cell.get("bits") != codes.n_bits:
        raise InputError(
            f"codes file {path} holds {codes.n_bits} bits and calls them {codes.cell.get('bits')}: make it again"
        )
    return codes


def unseen_classes(codes: Codes) -> list[str]:
    """Return the names of the classes of the queries, in the order of their ids."""
    return [codes.class_names[label] for label in sorted(set(codes.query_labels.tolist()))]
