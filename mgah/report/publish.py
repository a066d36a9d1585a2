"""Copy what a reader needs of a finished run to a folder that is kept: tables, figures, page, tidy tables.

Not codes, features and models. Tidy tables are packed: ``scores.csv`` becomes ``scores.csv.xz``, which pandas reads as
it is. ``SHA256SUMS`` lists the checksums of all that is published, for ``sha256sum -c``.
"""

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mgah.cli import run
from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json, sha256
from mgah.io.folders import replacing, restore
from mgah.io.names import listed
from mgah.io.packed import SUFFIX, pack
from mgah.io.records import NAME, OBJECT, OBJECTS, TEXT_OR_NULL, TEXTS, check_fields
from mgah.report.inputs import SCORES
from mgah.report.outputs import SUFFIXES
from mgah.report.page.provenance import PAGE, PROVENANCE

MANIFEST = "SHA256SUMS"
#: The page on which other runs stand beside this one, and the files that belong to it. They are no part of what is
#: published: they may come and go, and `MANIFEST` lists none of them.
LEADERBOARD_PAGE = "leaderboard.html"
LEADERBOARD = (
    LEADERBOARD_PAGE,
    "leaderboard.csv",
    *(f"tables/leaderboard{suffix}" for suffix in SUFFIXES["tables"]),
)
#: Largest file in MB that is copied unless another limit is given.
LIMIT_MB = 5.0


def publish(source: Path, target: Path, limit_mb: float = LIMIT_MB) -> list[Path]:
    """Copy the finished run in the folder ``source`` to the folder ``target``, which is replaced as a whole.

    Raises:
        InputError: for a run that is not finished, or whose tables, figures or page are not of its scores; for a
            file above ``limit_mb``; for a ``target`` that holds anything else than a published run: a file that its
            `MANIFEST` does not list and that belongs to no leaderboard.
    """
    restore(target)
    contents = dict(_packed(source, name) for name in published_files(source))
    sizes = {name: len(content) / 1e6 for name, content in contents.items()}
    if large := [f"{name} ({size:.1f} MB)" for name, size in sizes.items() if size > limit_mb]:
        raise InputError(
            f"{source}: {', '.join(large)}, expected at most {limit_mb:g} MB a file, to be kept with the code; "
            "raise --limit-mb if more shall be"
        )
    _check_target(source, target)
    with replacing(target) as fresh:
        for name, content in contents.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(content)
        write_manifest(fresh)
    return [target / name for name in (*contents, MANIFEST)]


def write_manifest(folder: Path) -> None:
    """Write the checksums of what is published in ``folder``, sorted by path, to its `MANIFEST`."""
    with atomic_path(folder / MANIFEST) as path:
        lines = [f"{sha256(folder / name)}  {name}\n" for name in sorted(_published(folder))]
        path.write_text("".join(lines), encoding="utf-8")


def check_manifest(folder: Path) -> None:
    """All files of the `MANIFEST` of ``folder`` are as they were published; an `InputError` if one is not."""
    listed = _manifest(folder / MANIFEST)
    there = _published(folder)
    strange = {name for name in there if not Path(name).name.startswith(".")} - listed.keys()
    wrong = [
        name for name, checksum in listed.items() if name not in there or sha256(folder / name) != checksum
    ] + sorted(strange)
    if wrong:
        raise InputError(
            f"{folder}: {', '.join(wrong)} changed after the run was published, or is gone or new: publish it "
            "again, after moving out what is new"
        )


