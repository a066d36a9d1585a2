"""Networks of torch on the CPU through OpenVINO, in float32, which is several times as fast as torch itself."""

import functools
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn


def compile_network(
    network: nn.Module, shape: tuple[int, ...], threads: int
) -> Callable[[np.ndarray], np.ndarray]:
    """Compile ``network`` for batches of the fixed ``shape`` (n, c, h, w) and return the compiled function.

    It maps float32 (n, c, h, w) to float32 (n, dimension). Up to ``threads`` threads may call it at once; each then
    runs a batch of its own on one core. That is as fast as one batch spread over the cores, lets other threads decode
    meanwhile, and gives results that do not depend on the number of threads.
    """
    openvino = _openvino()
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch finds the tracing that OpenVINO uses old
        model = openvino.convert_model(network, example_input=torch.zeros(shape), input=[list(shape)])
    compiled = _core().compile_model(
        model,
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": "f32",  # the default is bfloat16 on processors that have it
            "PERFORMANCE_HINT": "THROUGHPUT",
            "NUM_STREAMS": str(threads),
            "INFERENCE_NUM_THREADS": threads,
            "ENABLE_CPU_PINNING": False,  # jobs that run at the same time would be pinned to the same cores
        },
    )
    requests = threading.local()

    def forward(batch: np.ndarray) -> np.ndarray:
        if not hasattr(requests, "own"):
            requests.own = compiled.create_infer_request()
        # the call returns after its use of the input, so sharing it is safe; in AsyncInferQueue it is not
        return requests.own.infer({0: batch}, share_inputs=True)[0].copy()

    return forward


def _openvino() -> Any:
    # OpenVINO reports its use over the network from its import on, unless its telemetry package is missing
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: cannot be imported
    import openvino

    return openvino


@functools.cache
def _core() -> Any:
    """The core of this process, which lives as long as the process does.

    OpenVINO's plugin for the CPU, loaded for the first network, gives its thread an alternate stack for signals, and
    frees it with the last network or core. Where that happens in another thread, as by garbage collection, the first
    thread keeps a stack that is gone, and its next signal ends the process by a segmentation fault.
    """
    return _openvino().Core()
