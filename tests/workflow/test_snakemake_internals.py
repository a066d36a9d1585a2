"""What the workflow sets in Snakemake where the user has not."""

from types import SimpleNamespace

import pytest

from workflow import snakemake_internals


def relieved(**given):
    scheduler = SimpleNamespace(**{"subsample": None, "job_rate_limiter": None} | given)
    workflow = SimpleNamespace(scheduler=scheduler, global_resources={"_cores": 2})
    snakemake_internals.relieve_scheduler(workflow)
    return scheduler


@pytest.mark.parametrize(("given", "used"), [(None, 54), (1000, 1000)])
def test_a_choice_of_jobs_is_among_few_unless_the_user_says_how_many(given, used):
    assert relieved(subsample=given).subsample == used


@pytest.mark.parametrize(("jobs", "seconds", "stays"), [(100, 1, False), (2, 60, True)])
def test_choices_are_made_when_a_job_ends_unless_the_user_limits_their_rate(jobs, seconds, stays):
    limiter = SimpleNamespace(max_jobs=jobs, timespan=seconds)
    assert (relieved(job_rate_limiter=limiter).job_rate_limiter is limiter) == stays
    assert relieved().job_rate_limiter is None


@pytest.mark.slow
def test_the_default_rate_is_snakemakes_own():
    from snakemake.cli import get_argument_parser

    rate = get_argument_parser().parse_args([]).max_jobs_per_timespan
    assert (rate.max_jobs, rate.timespan) == snakemake_internals.DEFAULT_RATE