def _published(folder: Path) -> set[str]:
    """Paths of all files in ``folder`` but its `MANIFEST` and what belongs to a leaderboard."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return there - {MANIFEST, *LEADERBOARD}


def _manifest(file: Path) -> dict[str, str]:
    """The checksums in ``file``, as ``sha256sum`` writes and reads them, by the path of each file."""
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    found = [re.fullmatch(r"([0-9a-f]{64}) [ *](?:\./)?(.+)", line) for line in text.splitlines()]
    if not found or None in found:
        line = found.index(None) + 1 if found else 1
        raise InputError(
            f"{file}, line {line}: expected the checksum and the name of a file, as sha256sum writes them: publish the "
            "run again"
        )
    return {match[2]: match[1] for match in found if match}


def _packed(source: Path, name: str) -> tuple[str, bytes]:
    """Name and content under which the file ``name`` is published: packed if it is a tidy table."""
    content = (source / name).read_bytes()
    if "/" in name or not name.endswith(".csv"):
        return name, content
    return f"{name}{SUFFIX}", pack(content)


def published_files(source: Path) -> list[str]:
    """Paths in the folder ``source`` of what is published of a run, sorted; an `InputError` if it is not finished."""
    if not (source / PROVENANCE).is_file():
        raise InputError(
            f"{source} has no {PROVENANCE}, expected a finished run: run it to its end, the target `page`"
        )
    record, place = read_json(source / PROVENANCE), str(source / PROVENANCE)
    check_fields(record, {"config": OBJECT, "files": OBJECT}, place, again="make the page again")
    check_fields(record["config"], {"outputs": OBJECT}, f"the config in {place}", again="make the page again")
    outputs = record["config"]["outputs"]
    check_fields(
        outputs, dict.fromkeys(SUFFIXES, TEXTS), f"outputs in {place}", tuple(SUFFIXES), "make the page again"
    )
    files = [
        f"{kind}/{name}{suffix}"
        for kind, suffixes in SUFFIXES.items()
        for name in outputs.get(kind, ())
        for suffix in suffixes
    ]
    tidy = [name for name in record["files"] if "/" not in name and name.endswith(".csv")]
    _check_finished(source, record["files"], [*files, SCORES])
    return sorted({*files, *tidy, PAGE, PROVENANCE})


def read_table(
    run: Path, name: str, columns: Sequence[str] = (), numbers: Sequence[str] = (), **options: Any
) -> pd.DataFrame:
    """Return the table ``name`` of a published run, its ``.csv``; ``options`` are those of `pandas.read_csv`.

    It has to have the ``columns``, and those of ``numbers``, which become numbers, NaN where they are empty.

    Raises:
        InputError: for a table that is not there or cannot be read, that lacks a column, or has a text for a number.
    """
    file = run / f"tables/{name}.csv"
    try:
        table = pd.read_csv(file, **options)
    except Exception as error:  # a damaged packed file can raise nearly anything
        raise InputError(f"{file} cannot be read as csv ({error}): publish the run again") from error
    if lacking := [column for column in (*columns, *numbers) if column not in table]:
        plural = "s" if len(lacking) > 1 else ""
        raise InputError(
            f"{file} has no column{plural} {', '.join(lacking)}, expected {'them' if plural else 'one'}: make the "
            "table again"
        )
    for column in numbers:
        found = pd.to_numeric(table[column].replace("", None), errors="coerce")
        wrong = table.loc[found.isna() & table[column].notna() & (table[column] != ""), column]
        if not wrong.empty:
            raise InputError(
                f"{file}, column {column}: got {wrong.iloc[0]!r}, expected a number or nothing: make the table again"
            )
        table[column] = found
    return table


def check_record(record: Mapping, place: str, again: str) -> None:
    """Raise `InputError` unless the provenance ``record`` has what the page of a run is made of.

    Args:
        record: the content of `PROVENANCE`.
        place: its file.
        again: what to do, the end of the sentence.
    """
    fields = {
        "config": OBJECT,
        "files": OBJECT,
        "commit": TEXT_OR_NULL,
        "versions": OBJECT,
        "machine": OBJECT,
    }
    fields |= dict.fromkeys(("datasets", "splits", "features", "stages"), OBJECTS)
    check_fields(record, fields, place, again=again)
    config = record["config"]
    of_config = {"name": NAME, "outputs": OBJECT, "datasets": OBJECT, "comparison": OBJECT}
    check_fields(config, of_config, f"the config in {place}", ("comparison",), again)
    check_fields(config["outputs"], dict.fromkeys(SUFFIXES, TEXTS), f"outputs in {place}", again=again)
    kinds = dict.fromkeys(config["datasets"], OBJECT)
    check_fields(config["datasets"], kinds, f"the datasets of the config in {place}", again=again)
    for name, block in config["datasets"].items():
        of = f"the dataset {name} of the config in {place}"
        check_fields(
            block,
            {"semantics": OBJECT, "development_splits": TEXTS},
            of,
            ("semantics", "development_splits"),
            again,
        )
        sources = block.get("semantics", {})
        check_fields(sources, dict.fromkeys(sources, OBJECT), f"semantics of {of}", again=again)


def _check_finished(source: Path, made_of: Mapping[str, str], needed: list[str]) -> None:
    """All files that the page was made of are as they were then; ``made_of`` has their checksums."""
    if unknown := sorted({*needed} - made_of.keys()):
        raise InputError(f"{source / PROVENANCE} knows nothing of {', '.join(unknown)}: make the page again")
    missing = [name for name in (*made_of, PAGE) if not (source / name).is_file()]
    if missing:
        raise InputError(f"{source} is not finished: it has no {', '.join(missing)}; run it to its end")
    changed = [name for name, checksum in made_of.items() if sha256(source / name) != checksum]
    if changed:
        raise InputError(
            f"{source}: {', '.join(changed)} changed after the page was made, so that scores, tables and page are of "
            "different runs; run it to its end"
        )


def _check_target(source: Path, target: Path) -> None:
    """The folder ``target`` may be deleted: it is a published run and nothing else, or nothing yet."""
    source, target = source.resolve(), target.resolve()
    if target == source or target in source.parents or source in target.parents:
        raise InputError(
            f"{target} and {source} hold one another: publish to another folder, results/published/NAME"
        )
    if not target.is_dir():
        if target.exists():
            raise InputError(f"{target} is a file, expected a folder: give another name")
        return
    strange = sorted(_entries(target) - _own(target))
    if strange:
        raise InputError(
            f"{target} holds {listed(strange, more='more files')}, expected a published run and nothing else, as it "
            "would be replaced: give another folder, or move them out of it"
        )


def _own(folder: Path) -> set[str]:
    """Paths of what the project writes to ``folder``, a published run; none where it does not hold one."""
    if not ((folder / MANIFEST).is_file() and (folder / PROVENANCE).is_file()):
        return set()
    try:
        check_fields(read_json(folder / PROVENANCE), {"config": OBJECT, "files": OBJECT}, PROVENANCE)
        return {MANIFEST, *LEADERBOARD, *_manifest(folder / MANIFEST)}
    except (InputError, OSError):  # they are somebody else's
        return set()


def _entries(folder: Path) -> set[str]:
    """Paths of all that is in ``folder`` and below it but folders; a link is an entry, wherever it leads."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {path.relative_to(folder).as_posix() for path in paths}


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m mgah.report.publish", description=__doc__)
    parser.add_argument(
        "--from", required=True, type=Path, metavar="DIR", dest="source", help="a finished run"
    )
    parser.add_argument(
        "--to", required=True, type=Path, metavar="DIR", help="results/published/NAME; is replaced"
    )
    parser.add_argument(
        "--limit-mb", default=LIMIT_MB, type=float, help="largest file in MB, default %(default)g"
    )
    given = parser.parse_args(arguments)
    files = publish(given.source, given.to, given.limit_mb)
    print(f"{len(files)} files in {given.to}, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")


if __name__ == "__main__":
    run(main)
