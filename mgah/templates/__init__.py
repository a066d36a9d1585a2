"""Files to start from: a method, a dataset and a config that run as they stand, with comments on what to change."""

import keyword
import os
import re
from pathlib import Path
from string import Template

import yaml

from mgah import registry
from mgah.errors import InputError
from mgah.io.files import atomic_path

KINDS = {"method": ".py", "dataset": ".py", "config": ".yaml"}
_HERE = Path(__file__).parent


def text_of(kind: str, name: str) -> str:
    """Return the text of the file of ``kind``, a key of `KINDS`, for a component or config called ``name``.

    Raises:
        InputError: for a name that configs cannot use.
    """
    words = name.split("_")
    class_name = "".join(word.capitalize() for word in words)
    label = " ".join(words).strip().capitalize()
    is_taken = any(map(keyword.iskeyword, (name, class_name)))
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or is_taken or yaml.safe_load(name) != name:
        raise InputError(
            f"the name is {name!r}, expected small letters, digits and _, such as my_{kind}, and no word of Python or "
            "YAML: configs use it, and Python imports it"
        )
    text = (_HERE / f"{kind}.txt").read_text(encoding="utf-8")
    if re.search(rf"^(from|import)\b.*\b{class_name}\b", text, re.MULTILINE):
        raise InputError(
            f"the name is {name!r}, whose class would be {class_name}, which the file imports: give another name"
        )
    return Template(text).substitute(name=name, class_name=class_name, label=label)


def write(kind: str, name: str, folder: Path) -> Path:
    """Write that file to ``folder`` and return it.

    Raises:
        InputError: for a name that configs cannot use or that a component has already, or a file that is there.
    """
    text, file = text_of(kind, name), folder / f"{name}{KINDS[kind]}"
    if kind != "config" and name in registry.names(f"{kind}s"):
        place = registry.find(f"{kind}s", name).file
        raise InputError(f"{place} defines the {kind} {name!r} already: give another name")
    if os.path.lexists(file):
        raise InputError(f"{file} is there already: give another name, or remove it")
    with atomic_path(file) as path:
        path.write_text(text, encoding="utf-8")
    return file
