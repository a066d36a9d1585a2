"""Datasets whose archive the project downloads where the data folder has no form of them."""

from pathlib import Path

from mgah.datasets.base import set_folder
from mgah.errors import InputError
from mgah.io.files import as_found


def check_folder(dataset: str, root: Path, download: bool, where: str) -> None:
    """Raise `InputError` for an option ``download`` that is none, or a data folder ``root`` that does not exist.

    A mistyped folder is not to be made and filled by a download.
    """
    if not isinstance(download, bool):
        raise InputError(f"{dataset}: download is {download!r}, expected true or false")
    if not root.is_dir():
        then = "to download into it" if download else f"and put there {where}"
        raise InputError(
            f"{dataset}: data folder {root} {as_found(root)}: {set_folder()}, or create it {then}"
        )


def download_archive(
    dataset: str, url: str, target: Path, download: bool, where: str, checksum: str | None = None
) -> None:
    """Download ``url`` to ``target`` in the data folder, which has no form of the dataset.

    ``checksum`` is that of `mgah.io.downloads.download`.

    Raises:
        InputError: for a ``download`` that is false, or one that fails; the sentence says what is to be put ``where``.
    """
    from mgah.io.downloads import download as fetch

    absent = f"{dataset} is not in the data folder {target.parent}"
    instead = f"put there {where}, or {set_folder()}"
    if not download:
        raise InputError(
            f"{absent} and its download is switched off: set the dataset's option download to true, {instead}"
        )
    try:
        fetch(url, target, checksum)
    except InputError as error:
        raise InputError(f"{absent} and its download failed ({error}): run again, {instead}") from error
