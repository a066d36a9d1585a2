"""What stands above the tables of the paper's own methods: their variants, and the rules that judge its claims."""

from mgah.metrics.statistics import ALPHA, DECIDING_SPLITS
from mgah.report.paper.claims.studies import STABLE

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
    "Claims are the paper's sentences, with section, table or figure; a reading of ours that is no sentence of the "
    "paper says so. “Not claimed”: the paper does not say it of this dataset or backbone. A stand-in dataset, or a "
    "backbone that the paper does not use, is taken for the paper's own.",
    "A claim is judged by differences that it says are above 0, each paired by units: the splits where there are "
    f"{DECIDING_SPLITS} or more, else the unseen classes, if there are more of them, and then a verdict is of these "
    "classes alone. Both sides of a difference are of the same splits and of the same seeds on each, as runs share "
    "their random numbers by both; without any in common it is undefined.",
    "Where classes decide, what all classes of a split share, its training images and seeds, is not in an interval; "
    "where splits decide it is, with one seed too, as each split draws its own random numbers.",
    f"A difference is above or below 0 where the p of sign flips over units is at most {ALPHA} and the 95 % Student t "
    "interval does not contain 0. The p is adjusted for all differences of the claim, which are flipped together "
    "(Westfall and Young's step-down max T): the probability that any of them is called wrongly is at most "
    f"{ALPHA:.0%}. Intervals are not adjusted.",
    "A case, such as a code length, holds where all its differences are above 0 and fails where one is below; shown is "
    "the lowest that decides it. A claim on all cases fails where one fails; one on most holds where more than half "
    "hold, and fails where so many no longer can. A sentence without a code length is judged on the mean over the "
    "paper's lengths.",
    "The baselines are the paper's eight; DOPH stands in its own claim. MGAH is the comparisons' reference alone; "
    "where a baseline also has settings that were chosen on seen classes, it has to be above both. A method that the "
    "paper trains end to end is the entry that is, where there is one. A claim does not hold where some of its methods "
    "were not run, or not at all of its code lengths: these are named, and what is shown is of what was run. A claim "
    "that some methods do something is of those that were run, at the code lengths that they have, which are named "
    "where these are not all; a method counts once, and where several of its settings were run, all of them have to do "
    "it.",
    "A value that was not swept is not run: none that is near it takes its place. “Stable” is "
    f"within {STABLE:g} mAP of the end of the range. A fixed margin of 1 is the softmax loss, which "
    "is MGAH-1: one training.",
    "The order of methods, and loss and β, are judged by Kendall's tau-b and its p, adjusted by Holm for the code "
    "lengths, or for the ways in which trainings raise β: splits that choose their settings may raise it in several, "
    "and no mean is over two of them. Ranked are methods that were run on all of MGAH's splits, by their means over "
    "these and over the seeds that they share; the others are named, and the claim does not hold without them. β grows "
    "by the epoch, so a falling loss is not shown to be its doing. Claims on the graphs of one batch are read off; "
    "nothing is tested.",
)
