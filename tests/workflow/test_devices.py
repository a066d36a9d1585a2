"""The GPU that a run's device names with its number."""

import os

import pytest
import yaml

from mgah.errors import InputError
from workflow import devices, settings

GPUS = ["GPU-a", "GPU-b"]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("CUDA_VISIBLE_DEVICES", "MGAH_DEVICE"):
        monkeypatch.setenv(name, "")


def small():
    return settings.checked(yaml.safe_load((settings.SCHEMA.parent / "small.yaml").read_text()))


def choose(device, gpus=GPUS, on_nodes=False, **methods):
    config = small()
    for name, entry in methods.items():
        config["methods"][name] |= entry
    return devices.choose(config | {"device": device}, lambda: gpus, on_nodes)


def test_all_jobs_get_the_gpu_that_the_device_names_and_see_it_as_their_first():
    assert choose("cuda:1") == "cuda"
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "GPU-b"
    assert choose("cuda:1", ["GPU-b"]) == "cuda", "in a process that the run has started"


@pytest.mark.parametrize("device", ["auto", "cuda", "cpu", "mps", "cuda:"])
def test_other_devices_are_left_to_torch(device):
    assert choose(device) == device and os.environ["CUDA_VISIBLE_DEVICES"] == ""


def test_a_gpu_that_only_torch_can_see_is_left_to_torch():
    assert choose("cuda:1", gpus=[]) == "cuda:1"


@pytest.mark.parametrize(("gpus", "known"), [(GPUS, "cuda:0 to cuda:1"), (GPUS[:1], "cuda:0")])
def test_a_number_that_no_gpu_has_is_told(gpus, known):
    with pytest.raises(InputError, match=f"device: cuda:2 is not here, expected one of {known}, or auto"):
        choose("cuda:2", gpus)


def test_numbers_say_nothing_on_nodes_and_for_one_method():
    with pytest.raises(InputError, match="cuda:1 is a GPU of one machine, and jobs run on the nodes"):
        choose("cuda:1", on_nodes=True)
    for entry in (
        {"parameters": {"device": "cuda:1"}},
        {"datasets": {"digits": {"device": "cuda:0"}}},
        {"choose": [[{"epochs": 2}], [{"device": "cuda:1"}]]},
    ):
        with pytest.raises(
            InputError, match=r"methods\.dhn.*: its device is cuda:\d, .* expected cuda; device:"
        ):
            choose("cpu", dhn=entry)
    assert choose("cpu", dhn={"parameters": {"device": "cuda"}}) == "cpu"


def test_a_number_says_nothing_for_one_variant():
    config = small()
    variants = {"wide": {"label": "Wide", "parameters": {"device": "cuda:1"}}}
    config["ablation"] = config["ablation"] | {"variants": variants}
    with pytest.raises(InputError, match=r"ablation\.variants\.wide: its device is cuda:1"):
        devices.choose(config, lambda: GPUS, False)
