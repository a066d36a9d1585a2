"""What stands for raw data among a job's params: Snakemake sees no change of files that are no inputs."""

import os
from collections.abc import Iterator
from pathlib import Path


def state(data_dir: str, *settings: object) -> list:
    """The data folder, and path, size and modification time (ns) of each file in it that ``settings`` name.

    Args:
        data_dir: an absolute path counts without its links, a relative one as it is written, so a run and its data
            may be moved together.
        settings: blocks of the config; any text in them, at any depth, that is the path of a file in the data folder
            (or of one elsewhere) counts. Folders do not, as downloads and caches change them.

    Nothing is opened, and nothing needs to be there.
    """
    folder = Path(data_dir)
    files = {text: folder / text for text in _texts(settings) if text}
    states = []
    for text, path in sorted(files.items()):
        if path.is_file():
            status = path.stat()
            states.append([text, status.st_size, status.st_mtime_ns])
    return [os.path.realpath(folder) if folder.is_absolute() else str(folder), *states]


def _texts(value: object) -> Iterator[str]:
    """All texts in nested mappings and sequences, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
