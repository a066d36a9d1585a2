"""Trying settings of a method on retrieval tasks, and the rule that chooses one."""

from collections.abc import Sequence

import numpy as np

from mgah import seeds
from mgah.methods.base import HashingMethod
from mgah.methods.discovery import build_method
from mgah.metrics.ranking import mean_average_precision
from mgah.metrics.statistics import standard_error
from mgah.semantics.store import ClassSemantics
from mgah.training.pseudo_unseen import Task


def try_settings(
    name: str,
    settings: Sequence[dict],
    tasks: Sequence[Task],
    features: np.ndarray,
    semantics: ClassSemantics,
    n_bits: int,
    seed: int,
) -> np.ndarray:
    """mAP of every setting on every task, float64 (settings, tasks).

    All settings are fitted on a task from the same seed.

    Args:
        settings: constructor parameters, all but the code length and the seed.
        features: of all images, float32 (images, d).
        semantics: of all classes; a fit gets those of the task's kept classes.
    """
    scores = np.empty((len(settings), len(tasks)))
    for column, task in enumerate(tasks):
        common = {"n_bits": n_bits, "random_state": seeds.integer(seed, "selection", *task.held_out)}
        training, kept = features[task.training], semantics.subset(task.kept)
        for row, setting in enumerate(settings):
            method = build_method(name, common | setting).fit(training, task.labels, kept)
            scores[row, column] = _score(method, features, task)
    return scores


def _score(method: HashingMethod, features: np.ndarray, task: Task) -> float:
    return mean_average_precision(
        method.encode(features[task.queries]),
        task.query_classes,
        method.encode(features[task.database]),
        task.database_classes,
    )


def best_setting(scores: np.ndarray) -> int:
    """Row of ``scores`` (settings, tasks) to take: the highest mean, unless the default, row 0, is within noise of it.

    Noise is one standard error, over tasks, of the difference between the two; a single task has none.
    """
    best = int(scores.mean(axis=1).argmax())
    lead = scores[best] - scores[0]
    noise = standard_error(lead) if len(lead) > 1 else 0.0
    return best if lead.mean() > noise else 0
