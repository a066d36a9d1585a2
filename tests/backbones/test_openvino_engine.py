"""What OpenVINO leaves in the process that uses it."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

SIGNALED = """
import signal
import threading

import torch

from mgah.backbones.openvino_engine import compile_network

networks = [compile_network(torch.nn.Conv2d(3, 2, 1), (1, 3, 4, 4), 1)]
thread = threading.Thread(target=networks.clear)
thread.start()
thread.join()
signal.signal(signal.SIGTERM, lambda *_: print("handled"))
signal.raise_signal(signal.SIGTERM)
"""


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("openvino"), reason="OpenVINO is not installed")
def test_signals_are_handled_after_another_thread_has_dropped_the_network():
    """Else OpenVINO frees the alternate stack of the first thread, on which Python's handlers run."""
    done = subprocess.run([sys.executable, "-c", SIGNALED], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "handled\n"), done.stderr
