"""The file of named codes, ``.npz``, loadable with ``allow_pickle=False``: its writer and its reader.

- ``codes`` uint8 (n, ceil(n_bits / 8)): ``numpy.packbits(codes > 0, axis=1)``, the most significant bit first, zero
  padding at the end of a row, as in a run's codes files;
- ``n_bits`` int; ``names`` str (n,);
- ``images`` str: the folder that the names are relative to, "" where the codes are not of image files;
- ``model`` str: path of the model that made them, and ``model_sha256`` str, which tells whether others are comparable;
- ``cell`` str: a JSON object with the cell of the run that the model is of, where it is known, for codes without a
  checksum: those of a run's codes file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mgah.encoding.cells import describe_cell, differ
from mgah.encoding.names import read_names
from mgah.errors import InputError
from mgah.io.arrays import arrays_in, load_arrays, reason
from mgah.io.files import atomic_path, parse_json
from mgah.io.records import check_fields
from mgah.io.targets import check_suffix
from mgah.limits import integer
from mgah.methods.codes import CELL, has_spare_bits, read_codes
from mgah.tables.images import read_images
from mgah.words import counted

#: Arrays that a file of named codes has, and those that it may have.
_NEEDED, _OPTIONAL = {"codes", "n_bits", "names"}, {"images", "model", "model_sha256", "cell"}


@dataclass(frozen=True, eq=False)
class CodesHeader:
    """What is known of codes beside the codes themselves; the module says what each field is.

    Raises:
        InputError: for a number of bits that is no integer of 1 or more, or a cell with a field of another kind than
            it holds in a run.
    """

    n_bits: int
    names: tuple[str, ...]
    images: str = ""
    model: str = ""
    model_sha256: str = ""
    cell: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if words := integer(self.n_bits, 1):
            raise InputError(f"codes have {self.n_bits!r} bits, expected {words}")
        check_fields(self.cell, CELL, "the codes' cell", optional=tuple(CELL), again="make the codes again")

    def check_comparable(self, other: "CodesHeader") -> None:
        """Raise `InputError` unless distances to the codes of ``other`` have a meaning: one length, and one model."""
        if self.n_bits != other.n_bits:
            raise InputError(f"codes of {self.n_bits} and of {other.n_bits} bits cannot be compared")
        known = self.model_sha256 and other.model_sha256
        if known and self.model_sha256 != other.model_sha256:
            again = " as it was at another time" if self.model == other.model else ""
            raise InputError(
                f"the codes are of two models, {self.model} and {other.model}{again}: encode both sides with one"
            )
        if not known and differ(self.cell, other.cell):
            raise InputError(
                f"the codes are of two models, of {describe_cell(self.cell)}, and of {describe_cell(other.cell)}: "
                "encode both sides with one"
            )


@dataclass(frozen=True, eq=False)
class NamedCodes(CodesHeader):
    """Packed codes with a name each; the module gives shapes and dtypes.

    Raises:
        InputError: as a `CodesHeader`, and for codes of another dtype or shape than ``n_bits`` and ``names`` need, or
            padding that is not 0.
    """

    codes: np.ndarray = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        expected = (len(self.names), -(-self.n_bits // 8))
        if self.codes.dtype != np.uint8 or self.codes.shape != expected:
            raise InputError(
                f"codes are {self.codes.dtype} of shape {self.codes.shape} for {counted(len(self.names), 'name')} and "
                f"{counted(self.n_bits, 'bit')}, expected uint8 of shape {expected}"
            )
        if has_spare_bits(self.codes, self.n_bits):
            raise InputError(
                f"codes have bits set beyond their {counted(self.n_bits, 'bit')}, expected zeros: pack them again"
            )


def check_target(target: Path) -> None:
    """Raise `InputError` for a name that `write_named_codes` does not write to, before anything is computed."""
    check_suffix(target, (".npz", ".npy"), "codes")


def write_named_codes(target: Path, codes: NamedCodes) -> None:
    """Write ``codes`` to ``target``, atomically: all to an ``.npz``, the packed codes alone to an ``.npy``.

    Raises:
        InputError: for a name that ends otherwise.
    """
    check_target(target)
    # a stream, as NumPy would put a second suffix after .NPZ
    with atomic_path(target) as path, open(path, "wb") as stream:
        if target.suffix.lower() == ".npy":
            np.save(stream, codes.codes)
        else:
            arrays: dict[str, Any] = {
                "codes": codes.codes,
                "n_bits": np.int64(codes.n_bits),
                "names": np.array(codes.names),
                "images": np.array(codes.images),
                "model": np.array(codes.model),
                "model_sha256": np.array(codes.model_sha256),
            }
            if codes.cell:
                arrays["cell"] = np.array(json.dumps(codes.cell))
            np.savez_compressed(stream, **arrays)


def read_named_codes(source: Path) -> NamedCodes:
    """Read codes from ``source``, a file of `write_named_codes`, or the database of a run's codes file.

    The latter's images are named by the run's table of images, or by their ids where that is not there.

    Raises:
        InputError: for a file that cannot be read or holds no codes; the sentence names it.
    """
    if source.suffix.lower() != ".npz":
        raise InputError(f"{source} is no file of codes: expected one of mgah encode, or of a run, .npz")
    try:
        with load_arrays(source) as stored:
            if "database_codes" in stored.files:
                return _of_run(source)
            content = {name: stored[name] for name in stored.files}
        _check_arrays(content)
        names, n_bits = read_names(content.pop("names"), "names"), content.pop("n_bits").item()
        codes, cell = content.pop("codes"), parse_json(str(content.pop("cell", "{}")))
        texts = {key: str(value) for key, value in content.items()}
        return NamedCodes(n_bits, names, **texts, cell=cell, codes=codes)
    except InputError as error:
        raise InputError(f"codes file {source}: {error}") from error
    except Exception as error:  # a broken zip can raise nearly anything
        raise InputError(
            f"codes file {source} cannot be read ({reason(error)}): expected one of mgah encode, or of a run"
        ) from error


def _check_arrays(content: Mapping[str, np.ndarray]) -> None:
    """Raise `InputError` unless the arrays of a file are those of named codes."""
    missing, others = sorted(_NEEDED - content.keys()), sorted(content.keys() - _NEEDED - _OPTIONAL)
    if missing or others:
        told = f"it has no {' and no '.join(missing)}" if missing else f"it holds {', '.join(others)} as well"
        raise InputError(
            f"{told}, expected the arrays {', '.join(sorted(_NEEDED))}, and {', '.join(sorted(_OPTIONAL))} where they "
            "are known"
        )


def holds_codes(source: Path) -> bool:
    """Say whether ``source`` is a file that `read_named_codes` reads."""
    return not {"codes", "database_codes"}.isdisjoint(arrays_in(source))


def is_of_run(source: Path) -> bool:
    """Say whether ``source`` is a run's codes file."""
    return "database_codes" in arrays_in(source)


def _of_run(source: Path) -> NamedCodes:
    codes = read_codes(source)
    place = Path("data", str(codes.cell.get("dataset")), "images.csv")
    tables = [folder / place for folder in source.resolve().parents if (folder / place).is_file()]
    names = codes.database_ids.astype(str)
    if tables:
        images = read_images(tables[0])
        codes.check_images(images, tables[0])
        names = images["path"].to_numpy()[codes.database_ids]
    return NamedCodes(codes.n_bits, tuple(names.tolist()), cell=codes.cell, codes=codes.database_codes)
