"""Scores of other runs, or of other people, to be set beside those of a run: their reader, and what is comparable.

A submission is a folder with ``scores.csv``, packed or not, and ``provenance.json``: a finished run, a published one,
or what somebody sends. Of its provenance the keys ``datasets``, ``splits`` and, where there are any, ``features``
count, of its ``config`` how it makes backbones and class semantics, and ``files`` with the checksum of the scores
(`mgah.report.page.provenance`).

Two values of a split are comparable where its lists of images are the same, which its checksum tells, on the same
dataset, backbone and class semantics. A backbone is the same where its component, its options and, as far as both
record them, its weights are; fingerprints of features are not compared, as those of equal features part where a
library prepares images with another rounding. Splits of which the run has none are left out; whatever else differs is
refused.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mgah import registry
from mgah.backbones.model_names import expanded
from mgah.errors import InputError
from mgah.io.files import read_json
from mgah.io.packed import FORMS, packed_file, unpacked
from mgah.io.records import (
    INTEGER,
    NAME,
    OBJECT,
    OBJECTS,
    SHA256,
    SHA256_OR_NULL,
    TEXT_OR_NULL,
    Kind,
    check_fields,
)
from mgah.registry.limits import defaults
from mgah.report.inputs import SCORES
from mgah.report.page.provenance import PROVENANCE
from mgah.report.publish import MANIFEST, check_manifest
from mgah.tables import scores

_AGAIN = "correct it, or make it again"
_COUNTS = ("training", "queries", "seen_queries", "database")
_DATASET = {"name": NAME, "images": INTEGER, "classes": INTEGER, "archive_sha256": SHA256_OR_NULL}
_DATASET |= {"card_sha256": SHA256_OR_NULL}
_SPLIT = {
    "dataset": NAME,
    "split": NAME,
    "seed": INTEGER,
    "counts": OBJECT,
    "checksum": SHA256,
    "images": SHA256,
}
_FEATURES = {"dataset": NAME, "backbone": NAME, "weights_sha256": TEXT_OR_NULL}
_SCORES = scores.SCORES.but(again=_AGAIN)
#: What each list of a provenance holds; ``features`` may be missing.
_LISTS: dict[str, dict[str, Kind]] = {"datasets": _DATASET, "splits": _SPLIT, "features": _FEATURES}
#: Options of backbones that say what is known of the weights, and change no feature.
_SAID = ("trained_on",)
#: Entries of a record by the names that they have.
Entries = dict[tuple[str, ...], dict]


@dataclass(frozen=True, eq=False)
class Submission:
    """Scores with their provenance.

    Attributes:
        name: what rows of it are labeled with.
        place: its folder.
        scores: the table, with the columns of `mgah.tables.scores`.
        record: the content of its ``provenance.json``.
    """

    name: str
    place: Path
    scores: pd.DataFrame
    record: dict

    def by(self, kind: str, *names: str) -> Entries:
        """The entries of one list of the provenance by the values of their fields ``names``."""
        return {tuple(entry[name] for name in names): entry for entry in self.record.get(kind, [])}


def read_submission(place: Path, name: str = "") -> Submission:
    """Read the submission in the folder ``place``; its ``name`` is by default that of its config, or of the folder.

    Raises:
        InputError: for files that are missing or cannot be read, with the file, and the line and column of a bad value;
            scores of another checksum than the provenance has, or of splits of which it says nothing.
    """
    file = packed_file(place, SCORES)
    if file is None or not (place / PROVENANCE).is_file():
        lacks = SCORES if file is None else PROVENANCE
        raise InputError(
            f"{place} has no {lacks}, expected a folder with {FORMS.format(SCORES)} and {PROVENANCE}, such as "
            "that of a published run"
        )
    if (place / MANIFEST).is_file():
        check_manifest(place)
    record = read_json(place / PROVENANCE, _AGAIN)
    _check_record(record, str(place / PROVENANCE))
    _check_content(file, record)
    named = name or str(_object(record.get("config")).get("name") or place.resolve().name)
    found = Submission(named, place, _SCORES.read(file), record)
    known = found.by("splits", "dataset", "split")
    for split in found.scores[["dataset", "split"]].drop_duplicates().itertuples(index=False, name=None):
        if split not in known:
            raise InputError(
                f"{file} has scores of the split {split[1]} of {split[0]}, of which {PROVENANCE} says "
                f"nothing, expected its checksum and counts under splits: {_AGAIN}"
            )
    return found


def comparable(
    run: Submission, other: Submission, beside: Sequence[Submission] = ()
) -> tuple[pd.DataFrame, list[str]]:
    """Return the scores of ``other`` that may stand beside those of ``run``, and what has to be said of them.

    ``beside`` are submissions that stand there already, with the scores that were kept of them.

    Raises:
        InputError: where a split, a dataset, a backbone or class semantics of one name are not the same in both, or in
            ``other`` and one of ``beside``, or where the run and ``other`` share no split.
    """
    ours = run.by("splits", "dataset", "split")
    keys = pd.MultiIndex.from_frame(other.scores[["dataset", "split"]])
    left_out = sorted(set(keys) - ours.keys())
    kept = other.scores[keys.isin(list(ours))]
    if kept.empty:
        raise InputError(
            f"{other.place} cannot be set beside {run.name}: they have no split of a dataset in common, expected one "
            "or more"
        )
    for side in (run, *beside):
        if fault := _difference(side, other, kept):
            raise InputError(
                f"{other.place} cannot be set beside {side.name}: {fault}; their values are not comparable, leave it "
                "out or compute it anew"
            )
    said = _other_cards(run, other, kept)
    if left_out:
        names = ", ".join(f"{split} of {dataset}" for dataset, split in left_out)
        said.append(f"Of {other.name}, which {run.name} does not have, are left out: {names}.")
    return kept, said


def _difference(side: Submission, other: Submission, kept: pd.DataFrame) -> str:
    """What is not the same in ``side`` and ``other``, of all that the values ``kept`` of the latter are of."""
    kinds = (_of_datasets, _of_backbones, _of_features, _of_semantics, _of_splits)
    return next(filter(None, (of_kind(side, other, kept) for of_kind in kinds)), "")


def _check_record(record: dict, place: str) -> None:
    check_fields(
        record, dict.fromkeys(_LISTS, OBJECTS) | {"files": OBJECT}, place, ("features", "files"), _AGAIN
    )
    for kind, fields in _LISTS.items():
        for number, entry in enumerate(record.get(kind, []), start=1):
            optional = ("archive_sha256", "card_sha256", "weights_sha256")
            check_fields(entry, fields, f"entry {number} of {kind} in {place}", optional, _AGAIN)
            if kind == "splits":
                counts = dict.fromkeys(_COUNTS, INTEGER)
                check_fields(
                    entry["counts"], counts, f"counts in entry {number} of splits in {place}", again=_AGAIN
                )


def _check_content(file: Path, record: Mapping) -> None:
    """The scores have the checksum that the provenance gives, if it gives one; packed ones have it unpacked."""
    expected = record.get("files", {}).get(SCORES)
    content = unpacked(file, _AGAIN)
    if expected is not None and hashlib.sha256(content).hexdigest() != expected:
        raise InputError(f"{file} is not the file that {PROVENANCE} beside it has the SHA-256 of: {_AGAIN}")


def _pairs(ours: Entries, theirs: Entries, kept: pd.DataFrame, *names: str) -> Iterator[tuple]:
    """The keys of both sides that the values of the columns ``names`` of ``kept`` name, and both entries of each."""
    used = kept[list(names)].drop_duplicates().itertuples(index=False, name=None)
    return ((key, ours[key], theirs[key]) for key in sorted(used) if key in ours and key in theirs)


def _datasets(run: Submission, other: Submission, kept: pd.DataFrame) -> Iterator[tuple]:
    return _pairs(run.by("datasets", "name"), other.by("datasets", "name"), kept, "dataset")


def _of_datasets(run: Submission, other: Submission, kept: pd.DataFrame) -> str:
    """What differs between the cards of a dataset, of which both say something."""
    for (name,), ours, theirs in _datasets(run, other, kept):
        for count in ("images", "classes"):
            if ours[count] != theirs[count]:
                return f"the dataset {name} has {theirs[count]:,} {count} there and {ours[count]:,} here"
        archives = ours.get("archive_sha256"), theirs.get("archive_sha256")
        if None not in archives and archives[0] != archives[1]:
            return f"the dataset {name} is of another archive there"
    return ""


def _other_cards(run: Submission, other: Submission, kept: pd.DataFrame) -> list[str]:
    """Notes on datasets whose cards are not the same file, though their images are."""
    return [
        f"The card of {name} is another in {other.name}: its images and splits are the same, but not all that it says."
        for (name,), ours, theirs in _datasets(run, other, kept)
        if len({ours.get("card_sha256"), theirs.get("card_sha256")} - {None}) == 2
    ]


def _of_splits(run: Submission, other: Submission, kept: pd.DataFrame) -> str:
    """What differs between the splits of one name."""
    names = "dataset", "split"
    pairs = _pairs(run.by("splits", *names), other.by("splits", *names), kept, *names)
    return next(filter(None, (_of_split(ours, theirs) for _, ours, theirs in pairs)), "")


def _of_split(ours: Mapping, theirs: Mapping) -> str:
    """What differs between two splits of one name, the protocol's numbers first."""
    name = f"the split {ours['split']} of {ours['dataset']}"
    for count in _COUNTS:
        here, there = ours["counts"][count], theirs["counts"][count]
        if here != there:
            return f"{name} has {there:,} images of {count.replace('_', ' ')} there and {here:,} here"
    if ours["images"] != theirs["images"]:
        return f"{name} is of another table of images there"
    if ours["checksum"] != theirs["checksum"]:
        return f"{name} has other lists of images there, drawn with the seed {theirs['seed']} and {ours['seed']} here"
    return ""


