"""Metrics of Hamming rankings and the statistics to compare them: arrays in, numbers out, no files."""

from mgah.metrics.asymmetric import asymmetric_mean_average_precision
from mgah.metrics.query_scores import QueryScores, score_queries
from mgah.metrics.ranking import (
    mean_average_precision,
    precision_at_k,
    precision_at_radius,
    precision_recall,
)

__all__ = [
    "QueryScores",
    "asymmetric_mean_average_precision",
    "mean_average_precision",
    "precision_at_k",
    "precision_at_radius",
    "precision_recall",
    "score_queries",
]
