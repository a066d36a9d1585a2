"""Metrics of Hamming rankings and the statistics to compare them: arrays in, numbers out, no files."""

from mgah.metrics.ranking import mean_average_precision, precision_at_radius

__all__ = ["mean_average_precision", "precision_at_radius"]
