"""Scores of Hamming rankings: integer counts by distance, and every metric computed from them."""

from mgah.evaluation.ranking import mean_average_precision, precision_at_radius

__all__ = ["mean_average_precision", "precision_at_radius"]
