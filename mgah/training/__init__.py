"""Training stage: the jobs that fit methods, and what they choose, sweep and sample."""
