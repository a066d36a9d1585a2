"""The sentences and the picture with which a page begins."""

import pandas as pd
import pytest

from mgah.report.page.findings import findings, headline
from mgah.report.page.overview import overview, words


def rows(**values):
    """mAP of methods in two splits, 0.01 to both sides of the values."""
    return [
        {"method": method, "bits": None if method == "cosine" else 32, "split": split, "value": value + shift}
        for method, value in values.items()
        for split, shift in (("0", -0.01), ("1", 0.01))
    ]


def test_a_leading_method_of_the_paper_is_told_with_the_best_of_the_others(make_scores, tmp_path):
    scores = make_scores(*rows(mgah=0.5, mgah_1=0.45, itq=0.4, random_codes=0.6, cosine=0.7))
    (text,) = findings(tmp_path, ["table1"], headline(scores))
    assert text.startswith(
        "**CIFAR-10 · lite0 · glove** (32 bits, 2 splits): **MGAH** has the highest mAP, 0.500 ± "
    )
    assert "the best of the others is ITQ, 0.400 ± " in text and "without coding give 0.700 ± " in text


def test_another_leader_is_told_with_the_place_of_the_papers_method(make_scores, tmp_path):
    scores = make_scores(*rows(itq=0.5, ksh=0.4, mgah=0.3, random_codes=0.6))
    (text,) = findings(tmp_path, [], headline(scores))
    assert "**ITQ** has the highest mAP" in text and "MGAH has 0.300 ± 0.127, place 3 of 3." in text


@pytest.fixture
def uneven(make_scores):
    """KSH on one of two splits, and TSK with one of two seeds, are above all that is on both."""
    full = rows(itq=0.5, mgah=0.4, dhn=0.3)
    again = [row | {"seed": 1} for row in full]
    return make_scores(*full, *again, rows(ksh=0.8)[0], *rows(tsk=0.9, cosine=0.7))


def test_methods_on_fewer_splits_or_seeds_are_named_and_not_ranked(uneven, tmp_path):
    (text,) = findings(tmp_path, [], headline(uneven))
    assert text.startswith(
        "**CIFAR-10 · lite0 · glove** (32 bits, 2 splits): **ITQ** has the highest mAP, 0.500"
    )
    assert "MGAH has 0.400 ± 0.127, place 2 of 3; the features without coding give 0.700 ± 0.127." in text
    assert text.endswith(
        " On fewer splits or seeds, and so not ranked: KSH (1 of 2 splits, 1 of 2 seeds), TSK (1 of 2 seeds)."
    )


def test_where_one_or_none_is_on_all_splits_the_sentence_says_so(make_scores, tmp_path):
    one = make_scores(*rows(itq=0.5), rows(mgah=0.8)[0])
    (text,) = findings(tmp_path, [], headline(one))
    assert (
        "ITQ, the one method at this length on all splits and seeds, has 0.500 ± 0.127 mAP. On fewer" in text
    )
    none = make_scores(rows(itq=0.5)[0], rows(mgah=0.8)[1])
    (text,) = findings(tmp_path, [], headline(none))
    assert "(32 bits): no method was run at this length on all splits and seeds of this setting. On" in text
    assert text.endswith("not ranked: ITQ (1 of 2 splits), MGAH (1 of 2 splits).")


def test_sentences_speak_of_the_length_where_others_have_more(make_scores, tmp_path):
    """Verdicts are at the length nearest to 32, here 24, and methods at 8 bits have all splits."""
    longer = [row | {"bits": 24} for row in rows(mgah=0.8)]
    shorter = [row | {"bits": 8} for row in rows(itq=0.5, ksh=0.4)]
    (text,) = findings(tmp_path, [], headline(make_scores(*shorter, longer[0])))
    assert "(24 bits): no method was run at this length on all splits and seeds of this setting. On" in text
    (text,) = findings(tmp_path, [], headline(make_scores(*shorter, *longer)))
    assert "(24 bits, 2 splits): MGAH, the one method at this length, has 0.800" in text
    controls = [row | {"bits": 24} for row in rows(random_codes=0.1)]
    (text,) = findings(tmp_path, [], headline(make_scores(*shorter, *controls)))
    assert text.endswith("(24 bits): no method but controls has mAP at this length.")
    (text,) = findings(tmp_path, [], headline(make_scores(*rows(cosine=0.7))))
    assert text.endswith(":** no method with codes was run.")


