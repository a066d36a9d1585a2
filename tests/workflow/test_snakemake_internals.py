"""What the workflow sets in Snakemake where the user has not."""

from types import SimpleNamespace

import pytest

from workflow import snakemake_internals


@pytest.mark.parametrize(("given", "used"), [(None, 54), (1000, 1000)])
def test_a_choice_of_jobs_is_among_few_unless_the_user_says_how_many(given, used):
    scheduler = SimpleNamespace(subsample=given)
    workflow = SimpleNamespace(scheduler=scheduler, global_resources={"_cores": 2})
    snakemake_internals.choose_among_few(workflow)
    assert workflow.scheduler.subsample == used
