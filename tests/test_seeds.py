"""Seeds: what is one, and which are refused."""

import numpy as np
import pytest

from mgah import registry, seeds
from mgah.errors import InputError
from mgah.evaluation import no_coding
from mgah.semantics.store import ClassSemantics


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, True, "1", None, np.int64(-1)])
def test_no_stream_starts_from_what_is_no_seed(seed):
    for draw in (seeds.sequence, seeds.generator, seeds.integer):
        with pytest.raises(InputError, match=r"the seed is .*, expected an integer from 0 to 2\^63 - 1"):
            draw(seed, "x")


def test_streams_are_what_they_were():
    assert seeds.integer(0, "x") == 1766120817
    assert seeds.integer(np.int64(2**63 - 1), "x") == seeds.integer(2**63 - 1, "x")


@pytest.mark.parametrize(
    "changes", [{"random_state": -1}, {"random_state": 10**30}, {"n_bits": 10**12}, {"n_bits": 10**30}]
)
@pytest.mark.parametrize("name", ["itq", "random_projection", "sdh", "mgah"])
def test_methods_refuse_numbers_that_cannot_be(name, changes):
    features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
    semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
    with pytest.raises(InputError, match=rf"{next(iter(changes))} is .*, expected"):
        registry.build("methods", name, **{"n_bits": 4} | changes).fit(features, labels, semantics)


def test_a_seed_that_only_files_rows_is_checked_as_well(tmp_path):
    needed = [f"--{name}={tmp_path}" for name in ("features", "images", "dataset-card", "splits", "output")]
    with pytest.raises(InputError, match="the seed is -1"):
        no_coding.main([*needed, "--semantics-name=x", "--seed=-1"])
