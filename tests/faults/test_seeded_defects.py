"""The list of seeded defects fits the code; with --whole, each defect is caught by its test."""

import subprocess
import sys

import pytest

from tests.faults.readers import READERS
from tests.faults.seeded import ROOT, defects, fault
from tests.faults.test_bad_inputs import ROWS


def test_every_defect_stands_in_the_code_once_and_has_its_test():
    assert [fault(defect) for defect in defects() if fault(defect)] == []
    assert len(defects()) >= 60 and len(set(defects())) == len(defects())


def test_the_page_has_the_number_of_inputs_readers_and_defects():
    page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    assert f"{len(ROWS)} bad inputs of {len(READERS)} readers" in page
    assert (
        f"{sum(reader.sealed for reader in READERS.values())} of the {len(READERS)} files with a checksum"
        in page
    )
    assert f"{len(defects())} seeded defects" in page


@pytest.mark.whole
def test_every_defect_is_caught():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.seeded"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
