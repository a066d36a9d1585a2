"""The contract tests know no component by its name."""

import re
from pathlib import Path

import pytest

from mgah import registry

TESTS = Path(__file__).parent
#: Words of components that are words of Python's or of the contracts' own as well.
ORDINARY = {"images", "attributes", "vectors", "table", "arrays", "torchvision"}


@pytest.mark.parametrize("kind", ["datasets", "backbones", "semantics", "methods"])
def test_the_contract_test_of_a_kind_names_no_component(kind, monkeypatch):
    monkeypatch.delenv(registry.VARIABLE, raising=False)
    words = set(re.findall(r"\w+", (TESTS / kind / "test_contract.py").read_text()))
    for other in registry.KINDS:
        assert not words & set(registry.names(other)) - ORDINARY - {"mgah"}
