"""Scoring the candidates of a choice on retrieval tasks; `mgah.training.rule` takes one of them."""

from collections.abc import Sequence

import numpy as np

from mgah import registry, seeds
from mgah.methods.base import HashingMethod
from mgah.metrics.ranking import mean_average_precision
from mgah.training.job import Job
from mgah.training.pseudo_unseen import Task
from mgah.training.variants import Variant


def try_variants(job: Job, variants: Sequence[Variant], tasks: Sequence[Task]) -> np.ndarray:
    """Fit every variant of the job's method on every task and return its mAP there: float64 (variants, tasks).

    The code length is the job's first. On one task all variants are fitted from the same seed, with the semantics of
    the task's kept classes.
    """
    features, semantics = job.inputs.features, job.inputs.semantics
    scores = np.empty((len(variants), len(tasks)))
    for column, task in enumerate(tasks):
        random_state = seeds.integer(job.seed, "selection", *task.held_out)
        common = {"n_bits": job.bits[0], "random_state": random_state} | job.parameters
        training, kept = features[task.training], semantics.subset(task.kept)
        for row, variant in enumerate(variants):
            method = registry.build("methods", job.method, **common | variant.parameters).fit(
                training, task.labels, kept
            )
            scores[row, column] = _score(method, features, task)
    return scores


def _score(method: HashingMethod, features: np.ndarray, task: Task) -> float:
    return mean_average_precision(
        method.encode(features[task.queries]),
        task.query_classes,
        method.encode(features[task.database]),
        task.database_classes,
    )
