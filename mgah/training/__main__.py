"""``python -m mgah.training JOB ...``: the jobs that train a method on one split.

``fit`` writes codes and models of all code lengths, ``choose`` the record of a choice of hyper-parameters, ``sweep``
codes at several values of one parameter at a time, ``graphs`` the similarity graphs of a training batch. Each job is
the module of its name in this package, with the functions ``add_arguments(parser)`` and ``run(job, arguments)``.
"""

import argparse
from collections.abc import Sequence
from importlib import import_module

from mgah.cli import run
from mgah.training.job import add_arguments, read_job

JOBS = ("fit", "choose", "sweep", "graphs")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None), read the job's inputs and run it.

    Only the module of the job is imported, so that a fit imports nothing that only another job needs.
    """
    parser = argparse.ArgumentParser(
        prog="python -m mgah.training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("job", choices=JOBS)
    parser.add_argument("options", nargs=argparse.REMAINDER, help="see python -m mgah.training JOB --help")
    asked = parser.parse_args(arguments)
    module = import_module(f"mgah.training.{asked.job}")
    options = argparse.ArgumentParser(prog=f"python -m mgah.training {asked.job}", description=module.__doc__)
    add_arguments(options)
    module.add_arguments(options)
    given = options.parse_args(asked.options)
    module.run(read_job(given), given)


if __name__ == "__main__":
    run(main)
