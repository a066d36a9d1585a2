"""Marginalized Graph Attention Hashing, equations 1 to 10 of the paper, and the trainer of the deep methods."""

import importlib

__all__ = ["MGAH"]


def __getattr__(name: str) -> type:
    """`MGAH`, imported on first use: the deep baselines share this package's trainer, not MGAH's own loss."""
    if name == "MGAH":
        return importlib.import_module("mgah.method.estimator").MGAH
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
