"""Devices by config word, and float32 in full."""

import pytest
import torch

from mgah.backbones.torch_network import BATCH_SIZES
from mgah.device import choose_device, full_float32
from mgah.errors import InputError
from mgah.methods.deep.trainer import reproducible
from tests.fixtures.tiny import TinyNetwork

KINDS = (
    torch.backends.cudnn.conv,
    torch.backends.cuda.matmul,
    torch.backends.mkldnn.conv,
    torch.backends.mkldnn.matmul,
)


def precisions():
    return [kind.fp32_precision for kind in KINDS]


@pytest.fixture(params=["tf32", "ieee", "none", "as it is"])
def usual(request):
    """The settings before a block, each of which is to come back after it."""
    before = precisions()
    if request.param != "as it is":
        for kind in KINDS[:2]:
            kind.fp32_precision = request.param
    yield precisions()
    for kind, precision in zip(KINDS, before, strict=True):
        kind.fp32_precision = precision


@pytest.mark.parametrize("block", [full_float32, reproducible])
def test_products_are_in_full_inside_the_block_and_as_before_after_it(block, usual):
    with block():
        assert precisions() == ["ieee"] * 4
        with block():
            pass
        assert precisions() == ["ieee"] * 4
    assert precisions() == usual
    with pytest.raises(ZeroDivisionError), block():
        _ = 1 / 0
    assert precisions() == usual


@pytest.mark.parametrize("flushed", [True, False])
def test_a_training_leaves_small_numbers_flushed_or_not_as_they_were(flushed):
    smallest = torch.tensor([5e-324, 1.0], dtype=torch.float64)
    if not torch.set_flush_denormal(True):
        pytest.skip("this processor cannot flush small numbers")
    try:
        torch.set_flush_denormal(flushed)
        for _ in range(2):
            with reproducible():
                assert (smallest * 1.0 == 0).tolist() == [True, False]
            assert (smallest[0] * 1.0).view(torch.int64).item() == (0 if flushed else 1)
    finally:
        torch.set_flush_denormal(False)


def test_an_unknown_device_is_one_clear_error():
    assert choose_device("cpu") == torch.device("cpu")
    with pytest.raises(InputError, match="device 'abacus' cannot be used here"):
        choose_device("abacus")


@pytest.fixture
def two_gpus(monkeypatch):
    """A torch that says it has two GPUs, and makes what is on them on the CPU."""
    empty = torch.empty
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch, "empty", lambda *size, device: empty(*size))


def test_a_gpu_is_named_with_its_number_and_one_that_is_not_there_is_told(two_gpus):
    assert [str(choose_device(name)) for name in ("auto", "cuda", "cuda:0", "cuda:1")] == [
        *("cuda", "cuda", "cuda:0", "cuda:1")
    ]
    with pytest.raises(
        InputError, match=r"'cuda:2' cannot be used here \(there are 2 GPUs, cuda:0 to cuda:1\)"
    ):
        choose_device("cuda:2")


@pytest.fixture
def network():
    return TinyNetwork()


def test_a_network_runs_on_the_gpu_with_a_number(network, two_gpus, monkeypatch):
    moved = []
    monkeypatch.setattr(torch.nn.Module, "to", lambda _, device: moved.append(device))
    engine = network.engine("cuda:1")
    assert (engine.name, engine.device, engine.batch_size) == ("torch", "cuda:1", BATCH_SIZES["cuda"])
    assert moved == [torch.device("cuda", 1)]


def test_a_device_that_computes_nothing_is_refused():
    with pytest.raises(InputError, match=r"'meta' cannot be used here \(it computes shapes alone\)"):
        choose_device("meta")
