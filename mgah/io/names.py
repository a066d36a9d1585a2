"""Names of files: which are hidden or an operating system's, where links lead, and how sentences list them."""

import posixpath
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from mgah.errors import InputError

#: Files and folders that operating systems and file servers leave beside those of a person, in lower case.
SYSTEM = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir", "$recycle.bin"}
    | {"system volume information"}
)
#: Characters that no name may have: control characters, and those that stand for bytes that are no UTF-8.
_NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
#: Names that a sentence lists.
_SHOWN = 5
#: Links on the way to a file after which the way counts as a circle, as on Linux.
_MOST_LINKS = 40


def is_own(name: str) -> bool:
    """Say whether the file ``name``, with ``/`` between folders, is neither hidden nor one of an operating system.

    Examples:
        >>> [is_own(name) for name in ("cat/1.jpg", "cat/._1.jpg", ".git/config", "cat/Thumbs.db")]
        [True, False, False, False]
    """
    return not any(
        (part.startswith(".") and part not in (".", "..")) or part.lower() in SYSTEM
        for part in name.split("/")
    )


def is_text(name: str) -> bool:
    """Say whether ``name`` is one line of UTF-8 text without control characters, as tables and pages hold it.

    Examples:
        >>> [is_text(name) for name in ("cat/1.jpg", "cat\\n.jpg", "\\udcff.jpg")]
        [True, False, False]
    """
    return not _NO_TEXT.search(name)


def check_text(name: str, what: str) -> None:
    """Raise `InputError` for the ``name`` of a file that is not `is_text`; ``what`` calls the file in the sentence.

    Examples:
        >>> check_text("cat\\n.jpg", "the image 'cat\\\\n.jpg' of zoo")
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: the image 'cat\\n.jpg' of zoo has a name that is no UTF-8, or a control character in ...
    """
    if not is_text(name):
        raise InputError(f"{what} has a name that is no UTF-8, or a control character in it: rename it")


def composed(name: str) -> str:
    """Return ``name`` with each letter and its accent as one character, where names of files on macOS have two.

    It is Unicode's form NFC, in which the project compares names of classes and of splits.

    Examples:
        >>> len("Lo\\N{COMBINING DIAERESIS}we"), len(composed("Lo\\N{COMBINING DIAERESIS}we"))
        (5, 4)
    """
    return unicodedata.normalize("NFC", name)


def top_names(names: Iterable[str]) -> str:
    """Return, as text for a sentence, what lies at the top of the files ``names``: folders end with ``/``.

    Examples:
        >>> top_names(["zoo/cat/1.jpg", "zoo/dog/1.jpg", "readme.txt"])
        'readme.txt, zoo/'
    """
    tops = sorted({top + slash for top, slash, _ in (name.partition("/") for name in names)})
    return listed(tops) or "nothing"


def listed(names: Iterable[str], most: int = _SHOWN, more: str = "more") -> str:
    """Return ``names`` as text for a sentence: ``most`` of them, and how many there are beside them.

    Examples:
        >>> listed(["cat", "dog"]), listed(["cat", "dog", "eel", "fox"], most=2)
        ('cat, dog', 'cat, dog and 2 more')
    """
    known = list(names)
    others = f" and {len(known) - most:,} {more}" if len(known) > most else ""
    return ", ".join(known[:most]) + others


def link_target(link: str, target: str) -> str:
    """Return the path in the archive that the symbolic ``link`` leads to, whose content is the path ``target``.

    Examples:
        >>> link_target("zoo/cat/1.jpg", "../dog/2.jpg")
        'zoo/dog/2.jpg'
    """
    return posixpath.normpath(posixpath.join(posixpath.dirname(link), target))


def followed(links: Mapping[str, str], files: Collection[str]) -> dict[str, str]:
    """Follow the ``links`` of an archive to its ``files``; return the file by each name that a link gives it.

    A link to a folder gives a name to each file in it; one that leads to nothing in the archive gives none.

    Args:
        links: path that each link leads to, both from the archive's top and without ``.`` and ``..``.
        files: names of the files.

    Raises:
        InputError: for a link that leads back to itself or to a folder that it lies in.

    Examples:
        >>> followed({"pets/cat": "zoo/cat", "one.jpg": "pets/cat/1.jpg"}, ["zoo/cat/1.jpg"])
        {'pets/cat/1.jpg': 'zoo/cat/1.jpg', 'one.jpg': 'zoo/cat/1.jpg'}
    """
    named: dict[str, str] = {}
    for link in links:
        end = _end(link, links)
        if end == "." or f"{link}/".startswith(f"{end}/"):
            raise InputError(
                f"the link {link} leads back to {'itself' if end == link else 'a folder that it lies in'}"
            )
        if end in files:
            named[link] = end
        else:
            named |= {link + name[len(end) :]: name for name in files if name.startswith(f"{end}/")}
    return named


def _end(link: str, links: Mapping[str, str]) -> str:
    """The path without links that ``link`` leads to; ``link`` itself where it leads in a circle."""
    path = link
    for _ in range(_MOST_LINKS):
        parts = path.split("/")
        heads = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        through = next((head for head in heads if head in links), None)
        if through is None:
            return path
        path = posixpath.normpath(links[through] + path[len(through) :])
    return link
