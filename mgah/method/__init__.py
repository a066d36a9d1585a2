"""Marginalized Graph Attention Hashing, equations 1 to 10 of the paper, and the trainer of the deep methods."""

from mgah.method.estimator import MGAH

__all__ = ["MGAH"]
