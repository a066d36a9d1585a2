"""A device with a number, ``cuda:1``: which GPU of this machine it is. Light to import.

A job of a run sees the GPUs that `workflow.gpu_locks` gives it alone, so to a job the first of them is ``cuda:0``,
whatever its number on the machine.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from mgah.errors import InputError
from workflow.studies import studies_of

#: Environment variable with the device of a run, which its processes inherit with the GPU that it stands for.
_VARIABLE = "MGAH_DEVICE"
_NUMBERED = re.compile(r"cuda:(\d+)")


def choose(config: dict, found: Callable[[], Sequence[str]], on_nodes: bool) -> str:
    """Return the device that jobs are told; the environment then names the GPU of a device with a number.

    Args:
        config: a checked config.
        found: lists the GPUs of this machine; called for a device with a number alone.
        on_nodes: whether jobs run on the nodes of a cluster.

    Raises:
        InputError: for a number that no GPU here has, or where a number says nothing: on nodes, and for one method.
    """
    for key, parameters in _parameters(config):
        _check_parameters(key, parameters)
    device: str = config["device"]
    numbered = _NUMBERED.fullmatch(device)
    if not numbered:
        return device
    if on_nodes:
        raise InputError(
            f"config key device: {device} is a GPU of one machine, and jobs run on the nodes of a cluster, expected "
            "cuda or auto"
        )
    if os.environ.get(_VARIABLE) == device:
        return "cuda"
    gpus, number = found(), int(numbered[1])
    if not gpus:  # another vendor's, which torch may know
        return device
    if number >= len(gpus):
        known = "cuda:0" if len(gpus) == 1 else f"cuda:0 to cuda:{len(gpus) - 1}"
        raise InputError(f"config key device: {device} is not here, expected one of {known}, or auto")
    os.environ |= {"CUDA_VISIBLE_DEVICES": gpus[number], _VARIABLE: device}
    return "cuda"


def _parameters(config: dict) -> Iterator[tuple[str, Mapping]]:
    """The parameters of each method, and of each variant of a study, with their config key."""
    for name, entry in config["methods"].items():
        for key in ("parameters", "datasets", "backbones"):
            yield f"methods.{name}", entry.get(key, {})
    for study in studies_of(config):
        for variant in study.variants:
            yield variant.key, variant.parameters


def _check_parameters(key: str, parameters: Mapping) -> None:
    for found in (parameters, *filter(_is_mapping, parameters.values())):
        device = found.get("device")
        if isinstance(device, str) and _NUMBERED.fullmatch(device):
            raise InputError(
                f"config key {key}: its device is {device}, and a job sees no GPU but its own, expected cuda; device: "
                f"{device} at the top of the config gives all jobs that GPU"
            )


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)
