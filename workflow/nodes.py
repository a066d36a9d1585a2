"""What the nodes of a SLURM cluster have, as its command ``sinfo`` lists them. Light to import."""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

from mgah.errors import InputError

#: A node, a partition (the default one ends in ``*``), the node's CPUs and its generic resources, such as GPUs.
_COLUMNS = "%N|%P|%c|%G"
#: GPUs among generic resources: ``gpu:2``, ``gpu:a100:2(S:0-1)``, ``gpu:1g.10gb:7``.
_GPUS = re.compile(r"(?:^|,)gpu(?::[^:,()]+)?:(\d+)(?=[,(]|\Z)")


@dataclass(frozen=True)
class Nodes:
    """The nodes of a cluster.

    Attributes:
        cpus: CPUs of the smallest node of the default partition, or of all where no partition is the default.
        most_cpus: CPUs of the largest node.
        gpus: GPUs of all nodes together.
        most_gpus: GPUs of the node that has most.
    """

    cpus: int
    most_cpus: int
    gpus: int
    most_gpus: int


def listed() -> Nodes | None:
    """Return the nodes that ``sinfo`` lists; None where there is no such command, or it lists none."""
    command = ["sinfo", "--noheader", "--Node", f"--format={_COLUMNS}"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return read(answer.stdout.splitlines())


def read(lines: Iterable[str]) -> Nodes | None:
    """Return the nodes of ``sinfo``'s ``lines``, each a node in one of its partitions; None for no lines."""
    cpus, gpus, by_default = dict[str, int](), dict[str, int](), set[str]()
    for line in filter(None, map(str.strip, lines)):
        node, partition, count, others = line.split("|")
        cpus[node] = int(count.rstrip("+"))
        gpus[node] = sum(map(int, _GPUS.findall(others)))
        if partition.endswith("*"):
            by_default.add(node)
    if not cpus:
        return None
    smallest = min(cpus[node] for node in by_default or cpus)
    return Nodes(smallest, max(cpus.values()), sum(gpus.values()), max(gpus.values()))


def check(nodes: Nodes | None, cores: int) -> None:
    """Raise `InputError` if a job that takes all ``cores`` of ``--cores`` fits on no node and would wait for ever."""
    if nodes and cores > nodes.most_cpus:
        raise InputError(
            f"--cores is {cores} and no node has more than {nodes.most_cpus} CPUs, expected the CPUs that one job may "
            "take: give --cores, or the entry cores of the profile"
        )
