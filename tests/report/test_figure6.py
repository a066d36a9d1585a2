"""Figure 6: classes, training images, short codes and the course of the training, each from its own table."""

import numpy as np
import pytest

from mgah.report.outputs.figures.figure6 import draw
from mgah.report.style import method_style


def by_class(values, method="mgah", **cell):
    marks = {"deer": "clean", "cat": "same", "frog": "child"}
    return [
        {"method": method, "bits": 32, "class": name, "split": name, "value": value, "leak": marks[name]}
        | cell
        for name, value in values.items()
    ]


def marks_of(axes, word):
    (line,) = [
        line
        for line in axes.lines
        if line.get_color() == method_style(word).color and line.get_marker() != "None"
    ]
    return line


def test_classes_stand_from_best_to_worst_with_their_leak_marks(
    make_scores, make_sweeps, make_history, semantics_notes, reference
):
    rows = [*by_class({"cat": 0.2, "deer": 0.4, "frog": 0.3}), *by_class({"cat": 0.5, "deer": 0.1}, "itq")]
    rows += [*by_class({"cat": 0.9}, "itq_l2"), *by_class({"deer": 0.8}, bits=8)]
    figure = draw(make_scores(*rows), make_sweeps(), make_history(), semantics_notes, reference)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "deer\n(clean)",
        "frog\n(child)",
        "cat\n(same)",
    ]
    assert marks_of(axes, "mgah").get_ydata() == pytest.approx([0.4, 0.3, 0.2])
    itq = marks_of(axes, "itq")
    assert itq.get_ydata() == pytest.approx([0.1, 0.5])
    assert np.round(itq.get_xdata()).tolist() == [0, 2]
    assert len(axes.patches) == 1, "the clean class is shaded"
    assert axes.patches[0].get_x() == -0.5 and axes.patches[0].get_hatch()
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["ITQ", "MGAH", "clean class"], "the line-up, no variants"
    note = " ".join(figure.legends[0].get_title().get_text().split())
    assert "child: A kind of the class is one of the backbone's training classes." in note


def test_nothing_is_shaded_where_all_classes_are_clean(
    make_scores, make_sweeps, make_history, semantics_notes, reference
):
    figure = draw(
        make_scores(*by_class({"deer": 0.4})), make_sweeps(), make_history(), semantics_notes, reference
    )
    assert not figure.axes[0].patches
    assert figure.axes[0].get_xlabel() == "unseen classes, from the highest mAP of MGAH to its lowest"


def test_seeds_of_a_class_have_a_bar_and_an_undefined_class_no_mark(
    make_scores, make_sweeps, make_history, semantics_notes, reference
):
    rows = [*by_class({"deer": 0.2}), *by_class({"deer": 0.4}, seed=1), *by_class({"cat": np.nan})]
    figure = draw(make_scores(*rows), make_sweeps(), make_history(), semantics_notes, reference)
    axes = figure.axes[0]
    assert [label.get_text().split("\n")[0] for label in axes.get_xticklabels()] == ["deer", "cat"]
    assert np.isnan(marks_of(axes, "mgah").get_ydata()[1])
    (bars,) = axes.collections
    (bar,) = bars.get_segments()
    assert bar[:, 1] == pytest.approx([0.3 - 12.7062047 * 0.1, 0.3 + 12.7062047 * 0.1])
    assert "Undefined and not drawn: 1 of 2 points" in " ".join(
        figure.legends[0].get_title().get_text().split()
    )


@pytest.mark.slow
def test_the_papers_dataset_is_shown_where_there_is_one(
    make_scores, make_sweeps, make_history, semantics_notes, reference
):
    many = [row for word in ("itq", "ksh", "mgah") for row in by_class({"cat": 0.1}, word, dataset="digits")]
    rows, course = by_class({"deer": 0.4}), [{"dataset": "imagenet_mini"}, {"dataset": "cifar10"}]
    figure = draw(make_scores(*many, *rows), make_sweeps(), make_history(*course), semantics_notes, reference)
    assert "CIFAR-10" in figure.axes[0].get_title() and "imagenet-mini" in figure.axes[3].get_title()
    assert "imagenet-mini is a stand-in for ImageNet" in figure.legends[0].get_title().get_text()
    figure = draw(make_scores(*many), make_sweeps(), make_history(*course[1:]), semantics_notes, reference)
    assert "digits" in figure.axes[0].get_title() and "CIFAR-10" in figure.axes[3].get_title()
    course = [{"dataset": "digits", "semantics": word} for word in ("attributes", "glove")]
    figure = draw(make_scores(*many), make_sweeps(), make_history(*course), semantics_notes, reference)
    assert "glove" in figure.axes[3].get_title(), "of two settings that with more methods, as in panel a"


