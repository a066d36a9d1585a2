"""The methods of the paper: their order, their labels and how they look; without pandas, as the workflow reads it.

Colors are Paul Tol's "muted" scheme, made for color-blind readers; markers and dashes differ as well, so that a line is
also found in gray. The paper's own method is black.
"""

from mgah.evaluation.reference_lines import NO_CODING, REFERENCE_LINES
from mgah.report.method_style import DASHDOT, DASHED, DOTTED, SOLID, MethodStyle

#: The method that the paper proposes.
METHOD = "mgah"
#: The method that the paper compares its own with on another backbone (Table 2).
RIVAL = "doph"
#: The methods that the paper compares its own with (Table 1, Figure 3), in its order.
BASELINES = ("itq", "imh", "ksh", "sdh", "dhn", "dnnh", "tsk", "sitnet")
#: Those of them that use labels.
SUPERVISED = ("ksh", "sdh", "dhn", "dnnh", "tsk", "sitnet")
#: Methods whose network the paper trains along, and what tables call that.
TRAINED_ALONG = ("dhn", "dnnh", "sitnet", "mgah")
END_TO_END = "end to end"
#: Code lengths of its tables.
PAPER_BITS = (8, 16, 32, 48)
#: Code length of what is shown, or judged, at a single one; see `mgah.report.style.headline_bits`.
HEADLINE_BITS = 32

#: The paper's line-up in the paper's order, with DOPH of its Table 2 before MGAH.
LINE_UP = {
    "itq": MethodStyle("ITQ", "#88CCEE", "o"),
    "imh": MethodStyle("IMH", "#44AA99", "v"),
    "ksh": MethodStyle("KSH", "#117733", "^"),
    "sdh": MethodStyle("SDH", "#999933", "s"),
    "dhn": MethodStyle("DHN", "#DDCC77", "<", DASHDOT),
    "dnnh": MethodStyle("DNNH", "#CC6677", ">", DASHDOT),
    "tsk": MethodStyle("TSK", "#882255", "P"),
    "sitnet": MethodStyle("SitNet", "#AA4499", "X", DASHDOT),
    "doph": MethodStyle("DOPH", "#332288", "d"),
    "mgah": MethodStyle("MGAH", "#000000", "D"),
}
#: Variants that the configs run: of methods of the line-up, and of Table 3.
VARIANTS = {
    "itq_l2": MethodStyle("ITQ, L2", "#5BA3CF", "o", DASHED, hollow=True),
    "mgah_itq": MethodStyle("MGAH, ITQ start", "#4D4D4D", "D", DASHED, hollow=True),
    "mgah_1": MethodStyle("MGAH-1", "#EE7733", "p", DASHED, hollow=True),
    "mgah_2": MethodStyle("MGAH-2", "#0077BB", "s", DASHED, hollow=True),
    "mgah_3": MethodStyle("MGAH-3", "#33BBEE", "^", DASHED, hollow=True),
    "mgah_4": MethodStyle("MGAH-4", "#EE3377", "v", DASHED, hollow=True),
    "mgah_5": MethodStyle("MGAH-5", "#009988", "P", DASHED, hollow=True),
    "mgah_graph_off": MethodStyle("MGAH, graph off", "#CC3311", "X", DASHED, hollow=True),
    "mgah_beta1": MethodStyle("MGAH, β = 1", "#EE7733", "p", DOTTED, hollow=True),
    "mgah_beta2": MethodStyle("MGAH, β = 2", "#0077BB", "s", DOTTED, hollow=True),
    "mgah_beta3": MethodStyle("MGAH, β = 3", "#33BBEE", "^", DOTTED, hollow=True),
    "mgah_beta4": MethodStyle("MGAH, β = 4", "#EE3377", "v", DOTTED, hollow=True),
    "mgah_beta5": MethodStyle("MGAH, β = 5", "#009988", "P", DOTTED, hollow=True),
}
#: What no learning, or no hashing, gives.
CONTROLS = {
    "random_projection": MethodStyle("Random projections", "#7F7F7F", "1", DASHED),
    "random_codes": MethodStyle("Random codes", "#7F7F7F", "x", DOTTED),
    "classifier_codes": MethodStyle("Classifier output, encoded", "#7F7F7F", "+", DASHDOT),
    NO_CODING: MethodStyle(REFERENCE_LINES[NO_CODING], "#7F7F7F", "", SOLID),
}