def _of_backbones(run: Submission, other: Submission, kept: pd.DataFrame) -> str:
    """Which backbone of one name is another one or has other options, where both configs tell."""
    both = _backbones(run.record, run.scores), _backbones(other.record, kept)
    pairs = _pairs(*both, kept, "dataset", "backbone")
    return next(filter(None, (_of_backbone(name, ours, theirs) for (_, name), ours, theirs in pairs)), "")


def _of_backbone(name: str, ours: Mapping, theirs: Mapping) -> str:
    """What differs between two backbones of one name, the component first; an option that is not given is null."""
    if ours["component"] != theirs["component"]:
        return f"the backbone {name} is {theirs['component']} there and {ours['component']} here"
    here, there = ours["options"], theirs["options"]
    for option in sorted(here.keys() | there.keys()):
        if here.get(option) != there.get(option):
            values = [json.dumps(side.get(option)) for side in (there, here)]
            return f"the option {option} of the backbone {name} is {values[0]} there and {values[1]} here"
    return ""


def _backbones(record: Mapping, scores: pd.DataFrame) -> Entries:
    """How the config makes the backbones of ``scores``, by dataset and name; none where it does not tell."""
    blocks = _object(record.get("config")).get("backbones")
    if not isinstance(blocks, dict):
        return {}
    used = scores[["dataset", "backbone"]].drop_duplicates().itertuples(index=False, name=None)
    return {(dataset, name): _backbone(name, _object(blocks.get(name))) for dataset, name in used}


