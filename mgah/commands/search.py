"""``mgah search``: nearest codes of images, features or codes."""

import sys
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from mgah.commands.encode import CORES, DataDir, Device, Threads, Weights


def search(
    database: Annotated[
        Path,
        Argument(metavar="DATABASE", help="An index (.faiss), codes of mgah encode, or a run's codes file."),
    ],
    source: Annotated[
        Path,
        Argument(metavar="QUERIES", help="An image, a folder or list of images, features, or codes (.npz)."),
    ],
    most: Annotated[int, Option("--neighbors", "-k", help="Neighbors of a query at most.", min=1)] = 10,
    radius: Annotated[int | None, Option(help="Largest Hamming distance.", min=0)] = None,
    json: Annotated[bool, Option("--json", help="Print JSON.")] = False,
    html: Annotated[
        Path | None, Option(help="File of a page with pictures of queries and neighbors.", metavar="FILE")
    ] = None,
    model: Annotated[
        Path | None,
        Option(help="The model that made the database, where that does not tell it, or it has moved since."),
    ] = None,
    images: Annotated[
        Path | None,
        Option(
            help="Folder of the database's images, where it has moved since.", exists=True, file_okay=False
        ),
    ] = None,
    data_dir: DataDir = Path("data"),
    weights: Weights = None,
    device: Device = "auto",
    threads: Threads = CORES,
) -> None:
    """Find the nearest codes of each query, by Hamming distance.

    Images and features are encoded with the model that made the database. Codes are searched exactly, and equal
    distances stand in the order of the database; an index answers as its kind does (mgah index --help).

    Examples: mgah search photos.npz query.png; mgah search photos.faiss new --radius 2 --html found.html
    """
    from mgah.errors import InputError
    from mgah.io.files import atomic_path
    from mgah.io.targets import check_suffix, check_targets
    from mgah.search.queries import read_database, read_queries
    from mgah.search.sheet import as_html, as_json, as_text
    from mgah.words import counted

    if images and not html:
        raise InputError(
            "--images is the folder of the pictures of a page, and there is none: add --html FILE"
        )
    if html:
        check_suffix(html, (".html", ".htm"), "a page")
        read = [database, database.with_suffix(".json"), source, weights]
        check_targets([html], [*read, model, model and model.with_suffix(".json")])
    known = read_database(database)
    queries = read_queries(source, known.header, model, data_dir, weights, device, threads)
    found = list(known.neighbors(queries, most, radius))
    if html:
        with atomic_path(html) as path:
            page, lacking = as_html(queries, known.header, found, images)
            path.write_text(page, encoding="utf-8")
        print(f"{counted(len(found), 'query')} in {html}", file=sys.stderr)
        if lacking:
            print(
                f"an empty box stands for {counted(len(lacking), 'image')}, not there or not readable, such as "
                f"{lacking[0]}: name the folder of the database's images with --images",
                file=sys.stderr,
            )
    if json or not html:
        print((as_json if json else as_text)(queries, known.header, found))