def test_more_seeds_at_another_length_or_of_one_method_unrank_nobody(make_scores, tmp_path):
    two = rows(itq=0.5, mgah=0.4)
    elsewhere = [row | {"seed": seed, "bits": 8} for row in two for seed in (0, 1, 2)]
    own = [row | {"seed": seed} for row in rows(my_own=0.1) for seed in range(3)]
    for more in (elsewhere, own):
        (text,) = findings(tmp_path, [], headline(make_scores(*two, *more)))
        assert "(32 bits, 2 splits): **ITQ** has the highest mAP, 0.500" in text
        assert "MGAH has 0.400" in text and "not ranked" not in text


def test_the_picture_has_what_is_on_fewer_splits_or_seeds_pale_at_the_bottom(uneven):
    shown = headline(uneven)
    figure = overview(shown)
    labels = [" ".join(text.get_text().split()) for text in figure.axes[0].get_yticklabels()]
    assert labels[:2] == ["KSH (1 of 2 splits, 1 of 2 seeds)", "TSK (1 of 2 seeds)"]
    assert labels[2:] == ["DHN", "MGAH", "ITQ"]
    marks = [line for line in figure.axes[0].lines if line.get_linestyle() == "None"]
    assert [mark.get_alpha() for mark in marks] == [0.4, 0.4, None, None, None]
    assert "Pale, at the bottom: on fewer splits or seeds, and so not ranked." in words(shown, figure)


def test_the_words_of_a_picture_of_full_cells_say_nothing_of_others(make_scores):
    shown = headline(make_scores(*rows(mgah=0.3, itq=0.5)))
    assert "Pale" not in words(shown, overview(shown))


@pytest.fixture
def told_of_claims(make_scores, tmp_path):
    """The sentence on the claims of a setting, of each claim's word, verdict and whether the paper says it there."""

    def told(*claims):
        table = pd.DataFrame(claims, columns=["claim", "verdict", "claimed"])
        table = table.assign(dataset="cifar10", backbone="lite0", semantics="glove")
        (tmp_path / "tables").mkdir(exist_ok=True)
        table.to_csv(tmp_path / "tables/claims.csv", index=False)
        (text,) = findings(tmp_path, ["claims"], headline(make_scores(*rows(mgah=0.5))))
        assert "MGAH, the one method at this length, has 0.500" in text
        return text

    return told


def test_claims_that_were_tried_are_counted(told_of_claims):
    verdicts = ["holds", "fails", "fails", "undecided", "not run"]
    text = told_of_claims(*(("shortcut", verdict, "yes") for verdict in verdicts))
    assert text.endswith("Of 4 claims of the paper that were tried here, 1 holds, 2 fail, 1 undecided.")


def test_what_the_paper_does_not_claim_of_a_setting_is_counted_apart(told_of_claims):
    """The paper does not say the shortcut of this setting, and never that the methods stand in its order."""
    text = told_of_claims(
        ("precision", "fails", "yes"),
        *[("shortcut", "holds", "no")] * 2,
        ("order", "undecided", "yes"),
        ("graph_layer", "not run", "no"),
    )
    assert text.endswith(
        "Of 1 claim of the paper that was tried here, 1 fails. "
        "Of 3 sentences beyond the claims of the paper that were tried here, 2 hold, 1 undecided."
    )
    text = told_of_claims(("shortcut", "holds", "no"))
    assert text.endswith(
        "0.127 mAP. Of 1 sentence beyond the claims of the paper that was tried here, 1 holds."
    )


def test_the_picture_has_the_best_method_at_the_top_and_the_line_without_codes(make_scores):
    scores = make_scores(*rows(mgah=0.3, itq=0.5, cosine=0.7), {"dataset": "digits", "bits": 32})
    shown = headline(scores)
    figure = overview(shown)
    (axes,) = figure.axes  # digits has one method
    assert [text.get_text() for text in axes.get_yticklabels()] == ["MGAH", "ITQ"], "from below"
    assert [text.get_fontweight() for text in axes.get_yticklabels()] == ["bold", "normal"]
    marks = [line for line in axes.lines if line.get_linestyle() == "None"]
    assert [mark.get_xdata()[0] for mark in marks] == pytest.approx([0.3, 0.5])
    assert axes.lines[-1].get_xdata() == pytest.approx([0.7, 0.7])
    assert "the 1 of 2 settings" in words(shown, figure)


def test_one_method_alone_has_no_picture(make_scores):
    assert overview(headline(make_scores(*rows(mgah=0.3)))) is None
