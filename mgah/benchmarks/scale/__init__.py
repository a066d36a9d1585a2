"""How time and memory grow: planning, scoring, fits and extraction, by ``python -m mgah.benchmarks.scale``."""
