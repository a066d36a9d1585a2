"""Outputs of a run: one module a table or figure, named as the config names it."""

#: Suffixes of the files of an output, by its kind.
SUFFIXES = {"tables": (".md", ".csv", ".json"), "figures": (".png", ".svg")}
