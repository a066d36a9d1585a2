"""Speed measured on this machine, as ratios in one run: ``python -m mgah.benchmarks.<what>``."""
