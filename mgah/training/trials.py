"""Scoring the candidates of a choice on retrieval tasks; `mgah.training.rule` takes one of them."""

from collections.abc import Sequence

import numpy as np

from mgah import registry, seeds
from mgah.errors import DivergedError
from mgah.methods.base import HashingMethod
from mgah.metrics.ranking import mean_average_precision
from mgah.training.job import Job
from mgah.training.pseudo_unseen import Task
from mgah.training.variants import Variant


def try_variants(job: Job, variants: Sequence[Variant], tasks: Sequence[Task]) -> np.ndarray:
    """Fit every variant of the job's method on every task and return its mAP there: float64 (variants, tasks).

    The code length is the job's first. On one task all variants are fitted from the same seed, with the semantics of
    the task's kept classes. A variant whose training diverges on a task has 0 there, which no other has.

    Raises:
        InputError: for a variant whose parameters do not fit, before any is fitted, or where on some task every
            variant diverges.
    """
    features, semantics = job.inputs.features, job.inputs.semantics
    scores = np.zeros((len(variants), len(tasks)))
    for task in tasks:
        training, kept = features[task.training], semantics.subset(task.kept)
        for method in _methods(job, variants, task):
            method.check_many([method], training, task.labels, kept)
    for column, task in enumerate(tasks):
        training, kept = features[task.training], semantics.subset(task.kept)
        diverged: list[DivergedError] = []
        for row, method in enumerate(_methods(job, variants, task)):
            try:
                method.fit(training, task.labels, kept)
            except DivergedError as error:
                diverged.append(error)
            else:
                scores[row, column] = _score(method, features, task)
        if len(diverged) == len(variants):
            raise diverged[0]
    return scores


def _methods(job: Job, variants: Sequence[Variant], task: Task) -> list[HashingMethod]:
    """An unfitted method for each variant on ``task``."""
    random_state = seeds.integer(job.seed, "selection", *task.held_out)
    common = {"n_bits": job.bits[0], "random_state": random_state} | job.parameters
    return [registry.build("methods", job.method, **common | variant.parameters) for variant in variants]


def _score(method: HashingMethod, features: np.ndarray, task: Task) -> float:
    return mean_average_precision(
        method.encode(features[task.queries]),
        task.query_classes,
        method.encode(features[task.database]),
        task.database_classes,
    )
