"""Splits: which classes of a dataset are unseen, and which of its images train, query and are searched."""

from mgah.splits.arrays import images_of
from mgah.splits.classes import drawn_classes, unseen_classes
from mgah.splits.draw import draw_split, training_subset
from mgah.splits.notes import split_notes
from mgah.splits.split import Split, names_by_id, seen_labels
from mgah.splits.store import read_split, write_split

__all__ = [
    "Split",
    "draw_split",
    "drawn_classes",
    "images_of",
    "names_by_id",
    "read_split",
    "seen_labels",
    "split_notes",
    "training_subset",
    "unseen_classes",
    "write_split",
]
