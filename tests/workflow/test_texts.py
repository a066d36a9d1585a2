"""Words of the config that outputs show: one line, in letters that figures have."""

import copy

import pytest
import yaml

from mgah import registry
from mgah.errors import InputError
from mgah.report import fonts
from mgah.report.inputs import tables_of
from workflow import settings, texts

pytestmark = pytest.mark.slow

SMALL = yaml.safe_load((settings.SCHEMA.parent / "small.yaml").read_text())


@pytest.fixture
def config():
    return copy.deepcopy(SMALL)


def labeled(config, label):
    config["methods"]["itq"] = {"label": label}
    return config


@pytest.mark.parametrize(
    "label",
    [
        "{x}",
        "{wildcards.split}",
        "--help",
        "-",
        "$a_b$",
        r"$\frac$",
        "a|b",
        "β ≤ 2 → ü",
        "<b>",
        "it's \"",
        "%s",
    ],
)
def test_labels_in_any_signs_are_taken(config, label):
    assert settings.checked(labeled(config, label))["methods"]["itq"]["label"] == label


@pytest.mark.parametrize("label", ["ITQ\nfast", "ITQ\n", "a\tb", "a\x00", "a\u2028b", "a\x1b[0m"])
def test_a_label_of_several_lines_is_one_fault(config, label):
    with pytest.raises(InputError, match=r"^config key methods\.itq\.label: .* expected one line of text"):
        settings.checked(labeled(config, label))


@pytest.mark.parametrize("label", ["", " ", "_hidden"])
def test_a_label_that_no_legend_shows_is_one_fault(config, label):
    with pytest.raises(
        InputError, match=r"^config key methods\.itq\.label: .* is no name that a legend shows"
    ):
        settings.checked(labeled(config, label))


def test_a_line_break_is_found_anywhere_in_a_config(config):
    config["datasets"]["digits"]["options"] = {"folder": ["a", "b\n"]}
    with pytest.raises(InputError, match=r"datasets\.digits\.options\.folder\.1: 'b\\n'"):
        settings.checked(config)


def test_letters_that_no_font_has_are_one_fault_where_there_are_figures(config, monkeypatch):
    monkeypatch.setattr(fonts, "family_with", lambda letters: None)
    labeled(config, "ITQ 方法")
    config["contrasts"][0]["part"] = "法"
    told = (
        r"config key methods\.itq\.label: figures cannot show '方法' of 'ITQ 方法' \(methods\.itq\.label\), "
        r"'法' of '法' \(contrasts\.0\.part\), which DejaVu Sans .* lack: install a font .*fonts-noto-cjk"
    )
    with pytest.raises(InputError, match=told):
        settings.checked(copy.deepcopy(config))
    monkeypatch.setattr(fonts, "family_with", lambda letters: "Noto Sans CJK SC")
    settings.checked(copy.deepcopy(config))
    monkeypatch.setattr(fonts, "family_with", lambda letters: None)
    config["outputs"]["figures"] = []
    settings.checked(config)


def test_so_are_letters_in_names_of_splits_which_captions_show(config, monkeypatch):
    monkeypatch.setattr(fonts, "family_with", lambda letters: None)
    config["datasets"]["digits"]["splits"] = ["草"]
    with pytest.raises(InputError, match=r"config key datasets\.digits\.splits: figures cannot show '草'"):
        texts.check_texts(config)


def test_figures_that_read_rows_of_classes_are_known_to_show_their_names():
    figures = [
        name for name in registry.names("outputs") if registry.find("outputs", name).group == "figures"
    ]
    of_classes = {name for name in figures if {"confusion", "graphs", "gallery"} & set(tables_of(name))}
    # figure6 shows the classes of scores
    assert set(texts.figures_of_classes({"outputs": {"figures": figures}})) == of_classes | {"figure6"}
