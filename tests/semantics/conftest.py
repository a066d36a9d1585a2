import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_dir() -> Path:
    if "MGAH_DATA" not in os.environ:
        pytest.skip("MGAH_DATA names no folder with real data")
    return Path(os.environ["MGAH_DATA"])
