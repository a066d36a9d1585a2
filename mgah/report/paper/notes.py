"""What stands above the tables of the paper's own methods: their variants, and the rules that judge its claims."""

from mgah.metrics.statistics import ALPHA

TABLE2_DAGGER = (
    "MGAH† is MGAH on GoogLeNet, as the paper calls it; without the dagger it is MGAH on another backbone."
)

TABLE3_NOTES = (
    "All rows of a frame are one program with one setting changed; starting weights, batches and epochs are the same.",
    "MGAH-1: softmax loss, β = 1 throughout. MGAH-2: S = S_a, without the fixed graph, which still says who is a "
    "neighbor. MGAH-3: S = S_f, without the attention graph. MGAH-4: the average of the neighbors' codes weighted "
    "by S in place of the graph layer. MGAH-5: B̃ = B', without the shortcut. Graph off, which the paper does not "
    "have: B̃ = B, the loss on the codes alone.",
    "The paper sees the gain of the shortcut “on MGAH-4”; by its own definitions that is MGAH-5.",
    "Fixed margins: β is constant from the first step on. β = 1 and MGAH-1 are the same training, made once; the "
    "paper prints the same numbers for both as well.",
)

CLAIM_NOTES = (
    "A case (a code length, or a step between two) holds where every difference it speaks of is above 0, "
    "fails where one is below 0, and is undecided otherwise. Above and below: the p of sign flips over splits "
    f"is at most {ALPHA} after Holm's correction for the differences of the case, and the 95 % interval does "
    "not contain 0. One split decides nothing.",
    "A claim about every case holds where all hold and fails where one fails; a claim about most cases holds "
    "where more than half hold and fails where at least half fail.",
    "Differences are of MGAH to the method that is nearest to it or farthest above it, of the baselines that "
    "the table `significance` judges: controls and variants are not among them. Intervals of mAP against other "
    "methods are those of that table, others are Student t intervals over splits. Verdicts "
    "at other lengths than that table's are further looks at the same data.",
    "Claims of Figures 5 and 6 rest on sweeps, each on the difference between two of its settings.",
    "A claim about several methods does not hold where some of them were not run, which are named. A fixed "
    "margin of 1 is the softmax loss, which is MGAH-1: one training.",
    "The order of methods holds where Kendall's tau-b with the paper's order is above 0 and its exact p at "
    f"most {ALPHA}, and fails where it is 0 or below, of two or more splits: descriptive only.",
)
