"""``mgah new``: a file of one's own to start from."""

from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import Annotated

from typer import Argument, Option


class Kind(StrEnum):
    """The kinds of `mgah.templates`."""

    method = "method"
    dataset = "dataset"
    config = "config"


_NEXT = {
    "method": "Test it:  MGAH_MODULES={word} pytest tests/methods/test_contract.py -k {name}\n"
    "Use it:   in a config, under modules: {file}, and under methods: {name}",
    "dataset": "Test it:  MGAH_MODULES={word} pytest tests/datasets/test_contract.py -k {name}\n"
    "Use it:   in a config, under modules: {file}, and under datasets: {name}",
    "config": "Run it:   mgah run {word}",
}


def new(
    kind: Annotated[Kind, Argument(metavar="KIND", help="method, dataset or config.")],
    name: Annotated[
        str, Argument(metavar="NAME", help="Its name: small letters, digits and _, such as my_method.")
    ],
    folder: Annotated[Path, Option(help="Folder that the file is written to.")] = Path(),
) -> None:
    """Write a method, a dataset or a config that runs as it stands, with comments on what to change.

    Examples: mgah new method my_method; mgah new dataset my_images; mgah new config my_run
    """
    from mgah.checkout import is_here
    from mgah.templates import write

    written = write(kind, name, folder)
    # configs and tests take a path relative to the repository
    file = written if is_here() else written.absolute()
    print(f"Written:  {written}")
    print(_NEXT[kind].format(file=file, word=quote(str(file)), name=name))
