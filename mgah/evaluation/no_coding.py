"""``python -m mgah.evaluation.no_coding``: score float features by cosine, the reference line without codes.

It shows how well the features rank before they are coded. It is no upper bound: centering or learning can do better. It
is no method, as nothing is learned or drawn, so it is in the tables without code lengths, under the name
`mgah.evaluation.reference_lines.NO_CODING`.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from mgah import seeds
from mgah.backbones.store import read_features
from mgah.cli import run
from mgah.datasets.card import read_dataset
from mgah.evaluation import rows
from mgah.evaluation.reference_lines import NO_CODING, REFERENCE_LINES
from mgah.evaluation.rows import Value
from mgah.evaluation.score import both_sides
from mgah.methods.trained import FROZEN
from mgah.metrics.cosine import cosine_average_precision
from mgah.metrics.from_counts import chance_average_precision, mean_defined
from mgah.normalization import l2_rows
from mgah.splits import Split, names_by_id, read_split, split_notes
from mgah.tables.leaks import read_marks_by_class
from mgah.tables.scores import METHOD_COLUMNS, write_scores

#: Notes beside every number of the line.
NOTES = ("reference line: float features, no codes",)

_ROWS = 1 << 13  # images normalized at a time


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None) and write the scores of all splits."""
    parser = argparse.ArgumentParser(prog="python -m mgah.evaluation.no_coding", description=__doc__)
    parser.add_argument("--features", required=True, type=Path, help="folder of the feature store")
    parser.add_argument("--images", required=True, type=Path, help="the dataset's images table")
    parser.add_argument("--dataset-card", required=True, type=Path, help="the dataset's card (dataset.json)")
    parser.add_argument(
        "--semantics-name", required=True, help="name of the experiment's semantics in the config"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed the rows are filed under; nothing is drawn")
    parser.add_argument("--splits", required=True, nargs="+", type=Path, help="split files (.json)")
    parser.add_argument("--output", required=True, type=Path, help="score file to write (.csv)")
    parser.add_argument("--leaks", type=Path, help="leak marks of the classes (.csv)")
    given = parser.parse_args(arguments)
    seeds.check(given.seed)
    leaks = read_marks_by_class(given.leaks)
    images, card = read_dataset(given.images, given.dataset_card)
    features, features_card = read_features(
        given.features, len(images), dataset=card.name, table=given.images
    )
    tables = []
    for path in tqdm(given.splits, desc="score", unit="split", disable=None):
        split = read_split(path, images)
        cell = {
            "dataset": card.name,
            "backbone": features_card["backbone"],
            "semantics": given.semantics_name,
            "split": split.name,
            "method": NO_CODING,
            "label": REFERENCE_LINES[NO_CODING],
            "trained": FROZEN,
            "seed": given.seed,
            "notes": [*card.notes, *split_notes(split, images), *features_card["notes"], *NOTES],
        }
        tables.append(rows.score_rows(cell, score_split(features, images, split), split.unseen, leaks))
    write_scores(given.output, pd.concat(tables, ignore_index=True), METHOD_COLUMNS)


def score_values(
    query_rows: np.ndarray,
    query_labels: np.ndarray,
    database_rows: np.ndarray,
    database_labels: np.ndarray,
    seen_places: np.ndarray,
    class_names: tuple[str, ...],
) -> list[Value]:
    """Return the metric values of one split ranked by cosine.

    Args:
        query_rows: features of the queries, as `mgah.metrics.cosine.cosine_average_precision` takes them.
        query_labels: their classes, integers (queries,), as indices into ``class_names``.
        database_rows, database_labels: features and classes of the database.
        seen_places: indices of the seen queries in the database, integers (seen queries,).
        class_names: names of all classes.
    """
    unseen = cosine_average_precision(query_rows, query_labels, database_rows, database_labels)
    seen = np.empty(0)
    if len(seen_places):
        rows, labels = database_rows[seen_places], database_labels[seen_places]
        seen = cosine_average_precision(rows, labels, database_rows, database_labels, own=seen_places)
    relevant = np.bincount(database_labels, minlength=len(class_names))[query_labels][:, None]
    chance = chance_average_precision(np.full_like(relevant, len(database_rows)), relevant)
    return [
        Value("chance_mAP", "", mean_defined(chance)[0]),
        *both_sides(unseen, query_labels, seen, database_labels[seen_places], class_names),
    ]


def score_split(features: np.ndarray, images: pd.DataFrame, split: Split) -> list[Value]:
    """Return the metric values of ``features``, float32 (images, d), on one split, ranked by cosine."""
    labels = images["class_id"].to_numpy()
    return score_values(
        _unit_rows(features, split.queries),
        labels[split.queries],
        _unit_rows(features, split.database),
        labels[split.database],
        np.searchsorted(split.database, split.seen_queries),
        names_by_id(images),
    )


def _unit_rows(features: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Features of the images ``ids`` at unit length, read block by block: the store may be larger than the memory."""
    blocks = (features[ids[start : start + _ROWS]] for start in range(0, len(ids), _ROWS))
    return np.concatenate([l2_rows(np.asarray(block, dtype=np.float32)) for block in blocks])


if __name__ == "__main__":
    run(main)
