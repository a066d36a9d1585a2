"""Choose a method's open hyper-parameters on one split, by its seen classes alone.

Some of the seen classes are held out and play unseen ones. Each candidate, a variant of the method, is fitted on the
other classes and scored by the mAP of held-out queries among the training images. `mgah.training.choice` describes the
record.
"""

import argparse
from pathlib import Path

from mgah import registry
from mgah.cli import json_array
from mgah.errors import InputError
from mgah.training.choice import Choice, write_choice
from mgah.training.job import Job
from mgah.training.pseudo_unseen import draw_tasks
from mgah.training.rule import best_variant
from mgah.training.trials import try_variants
from mgah.training.variants import grid_variants


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that this job takes besides those of `mgah.training.job.add_arguments`."""
    parser.add_argument("--choose", type=json_array, required=True, help="axes of the grid, as JSON")
    parser.add_argument("--trials", type=int, required=True, help="variants to try, the default included")
    parser.add_argument("--draws", type=int, required=True, help="draws of held-out classes")
    parser.add_argument("--pseudo-unseen", type=int, help="classes held out in a draw; default a tenth")
    parser.add_argument("--output", required=True, type=Path, help="record of the choice to write, .json")


def run(job: Job, arguments: argparse.Namespace) -> None:
    """Score the candidates and write the record of the choice."""
    if len(job.bits) != 1:
        raise InputError(f"--bits is {list(job.bits)}, expected the one code length of the trials")
    inputs = job.inputs
    variants = grid_variants(job.method, job.parameters, arguments.choose, arguments.trials)
    tasks = draw_tasks(inputs.split, inputs.images, arguments.draws, arguments.pseudo_unseen, job.seed)
    scores = try_variants(job, variants, tasks)
    choice = Choice(
        cell=job.place() | {"label": job.label or registry.load("methods", job.method).label},
        bits=job.bits[0],
        seed=job.seed,
        settings=[variant.parameters for variant in variants],
        held_out=[list(task.held_out) for task in tasks],
        mAP=scores.tolist(),
        chosen=best_variant(scores),
    )
    write_choice(arguments.output, choice)