def test_training_images_and_short_codes_are_the_points_of_the_sweeps(
    make_scores, make_sweeps, make_history, semantics_notes, reference
):
    rows = [
        {"parameter": "training", "setting": size, "split": split, "value": size / 10_000 + 0.1 * int(split)}
        for size in (1000, 4000)
        for split in ("0", "1")
    ]
    rows += [{"parameter": "bits", "setting": n, "bits": n, "value": n / 10} for n in (2, 5, 8)]
    figure = draw(
        make_scores(*by_class({"deer": 0.4})), make_sweeps(*rows), make_history(), semantics_notes, reference
    )
    images, codes = figure.axes[1:3]
    assert images.lines[0].get_xdata().tolist() == [1000, 4000]
    assert images.lines[0].get_ydata() == pytest.approx([0.15, 0.45])
    assert len(images.collections) == 1, "a band over two splits"
    assert "32 bits" in images.get_title()
    assert codes.lines[0].get_xdata().tolist() == [2, 5, 8]
    assert codes.lines[0].get_ydata() == pytest.approx([0.2, 0.5, 0.8])
    assert codes.lines[1].get_xydata().tolist() == [[8, 0.249]], "the paper's Table 1 has 8 bits"
    assert not codes.collections, "one run has no band"


def test_loss_falls_on_the_left_axis_and_beta_grows_on_the_right(
    make_scores, make_sweeps, make_history, semantics_notes, reference
):
    rows = [
        {"split": split, "epoch": epoch, "loss": 2 / epoch + 0.1 * int(split), "beta": 1 + 2 * (epoch - 1)}
        for split in ("0", "1")
        for epoch in (1, 2, 3)
    ]
    rows += [{"method": "mgah_itq", "loss": 9.0}, {"bits": 8, "loss": 9.0}]
    figure = draw(
        make_scores(*by_class({"deer": 0.4})), make_sweeps(), make_history(*rows), semantics_notes, reference
    )
    left, right = figure.axes[3:]
    assert left.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert left.lines[0].get_ydata() == pytest.approx([2.05, 1.05, 2 / 3 + 0.05])
    assert right.lines[0].get_ydata().tolist() == [1, 3, 5]


def test_trainings_that_raise_beta_otherwise_are_lines_of_their_own(
    make_scores, make_sweeps, make_history, semantics_notes, reference
):
    """Two splits chose two epochs, and one chose three: a mean by epoch would be of a beta that none has."""
    betas = {"0": (1, 5), "1": (1, 5), "2": (1, 3, 5)}
    rows = [
        {"split": split, "epoch": epoch, "loss": 2 / epoch + int(split), "beta": float(beta)}
        for split, course in betas.items()
        for epoch, beta in enumerate(course, start=1)
    ]
    figure = draw(
        make_scores(*by_class({"deer": 0.4})), make_sweeps(), make_history(*rows), semantics_notes, reference
    )
    left, right = figure.axes[3:]
    assert [line.get_ydata().tolist() for line in left.lines] == [[2.5, 1.5], [4, 3, 2 / 3 + 2]]
    assert [line.get_ydata().tolist() for line in right.lines] == [[1, 5], [1, 3, 5]]
    told = " ".join(figure.legends[0].get_title().get_text().split())
    assert "(d) has a line for each way in which trainings raise β from epoch to epoch." in told


def test_a_course_of_training_says_nothing_of_classes_that_the_backbone_met(
    make_scores, make_sweeps, make_history, semantics_notes, reference
):
    scores = make_scores(*by_class({"deer": 0.4}))
    history = make_history({"dataset": "imagenet", "backbone": "alexnet"})
    (legend,) = draw(scores, make_sweeps(), history, semantics_notes, reference).legends
    told = " ".join(legend.get_title().get_text().split())
    assert "Backbones: alexnet, lite0." in told
    assert (
        told.count("unseen classes") == 1
        and "CIFAR-10 · lite0: " in told
        and "ImageNet · alexnet: " not in told
    )


def test_panels_without_data_say_so(make_scores, make_sweeps, make_history, semantics_notes, reference):
    scores = make_scores({"metric": "mAP", "bits": 8})
    figure = draw(scores, make_sweeps(), make_history(), semantics_notes, reference)
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["not run"] * 4


def test_marks_on_fewer_splits_or_seeds_than_others_are_named(
    make_scores, make_sweeps, make_history, semantics_notes, reference
):
    """ITQ has one seed of two at deer; trainings of two epochs more are on one split, the others on two."""
    rows = [*by_class({"deer": 0.2, "cat": 0.2}), *by_class({"deer": 0.4}, seed=1)]
    scores = make_scores(*rows, *by_class({"deer": 0.1, "cat": 0.1}, "itq"))
    sweeps = make_sweeps(*({"parameter": "bits", "setting": bits, "bits": bits} for bits in (2, 8)))
    course = [
        {"epoch": epoch, "split": split}
        for split, epochs in (("0", 3), ("1", 1), ("2", 1))
        for epoch in range(epochs)
    ]
    figure = draw(scores, sweeps, make_history(*course), semantics_notes, reference)
    told = " ".join(figure.legends[0].get_title().get_text().split())
    place = "CIFAR-10 · lite0 · glove"
    assert f"On fewer seeds than others of its class: ITQ at deer ({place})." in told
    assert f"On fewer splits than others of (d): MGAH, {place}, 32 bits at 0, 1, 2." in told
    assert told.count("On fewer") == 2
