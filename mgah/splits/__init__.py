"""Splits: which classes are unseen, and which images are training, query and database images."""

from mgah.splits.draw import draw_split
from mgah.splits.split import Split
from mgah.splits.store import read_split, write_split

__all__ = ["Split", "draw_split", "read_split", "write_split"]
