"""The class of an image by the folders that it lies in, for datasets and for codes of images alike.

The class folder is the first one below what lies above all classes: a single folder, as programs that pack a folder
make it, or parts such as ``train`` and ``val``. What lies deeper, ``<class>/young/1.jpg``, belongs to the class.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from mgah.errors import InputError
from mgah.io.names import composed

#: Names, in lower case, of folders above the classes: where two of them lie side by side they are parts, no classes.
_PARTS = frozenset({"train", "training", "val", "valid", "validation", "test", "testing", "dev"})


def by_class(paths: Iterable[str], home: str, parts: Sequence[str] = ()) -> tuple[dict[str, str], list[str]]:
    """Return the class of each of the files ``paths`` in ``home`` and its ``parts``, and those in no class folder.

    Args:
        paths: paths of files, with ``/`` between folders.
        home: the folder that the class folders, or the parts, lie in: "" or a path that ends in ``/``.
        parts: folders above the class folders; files in others are left out. None where there are none.

    Examples:
        >>> by_class(["zoo/cat/young/1.jpg", "zoo/2.jpg"], "zoo/")
        ({'zoo/cat/young/1.jpg': 'cat'}, ['zoo/2.jpg'])
    """
    labels, outside = {}, []
    for path in paths:
        *folders, _ = path.removeprefix(home).split("/")
        if not path.startswith(home) or (parts and folders and composed(folders[0]) not in parts):
            continue
        inner = folders[1:] if parts else folders
        if inner:
            labels[path] = composed(inner[0])
        else:
            outside.append(path)
    return labels, outside


def parts_among(images: Sequence[str]) -> tuple[list[str], str]:
    """Return the folders at the top that are parts and no classes, and which folders in them tell it.

    Parts are called so, or have images in folders alone, some of which are called as folders in another part.

    Examples:
        >>> parts_among(["train/cat/1.jpg", "val/dog/2.jpg"])
        (['train', 'val'], 'such as cat')
        >>> parts_among(["cat/1.jpg", "dog/young/2.jpg"])
        ([], '')
    """
    below: dict[str, set[str]] = {}
    flat = set()
    for path in images:
        top, *inner, _ = path.split("/")
        if inner:
            below.setdefault(top, set()).add(inner[0])
        else:
            flat.add(top)
    called = {top for top in below.keys() | flat if top.lower() in _PARTS}
    parts = sorted(called & below.keys()) if len(called) > 1 else []
    above = parts or sorted(below.keys() - flat)
    counts = Counter(name for top in above for name in below[top])
    if shared := sorted(name for name, count in counts.items() if count > 1):
        return above, f"of the same names, such as {shared[0]}"
    return parts, f"such as {min(below[parts[0]])}" if parts else ""


def classes_of(paths: Sequence[str], place: str, known: Collection[str] = ()) -> list[str]:
    """Return the class of each image of ``paths``, by its class folder.

    Args:
        paths: paths of images, with ``/`` between folders.
        place: the file that has them, for the error's sentence.
        known: names of classes: folders at the top that are called like them are classes, and no folder above them.

    Raises:
        InputError: for images in no folder, and for parts above the class folders.

    Examples:
        >>> classes_of(["zoo/cat/young/1.jpg", "zoo/dog/2.jpg"], "zoo.npz")
        ['cat', 'dog']
        >>> classes_of(["cat/young/1.jpg", "cat/old/2.jpg"], "cats.npz", known=["cat", "dog"])
        ['cat', 'cat']
    """
    known = {composed(name) for name in known}
    home = _home(paths, known)
    labels, outside = by_class(paths, home)
    if outside:
        raise InputError(
            f"the labels of {place} are not known, as {outside[0]} lies in no class folder: name their file with "
            "--labels"
        )
    above, below = parts_among([composed(path.removeprefix(home)) for path in paths])
    if above and not known >= set(above):
        raise InputError(
            f"the labels of {place} are not known, as its images lie in {', '.join(above)} above folders {below}, "
            "expected folders of classes at the top: encode each of these folders by itself, or name the file of the "
            "labels with --labels"
        )
    return [labels[path] for path in paths]


def _home(paths: Sequence[str], known: Collection[str]) -> str:
    """The folder that the class folders lie in: "" or a path that ends in ``/``."""
    home = ""
    while len(tops := {path[len(home) :].partition("/")[0] for path in paths}) == 1:
        (top,) = tops
        inner = f"{home}{top}/"
        if composed(top) in known or not all("/" in path[len(inner) :] for path in paths):
            break
        home = inner
    return home
