"""Reference lines, which rank features without codes and are shown beside the methods. Light to import.

They are no methods, but their names are in the column ``method`` of scores, so no method may have the name of one.
"""

#: Name of the line that ranks by the cosine of the features (`mgah.evaluation.no_coding`).
NO_CODING = "cosine"
#: Display name of each line, by its name.
REFERENCE_LINES = {NO_CODING: "No coding (cosine)"}
