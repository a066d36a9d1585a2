"""Fit one method on one split with one parameter at a time at several values.

Each value is fitted as the job ``fit`` would alone. Its codes lie in ``<parameter>/<value>/``, those of the code
lengths, which are fitted together, in ``bits/``. Its models are not stored: nothing reads them.
"""

import argparse
from pathlib import Path

from tqdm import tqdm

from mgah.cli import json_object
from mgah.training.fit import write_fit
from mgah.training.job import Job
from mgah.training.variants import sweep_variants


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What this job takes besides `mgah.training.job.add_arguments`."""
    parser.add_argument("--sweep", required=True, help="config word of the sweep")
    parser.add_argument(
        "--vary", type=json_object, required=True, help="values by parameter, training or bits, as JSON"
    )
    parser.add_argument("--codes", type=Path, required=True, help="output folder of the codes")


def run(job: Job, arguments: argparse.Namespace) -> None:
    """Fit all variants of the sweep; a bad name or size fits none."""
    variants = list(sweep_variants(job, arguments.sweep, arguments.vary))
    jobs = [variant.of(job) for variant in variants]
    for changed in jobs:
        changed.build()
    for variant, changed in tqdm(list(zip(variants, jobs, strict=True)), unit="variant", disable=None):
        write_fit(changed, arguments.codes / variant.label, None)
