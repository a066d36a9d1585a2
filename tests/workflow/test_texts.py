"""Words of the config that outputs show: one line, in letters that figures have."""

import copy

import pytest
import yaml

from mgah.errors import InputError
from workflow import settings, texts

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
    monkeypatch.setattr(texts, "family_with", lambda characters: None)
    with pytest.raises(InputError, match=r"itq\.label: figures cannot show '方法' of 'ITQ 方法'.*fonts-noto"):
        settings.checked(labeled(copy.deepcopy(config), "ITQ 方法"))
    config["contrasts"][0]["part"] = "法"
    with pytest.raises(InputError, match=r"contrasts\.0\.part: figures cannot show '法'"):
        settings.checked(copy.deepcopy(config))
    monkeypatch.setattr(texts, "family_with", lambda characters: "Noto Sans CJK SC")
    settings.checked(copy.deepcopy(config))
    monkeypatch.setattr(texts, "family_with", lambda characters: None)
    config["outputs"]["figures"] = []
    settings.checked(config)
