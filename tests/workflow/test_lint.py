"""Snakemake's linter finds what docs/how-it-is-built.md gives a reason for, and nothing else."""

import re
from fnmatch import fnmatchcase

import pytest

from tests.workflow.conftest import ROOT, SMALL, copy_sources, snakemake


def lints(output: str) -> set[str]:
    """The first line of each lint, without where it is."""
    return {line.removesuffix(":") for line in re.findall(r"^    \* (.+)$", output, flags=re.M)}


def accepted(page: str) -> set[str]:
    """The patterns of the lints that the section "Lint" lists."""
    (section,) = re.findall(r"^## Lint\n.*?(?=^## )", page, flags=re.M | re.S)
    return set(re.findall(r"^- `(.+?)`", section, flags=re.M))


@pytest.mark.slow
def test_the_linter_finds_what_the_docs_give_a_reason_for_and_nothing_else(tmp_path):
    _, output = snakemake(copy_sources(tmp_path / "repository"), "--lint", *SMALL)
    found, patterns = lints(output), accepted((ROOT / "docs/how-it-is-built.md").read_text())
    assert found and patterns
    without_reason = {lint for lint in found if not any(fnmatchcase(lint, pattern) for pattern in patterns)}
    without_lint = {pattern for pattern in patterns if not any(fnmatchcase(lint, pattern) for lint in found)}
    assert not without_reason and not without_lint, output[-3000:]
