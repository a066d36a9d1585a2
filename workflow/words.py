"""Config words of datasets, backbones and semantics sources, read from their modules without importing them.

The discovery modules of the packages import what they find, and with it NumPy or torch; a dry run must not.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: What the module of a word holds: a class with the word as its name, or the source's one function.
_MARKS = {
    "datasets": r'^    name = "{word}"$',
    "backbones": r'^    name = "{word}"$',
    "semantics": r"^def class_semantics\(",
}


def words(package: str) -> list[str]:
    """The words that ``package`` of mgah (datasets, backbones or semantics) knows, sorted."""
    modules = sorted((ROOT / "mgah" / package).glob("*.py"))
    return [
        module.stem
        for module in modules
        if re.search(_MARKS[package].format(word=module.stem), module.read_text(encoding="utf-8"), flags=re.M)
    ]


def shipped_sets() -> list[str]:
    """Folders of mgah/semantics with class semantics that come with the project."""
    return sorted(folder.parent.name for folder in (ROOT / "mgah/semantics").glob("*/provenance.json"))
