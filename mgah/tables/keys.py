"""Columns that together name something in tidy tables, from a setting down to one codes file. Light to import."""

#: A dataset, a backbone and class semantics: what one block of a table or one panel of a figure shows.
SETTING = ("dataset", "backbone", "semantics")
#: A method on one split of a setting, and its display name ``label``: the texts of a `RUN_KEY`.
METHOD_KEY = (*SETTING, "split", "method", "label")
#: One fit of a method where its code lengths are fitted together.
FIT_KEY = (*METHOD_KEY, "seed")
#: The run of a method (one fit, one code length) that a row is of.
RUN_KEY = (*FIT_KEY, "bits")
