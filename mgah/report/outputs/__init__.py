"""Outputs of a run: one module a table or figure, named as the config names it."""
