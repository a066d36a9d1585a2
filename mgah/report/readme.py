"""``python -m mgah.report.readme``: write those parts of README.md anew that say what published runs found.

A part stands between ``<!-- generated: WORD FOLDER -->`` and ``<!-- end -->``, where WORD is one of `PARTS` and FOLDER
a published run, seen from the page. ``table1`` also takes the word of a dataset, to show it alone, and ``file`` the
name of a file in the folder, to show it as it is. ``lengths`` takes the folder of published runs and their names, and
``keys`` that of the schema of configs. Pages of ``docs`` have such parts too.
"""

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from mgah.cli import run
from mgah.errors import InputError
from mgah.io.files import atomic_path
from mgah.io.folders import restore
from mgah.report.answer import answer
from mgah.report.config_keys import config_keys
from mgah.report.full import fewer_words, full_among, full_size
from mgah.report.grid import bits_words, bold
from mgah.report.lengths import by_length
from mgah.report.order import in_method_order
from mgah.report.publish import read_table
from mgah.report.style import block_label, headline_bits, is_control
from mgah.report.wording import MISSING
from mgah.report.writers import cells_markdown
from mgah.tables.keys import SETTING

_PART = re.compile(
    r"(<!-- generated: (?P<word>\S+) (?P<folder>\S+)(?: (?P<more>\S+))? -->\n).*?(?P<end><!-- end -->)",
    flags=re.DOTALL,
)


#: What the rows of one dataset may differ in beside the method.
_ASIDE = ("backbone", "semantics")
#: The columns of Table 1 that are shown: texts, which may be such as NA, and numbers.
_TEXTS = (*SETTING, "method", "label")
_NUMBERS = ("bits", "published", "ours", "splits", "seeds", "runs")


def claims(folder: Path) -> str:
    """The verdicts: the first frame of the table of claims, which names each in a row and each setting in a column."""
    text = _read(folder / "tables/claims.md")
    frame = re.search(r"^## .*?\n\n(?:[^|#\n].*\n\n)?((?:\|.*\n)+)", text, flags=re.MULTILINE)
    if frame is None:
        raise InputError(
            f"{folder / 'tables/claims.md'} holds no table under a heading: make the claims again"
        )
    return frame[1].rstrip("\n")


def table1(folder: Path, dataset: str | None = None) -> str:
    """mAP of all methods that were run but controls, by code length, and the paper's at the headline length.

    A frame a dataset: a method on another backbone, or with other class semantics, is a row of its own. A cell on fewer
    splits or seeds than others of its dataset says so, and is not bold.
    """
    rows = read_table(folder, "table1", _TEXTS, _NUMBERS, keep_default_na=False)
    splits = rows.groupby("dataset")["splits"].max()
    rows = rows[rows["ours"].notna() & rows["bits"].notna() & ~rows["method"].map(is_control)]
    if dataset is not None:
        rows = rows[rows["dataset"] == dataset]
    if rows.empty:
        raise InputError(
            f"{folder / 'tables/table1.csv'} has no mAP of {dataset or 'any dataset'}: name a dataset that was run"
        )
    return "\n\n".join(_means(part, int(splits[name])) for name, part in rows.groupby("dataset", sort=True))


def _means(rows: pd.DataFrame, splits: int) -> str:
    """The frame of one dataset, which has so many splits."""
    size = full_size(rows, splits)
    rows = rows.astype({"bits": int})
    several = [name for name in _ASIDE if rows[name].nunique() > 1]
    entry = ["method", *_ASIDE]
    entries = in_method_order(rows.drop_duplicates(entry), after=_ASIDE)
    keys = list(entries[entry].itertuples(index=False, name=None))
    labels = entries["label"]
    for name in several:
        labels = labels + " · " + entries[name]
    place = rows.iloc[0]
    backbone, semantics = ("" if name in several else place[name] for name in _ASIDE)
    heading = f"mAP, {block_label(place['dataset'], backbone, semantics)}"
    frame = pd.DataFrame({heading: labels.tolist()})
    lengths = sorted(rows["bits"].unique())
    for length in lengths:
        here = rows[rows["bits"] == length]
        ours = here.set_index(entry).reindex(keys)
        texts = [
            MISSING if pd.isna(cell["ours"]) else f"{cell['ours']:.3f}{fewer_words(cell, size)}"
            for _, cell in ours.iterrows()
        ]
        frame[bits_words(length)] = bold(texts, ours["ours"].where(full_among(ours, here, splits)))
    headline = headline_bits(lengths)
    paper = rows[rows["bits"] == headline].set_index(entry)["published"].reindex(keys)
    if paper.notna().any():
        texts = [MISSING if pd.isna(value) else f"{value:.3f}" for value in paper]
        frame[f"paper, {bits_words(headline)}"] = texts
    return cells_markdown(frame)


def file(folder: Path, name: str) -> str:
    """A file of the folder."""
    return _read(folder / name).rstrip("\n")


PARTS: dict[str, Callable[..., str]] = {
    "answer": answer,
    "claims": claims,
    "table1": table1,
    "file": file,
    "lengths": by_length,
    "keys": config_keys,
}


def generated(text: str, root: Path) -> str:
    """``text`` with all its parts written anew; folders are seen from ``root``."""

    def part(found: re.Match) -> str:
        if found["word"] not in PARTS:
            raise InputError(
                f"there is no part {found['word']!r} of the README, expected one of {', '.join(PARTS)}"
            )
        given = [found["more"]] if found["more"] else []
        folder = root / found["folder"]
        restore(folder)
        return f"{found[1]}{PARTS[found['word']](folder, *given)}\n{found['end']}"

    return _PART.sub(part, text)


def prose(text: str) -> str:
    """``text`` without its generated parts."""
    return _PART.sub("", text)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error}): publish the run again") from error


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and write the file."""
    parser = argparse.ArgumentParser(prog="python -m mgah.report.readme", description=__doc__)
    parser.add_argument("file", nargs="?", default=Path("README.md"), type=Path)
    page = parser.parse_args(arguments).file
    text = generated(_read(page), page.parent)
    with atomic_path(page) as path:
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    run(main)
