"""Lines that stand beside the methods and rank features without codes; light, as the workflow reads it.

They are no methods, and no method may have the name of one; their names stand in the column ``method`` of scores.
"""

#: Cosine similarity of the features as they are, `mgah.evaluation.no_coding`.
NO_CODING = "cosine"
#: The label of each line, by its name.
REFERENCE_LINES = {NO_CODING: "No coding (cosine)"}
