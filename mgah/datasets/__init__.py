"""Datasets: where images come from, and the table of all images of a dataset."""
