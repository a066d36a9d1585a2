"""Evaluation stage: codes files in, score files, counts and comparisons out."""