def _backbone(name: str, block: Mapping) -> dict:
    """The ``component`` of a backbone, by default that of its ``name``, and its ``options`` with their defaults."""
    component, options = expanded(str(block.get("backbone", name)), _object(block.get("options")))
    if component in registry.names("backbones"):
        found = registry.find("backbones", component)
        options = defaults(found) | options
        if options.get("image_size") is None and "default_image_size" in found.tags:
            options["image_size"] = found.tags["default_image_size"]
    return {"component": component, "options": {key: options[key] for key in options if key not in _SAID}}


def _of_features(run: Submission, other: Submission, kept: pd.DataFrame) -> str:
    """Which backbone of one name has other weights; an empty text and null are none."""
    names = "dataset", "backbone"
    ours, theirs = run.by("features", *names), other.by("features", *names)
    for (dataset, backbone), *both in _pairs(ours, theirs, kept, *names):
        if len({entry.get("weights_sha256") or "" for entry in both}) == 2:
            return f"the backbone {backbone} has other weights on {dataset} there"
    return ""


def _of_semantics(run: Submission, other: Submission, kept: pd.DataFrame) -> str:
    """Which class semantics of one name are made otherwise, where both configs tell."""
    both = _semantics(run.record), _semantics(other.record)
    for (dataset, semantics), ours, theirs in _pairs(*both, kept, "dataset", "semantics"):
        if ours != theirs:
            return f"the class semantics {semantics} of {dataset} are made otherwise there"
    return ""


def _semantics(record: Mapping) -> Entries:
    """How the config makes each class semantics, by dataset and name; words on them do not count."""
    datasets = _object(_object(record.get("config")).get("datasets"))
    return {
        (dataset, name): {key: value for key, value in _object(source).items() if key != "stand_in"}
        for dataset, block in datasets.items()
        for name, source in _object(_object(block).get("semantics")).items()
    }


def _object(value: object) -> dict:
    """A part of a config; a submission need not have one."""
    return value if isinstance(value, dict) else {}
