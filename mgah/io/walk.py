"""The folders below a folder, one by one, through links."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

#: What identifies a folder under any name: device and inode.
Identity = tuple[int, int]
File = TypeVar("File")


def walk(
    top: Path, inside: Callable[[Path], tuple[Identity, Sequence[File], Sequence[str]]]
) -> Iterator[tuple[str, Sequence[File], Sequence[str], bool]]:
    """Yield ``top`` and each folder below it, and do not enter a link that leads back.

    Args:
        top: the folder.
        inside: returns what identifies a folder, the files in it, and the names of its folders.

    Yields:
        Path from ``top`` ("", or one that ends in ``/``), files, names of folders, and whether it is a link that leads
        back to a folder that it lies in.

    Examples:
        >>> found = {Path("zoo"): ((0, 1), ["a.png"], ["cat"]), Path("zoo/cat"): ((0, 2), ["b.png"], [])}
        >>> [(above, files) for above, files, _, _ in walk(Path("zoo"), found.__getitem__)]
        [('', ['a.png']), ('cat/', ['b.png'])]
    """
    pending: list[tuple[str, frozenset[Identity]]] = [("", frozenset())]
    while pending:
        above, ancestors = pending.pop()
        identity, files, folders = inside(top / above)
        leads_back = identity in ancestors
        yield above, files, folders, leads_back
        if not leads_back:
            pending += [(f"{above}{name}/", ancestors | {identity}) for name in folders]
