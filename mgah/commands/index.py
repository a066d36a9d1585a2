"""``mgah index``: a FAISS index of codes."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from typer import Argument, Option


class Kind(StrEnum):
    """The kinds of `mgah.search.faiss_index`."""

    flat = "flat"
    multi = "multi"
    inverted = "inverted"


def index(
    codes: Annotated[
        Path, Argument(metavar="CODES", help="Codes of mgah encode (.npz), or a run's codes file.")
    ],
    output: Annotated[Path, Option("--output", "-o", help="File of the index, .faiss.")],
    kind: Annotated[Kind, Option(help="What the index does.")] = Kind.flat,
    radius: Annotated[
        int | None, Option(help="multi: the radius up to which its answers are exact; by default 2.", min=0)
    ] = None,
    lists: Annotated[
        int | None,
        Option(help="inverted: number of lists; by default the root of the number of codes.", min=1),
    ] = None,
    probes: Annotated[
        int | None, Option(help="inverted: lists that a search looks through; by default an eighth.", min=1)
    ] = None,
) -> None:
    """Build a FAISS index of codes, which any program can read.

    A flat index compares a query with all codes, and is exact. A multi index (multi-index hashing) answers radius
    search exactly up to --radius, and compares only codes that agree with the query in one of radius + 1 parts; it
    knows nothing beyond that radius. An inverted index looks through the lists whose centers are nearest: radius
    search in it is exact only where --probes is the number of lists.

    Names, code length and model stand in a .json of the same name. It needs FAISS: pip install
    'mgah-benchmark[search]'

    Example: mgah index photos.npz --output photos.faiss
    """
    from mgah.encoding.codes_file import read_named_codes
    from mgah.io.targets import check_targets
    from mgah.search.faiss_index import build_index, check_target, write_index
    from mgah.words import counted

    check_target(output)
    check_targets([output, output.with_suffix(".json")], [codes])
    read = read_named_codes(codes)
    write_index(output, build_index(read, kind, radius, lists, probes))
    print(f"{kind} index of {counted(len(read.names), 'code')} of {counted(read.n_bits, 'bit')} in {output}")
