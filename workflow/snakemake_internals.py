"""The only module that uses undocumented parts of Snakemake; tests run it with the lowest and the newest version.

- ``workflow.config_settings.configfiles`` and ``.config``: the files of ``--configfile``, and what ``--config`` gave.
- ``workflow.dag.needrun_jobs()`` and ``rule.name``, ``wildcards`` and ``log`` of its jobs: before the first job, which
  files are missing that planned jobs read, and the stage of each rule. Events name a job's files when it begins.
- ``workflow.resource_settings.nodes``: set where jobs go to a cluster, whose GPUs are not known here.
- ``workflow.global_resources`` and ``workflow.register_resource``: ``--resources gpu=N`` as given, and a default for
  it. Without a bound Snakemake starts all GPU jobs at once.
- ``workflow.output_settings``: a logger plugin is made with it, and it tells a dry run.
- ``workflow.exec_mode``: Snakemake calls itself on a cluster's nodes, which neither show progress nor own the run.
- ``.snakemake/locks/*.lock``: files with the paths that a run reads or writes, which a killed run leaves behind.
- ``DAG.check_incomplete`` and ``workflow.dag_settings.force_incomplete``: outputs that a killed job was making are made
  again, as ``--rerun-incomplete`` says. Without it Snakemake stops and asks for that option, for fear of half files,
  which jobs here never leave under an output's name.
- ``workflow.scheduler``, there in ``onstart``: its ``subsample``, what ``--scheduler-subsample`` gave, as before each
  choice Snakemake asks for existence and size of every input of every waiting job; and its ``job_rate_limiter``, of
  ``--max-jobs-per-timespan``. Each choice under a limit asks for another one after a second, and so does each job that
  ends, so that a run makes ever more choices a second, up to all that one core can.
- ``snakemake.logging.logger`` and its handler with the name ``DefaultStreamHandler``: a logger plugin is chosen with
  ``--logger`` or by a profile alone. Snakemake finds a profile by itself only in a folder ``default`` or
  ``profiles/default`` beside the Snakefile, announces it even with ``--quiet all``, and stops where the plugin that it
  names is not found, as one in a checkout or an editable install is not.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from snakemake.logging import logger

if TYPE_CHECKING:
    from workflow.logger.snakemake_logger_plugin_mgah import LogHandler


#: Jobs, and seconds in which so many may start, where ``--max-jobs-per-timespan`` is not given.
DEFAULT_RATE = (100, 1)


class Planned(NamedTuple):
    """A planned job: its rule, its wildcards by name, and its log files."""

    rule: str
    wildcards: dict[str, str]
    logs: list[Path]


def given_config_files(workflow) -> list[Path]:
    """Return the files of ``--configfile``."""
    return [Path(file) for file in workflow.config_settings.configfiles]


def given_config(workflow) -> dict[str, object]:
    """Return what ``--config`` gave, as Snakemake reads it."""
    return dict(workflow.config_settings.config)


def planned_jobs(workflow) -> Iterator[Planned]:
    """Yield the jobs that will run; call it when Snakemake has planned, as in ``onstart``."""
    for job in workflow.dag.needrun_jobs():
        yield Planned(job.rule.name, dict(job.wildcards.items()), [Path(log) for log in job.log])


def bounded_resource(workflow, name: str) -> int | None:
    """Return the bound of the resource ``name`` for all jobs together; None where it has none."""
    bound = workflow.global_resources.get(name)
    return getattr(bound, "value", bound)  # a plain number before 9.15


def bound_resource(workflow, name: str, most: int) -> None:
    """Let all jobs together use at most ``most`` of the resource ``name``."""
    workflow.register_resource(name, most)


def relieve_scheduler(workflow) -> None:
    """Let the scheduler choose among few jobs, and only when one has ended; call it in ``onstart`` of a local run.

    The few are drawn at random, and enough that each core finds one that fits. What the user has set stays.
    """
    scheduler = workflow.scheduler
    if scheduler.subsample is None:
        scheduler.subsample = 50 + 2 * (bounded_resource(workflow, "_cores") or 1)
    limiter = scheduler.job_rate_limiter
    if limiter is not None and (limiter.max_jobs, limiter.timespan) == DEFAULT_RATE:
        scheduler.job_rate_limiter = None


def on_cluster(workflow) -> bool:
    """Say whether jobs run on other machines than this one."""
    return workflow.resource_settings.nodes is not None


def is_main(workflow) -> bool:
    """Say whether this process plans and starts the jobs; else another one has started it to run some of them."""
    return workflow.exec_mode.name == "DEFAULT"


def is_dry(workflow) -> bool:
    """Say whether this is a dry run."""
    return workflow.output_settings.dryrun


def make_incomplete_again() -> None:
    """Let the outputs that killed jobs were making be made again, in this process."""
    from snakemake.dag import DAG  # alone it cannot be imported before snakemake.workflow

    check = DAG.check_incomplete

    async def forced(dag):
        dag.workflow.dag_settings.force_incomplete = True
        await check(dag)

    DAG.check_incomplete = forced


def remove_locks(folder: str) -> bool:
    """Remove the locks of runs in the current folder that read or write below ``folder``; say whether there were any.

    Call it only when no such run is alive.
    """
    found = [
        lock
        for lock in Path(".snakemake", "locks").glob("*.lock")
        if any(
            line.startswith(f"{folder}/")
            for line in lock.read_text(encoding="utf-8", errors="replace").splitlines()
        )
    ]
    for lock in found:
        lock.unlink()
    return bool(found)


def use_logger(workflow, plugin: type["LogHandler"]) -> "LogHandler":
    """Let the logger plugin ``plugin`` print in the stead of Snakemake's own handler, and return its handler.

    Where the user has chosen another plugin, this one prints nothing and only records the run.
    """
    handler = plugin(workflow.output_settings, None)
    own: logging.Handler | None = None
    for found in list(logger.handlers):
        if found.name == "DefaultStreamHandler":
            own = found
            logger.removeHandler(found)
    handler.replace(own)
    logger.addHandler(handler)
    return handler
