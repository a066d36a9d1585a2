"""Marginalized Graph Attention Hashing (BMVC 2020) and the benchmark of its line-up on unseen classes."""
