"""Marginalized Graph Attention Hashing, equations 1 to 10 of the paper."""

from mgah.methods.mgah.estimator import MGAH

__all__ = ["MGAH"]
