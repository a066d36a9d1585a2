"""Reads the database of a search and its queries, of which images and features are encoded first."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mgah.encoding.cells import describe_cell, differ
from mgah.encoding.codes_file import CodesHeader, NamedCodes, holds_codes, read_named_codes
from mgah.encoding.inputs import Images, read_input
from mgah.errors import InputError
from mgah.io.files import sha256
from mgah.search.faiss_index import SUFFIX, FaissIndex, read_index
from mgah.search.neighbors import Hits, neighbors


@dataclass(frozen=True, eq=False)
class Database:
    """What is searched in.

    Attributes:
        header: names, code length and model of its codes.
        searched: the packed codes, uint8 (n, width), or an index of them.
    """

    header: CodesHeader
    searched: np.ndarray | FaissIndex

    def neighbors(
        self, queries: NamedCodes, most: int | None = None, radius: int | None = None
    ) -> Iterator[Hits]:
        """Yield the neighbors of each query; the arguments are those of `mgah.search.neighbors.neighbors`.

        Raises:
            InputError: for queries of another code length or model.
        """
        self.header.check_comparable(queries)
        if isinstance(self.searched, FaissIndex):
            return self.searched.neighbors(queries.codes, most, radius)
        return neighbors(queries.codes, self.searched, most, radius)


def read_database(source: Path) -> Database:
    """Read an index, ``.faiss``, or a file of codes, ``.npz``."""
    if source.suffix.lower() == SUFFIX:
        index = read_index(source)
        return Database(index.header, index)
    codes = read_named_codes(source)
    return Database(codes, codes.codes)


def read_queries(
    source: Path,
    database: CodesHeader,
    model: Path | None = None,
    data_dir: Path = Path("data"),
    weights: Path | None = None,
    device: str = "auto",
    threads: int = 1,
) -> NamedCodes:
    """Read codes, or encode images and features with the model that made the database.

    Args:
        source: a file of codes, or what `mgah.encoding.inputs.read_input` takes.
        database: what is known of the codes that are searched in.
        model: the model, where the database does not name it or it has moved.
        data_dir, weights, device, threads: those of `mgah.encoding.encoder.Encoder`.

    Raises:
        InputError: for a model that is not known, or is another one than that of the database.
    """
    if holds_codes(source):
        return read_named_codes(source)
    from mgah.encoding.encoder import read_encoder

    given = read_input(source)
    model = model or Path(database.model)
    if not database.model and model == Path():
        raise InputError("the database does not tell which model made it: name it with --model")
    if not model.is_file():
        raise InputError(f"there is no model {model}: name with --model the file that it is now")
    if database.model_sha256 and sha256(model) != database.model_sha256:
        raise InputError(f"{model} is not the model that made the database: name that one with --model")
    encoder = read_encoder(model)
    if not database.model_sha256 and differ(encoder.cell, database.cell):
        raise InputError(
            f"{model} is the model of {describe_cell(encoder.cell)}, and the codes of the database are of "
            f"{describe_cell(database.cell)}: name the model that made them with --model"
        )
    backbone = encoder.backbone(data_dir, weights) if isinstance(given, Images) else None
    return encoder.encode(given, backbone, device, threads)
