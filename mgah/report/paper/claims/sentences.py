"""The paper's claims in its own order, and what is judged of them.

A sentence that names no code length is judged on the mean over those of the paper's that were run, one that speaks of
"most cases" on each. Two sentences are not judged, as no table of a run decides them: that the metrics fluctuate
slightly for α above 0.4 (4.4), and that unseen classes near to seen ones gain most (4.4, Figure 6a, "intuitively").
"""

from mgah.report.paper.claims.claim import Claim
from mgah.report.paper.claims.judging import most, several, some
from mgah.report.paper.claims.lengths import Steps
from mgah.report.paper.claims.others import Asymmetric, LossFalls, SameOrder, Smoother
from mgah.report.paper.claims.rivals import Competes, Drops, Outperforms, OutperformsInCases, ShorterAbove
from mgah.report.paper.claims.studies import (
    STABLE,
    AboveVariants,
    Flat,
    PeaksAt,
    Trend,
    WorksAt,
    largest_above,
    smallest_below,
)
from mgah.report.paper.line_up import BASELINES, RIVAL, SUPERVISED
from mgah.report.paper.variants import FIXED_MARGINS
from mgah.report.style import METRICS

_BALL = METRICS["P@H<=2"]
_AWA2, _IMAGENET = ("awa2",), ("imagenet",)

CLAIMS: tuple[Claim, ...] = (
    Outperforms(
        word="state_of_the_art",
        text="MGAH outperforms the state of the art",
        place="1 and 4.2 (1), Table 1",
        methods=BASELINES,
    ),
    SameOrder(
        word="order",
        text="The methods stand in the paper's order",
        place="Table 1",
        of_paper=False,
    ),
    Drops(
        word="supervised_drop",
        text="Several supervised methods drop from seen to unseen classes",
        place="4.2 (2), Table 1",
        methods=SUPERVISED,
        quantifier=several,
    ),
    Competes(
        word="unsupervised",
        text="The unsupervised IMH competes with some supervised method",
        place="4.2 (3), Table 1",
        method="imh",
        methods=SUPERVISED,
        quantifier=some,
    ),
    OutperformsInCases(
        word="precision",
        text=f"MGAH has the highest {_BALL} in most cases",
        place="4.2 (1), Figure 3",
        methods=BASELINES,
        metrics=("P@H<=2",),
        quantifier=most,
    ),
    ShorterAbove(
        word="half_the_bits",
        text=f"16 bits of MGAH are above 32 bits of the others in {_BALL}",
        place="4.2 (1), Figure 3",
        methods=BASELINES,
        metric="P@H<=2",
        ours=16,
        theirs=32,
    ),
    Steps(
        word="precision_rises",
        text=f"{_BALL} rises from 8 to 32 bits, for all methods",
        place="4.2 (2), Figure 3",
        methods=BASELINES,
        metric="P@H<=2",
        lengths=(8, 32),
        rising=True,
    ),
    Steps(
        word="precision_falls",
        text=f"{_BALL} falls above 32 bits, for all methods",
        place="4.2 (3), Figure 3",
        methods=BASELINES,
        metric="P@H<=2",
        lengths=(32, 48),
        rising=False,
    ),
    OutperformsInCases(
        word="above_doph",
        text="MGAH outperforms DOPH in most cases",
        place="4.2, Table 2",
        table="table2",
        methods=(RIVAL,),
        metrics=("mAP", "P@H<=2"),
        quantifier=most,
    ),
    AboveVariants(
        word="em_softmax",
        text="EM-Softmax improves mAP over softmax, by 3.34 % on average",
        place="4.3, Table 3",
        datasets=_AWA2,
        variants=("mgah_1",),
        printed=0.0334,
    ),
    AboveVariants(
        word="joint_graph",
        text="Joining S_f and S_a improves mAP over either",
        place="4.3, Table 3",
        datasets=_AWA2,
        variants=("mgah_2", "mgah_3"),
    ),
    AboveVariants(
        word="graph_layer",
        text="The graph layer is above a weighted average",
        place="4.3, Table 3",
        datasets=_AWA2,
        variants=("mgah_4",),
    ),
    AboveVariants(
        word="shortcut",
        text="The shortcut improves mAP",
        place="4.3, Table 3",
        datasets=_AWA2,
        variants=("mgah_5",),
    ),
    PeaksAt(
        word="margin_peak",
        text="With a fixed margin, mAP rises with β and falls above β = 4",
        place="4.3, Table 3",
        datasets=_AWA2,
        best="mgah_beta4",
        others=("mgah_beta1", "mgah_beta5"),
    ),
    AboveVariants(
        word="growing_margin",
        text="A growing margin is above the fixed ones (β = 1 to 5)",
        place="4.3, Table 3",
        datasets=_AWA2,
        variants=FIXED_MARGINS,
    ),
    Asymmetric(
        word="asymmetric",
        text="S is asymmetric, S_f is not",
        place="4.3, Figure 4",
        datasets=_AWA2,
    ),
    Smoother(
        word="smooth",
        text="S is smoother than S_a",
        place="4.3, Figure 4",
        datasets=_AWA2,
    ),
    Trend(
        word="latent",
        text="A small L is poor",
        place="4.4, Figure 5",
        datasets=_AWA2,
        parameter="latent",
        pairs=((512, smallest_below(512)),),
    ),
    Flat(
        word="alpha",
        text=f"mAP is stable for α from 0 to 0.3 (within {STABLE:g})",
        place="4.4, Figure 5",
        datasets=_AWA2,
        parameter="alpha",
        between=(0.0, 0.3),
        margin=STABLE,
    ),
    Trend(
        word="lambda",
        text="mAP rises with λ, and falls above λ = 0.4",
        place="4.4, Figure 5",
        datasets=_AWA2,
        parameter="lambda_",
        pairs=((0.4, smallest_below(0.4)), (0.4, largest_above(0.4))),
    ),
    Trend(
        word="training",
        text="mAP rises from 1,000 to 10,000 training images",
        place="4.4, Figure 6b",
        parameter="training",
        pairs=((10000, 1000),),
    ),
    WorksAt(
        word="short_codes",
        text="MGAH works at K = 5 bits (above chance)",
        place="4.4, Figure 6c",
        bits=5,
    ),
    LossFalls(
        word="loss",
        text="The loss falls as β grows",
        place="4.4, Figure 6d",
        datasets=_IMAGENET,
    ),
)
