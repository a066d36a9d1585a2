"""Baselines and controls: one module a method, named like the word in the config."""
