"""Shared by all tests: where real data lies, if it is there."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that MGAH_DATA names; the test is skipped where it is not set."""
    folder = os.environ.get("MGAH_DATA")
    if not folder:
        pytest.skip("MGAH_DATA is not set: no real images, vectors or WordNet here")
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def data_dir(real_data) -> Path:
    """`real_data`, called as the sources of semantics call their argument."""
    return real_data
