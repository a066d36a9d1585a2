"""Fit one method on one split at several values of one parameter at a time.

Each value is fitted as the job ``fit`` would fit it alone, and its codes lie in ``<parameter>/<value>/``. A varied code
length is the exception: all its values are fitted together, and their codes lie in ``bits/``. Models are not stored, as
nothing reads them.
"""

import argparse
from pathlib import Path

from tqdm import tqdm

from mgah.cli import json_object
from mgah.training.fit import write_fit
from mgah.training.job import Job
from mgah.training.variants import sweep_variants


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that this job takes besides those of `mgah.training.job.add_arguments`."""
    parser.add_argument("--sweep", required=True, help="name of the sweep in the config")
    parser.add_argument(
        "--vary", type=json_object, required=True, help="values by parameter, training or bits, as JSON"
    )
    parser.add_argument("--codes", type=Path, required=True, help="output folder of the codes")


def run(job: Job, arguments: argparse.Namespace) -> None:
    """Fit all variants of the sweep and write their codes; nothing is fitted where one of them is not valid."""
    variants = list(sweep_variants(job, arguments.sweep, arguments.vary))
    jobs = [variant.of(job) for variant in variants]
    for changed in jobs:
        changed.check(changed.build())
    for variant, changed in tqdm(list(zip(variants, jobs, strict=True)), unit="variant", disable=None):
        write_fit(changed, arguments.codes / variant.label, None)
