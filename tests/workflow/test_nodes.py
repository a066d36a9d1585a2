"""What the nodes of a SLURM cluster have, from lines as sinfo prints them."""

import os
import subprocess

import pytest

from mgah.errors import InputError
from workflow.nodes import Nodes, check, listed, read


def test_the_smallest_node_of_the_default_partition_and_all_gpus_are_found():
    lines = [
        "n1|short*|32|(null)",
        "n2|short*|16|gpu:2",
        "n2|gpu|16|gpu:2",  # a node may be in several partitions
        "n3|gpu|64|gpu:a100:4(S:0,1),gpu:v100:2(S:1),shard:8",
        "n4|tiny|4|gpumem:80",
        "",
    ]
    assert read(lines) == Nodes(cpus=16, most_cpus=64, gpus=8, most_gpus=6)


@pytest.mark.parametrize(
    ("resources", "gpus"),
    [
        ("(null)", 0),
        ("gpu:3", 3),
        ("gpu:tesla:1", 1),
        ("craynetwork:4,gpu:h100:8(S:0-1)", 8),
        ("gpu:1g.10gb:7", 7),
        ("gpu:2(IDX:0-1)", 2),
    ],
)
def test_gpus_are_counted_in_every_form_of_generic_resources(resources, gpus):
    assert read([f"n1|main|8|{resources}"]) == Nodes(8, 8, gpus, gpus)


def test_without_sinfo_or_nodes_nothing_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert listed() is None
    program = tmp_path / "sinfo"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    assert listed() is None
    assert read([]) is None


def test_sinfo_is_asked_for_these_columns(tmp_path, monkeypatch):
    program = tmp_path / "sinfo"
    program.write_text(
        '#!/bin/sh\n[ "$*" = "--noheader --Node --format=%N|%P|%c|%G" ] && echo "n1|main*|2|gpu:1"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert subprocess.run(["sinfo"], check=False).returncode == 1
    assert listed() == Nodes(2, 2, 1, 1)


def test_a_job_that_fits_on_no_node_is_refused_before_it_waits_for_ever():
    nodes = Nodes(cpus=2, most_cpus=8, gpus=0, most_gpus=0)
    check(nodes, 8)
    check(None, 64)
    with pytest.raises(InputError, match="--cores is 9 and no node has more than 8 CPUs"):
        check(nodes, 9)
