"""Order and looks of methods."""

from mgah import registry
from mgah.report.style import base_of, headline_bits, is_control, method_order, method_style

LINE_UP = ["itq", "imh", "ksh", "sdh", "dhn", "dnnh", "tsk", "sitnet", "doph", "mgah"]
CONTROLS = ["random_projection", "random_codes", "classifier_codes", "cosine"]
OWN = """from mgah.methods.base import HashingMethod

class MgahPlus(HashingMethod):
    def __init__(self, *, n_bits=8, random_state=0):
        self.n_bits, self.random_state = n_bits, random_state

    def _fit(self, features, labels, semantics): ...

    def _encode(self, features):
        return features[:, : self.n_bits] > 0
"""


def test_order_is_the_papers_with_variants_behind_own_methods_after_and_controls_last():
    expected = ["itq", "itq_l2", *LINE_UP[1:], "mgah_2", "mgah_10", "mgah_itq", "own", *CONTROLS]
    assert sorted(sorted(expected), key=method_order) == expected
    assert [word for word in expected if is_control(word)] == CONTROLS


def test_known_methods_differ_in_color_or_marker_and_in_grey_by_marker_or_dashes():
    words = [*LINE_UP, "itq_l2", "mgah_itq", *CONTROLS, *(f"mgah_{i}" for i in range(1, 6))]
    styles = [method_style(word) for word in words]
    assert len({(style.marker, style.linestyle, style.hollow) for style in styles}) == len(words)
    assert len({method_style(word).color for word in LINE_UP}) == len(LINE_UP)


def test_every_control_is_known_and_every_other_word_has_a_stable_style():
    assert method_style("own") == method_style("own") and not is_control("own")
    variant = method_style("ksh_small")
    assert variant.color == method_style("ksh").color and variant.hollow and not is_control("ksh_small")
    assert is_control("random_codes_b")


def test_a_variant_has_its_methods_base_and_an_own_method_has_none(monkeypatch, tmp_path):
    assert [base_of(word) for word in ("mgah", "mgah_2", "doph_linear", "doph_linear_b")] == [
        "mgah",
        "mgah",
        "doph",
        "doph",
    ]
    assert [base_of(word) for word in ("cosine", "random_codes_b")] == ["cosine", "random_codes"]
    assert base_of("own") is base_of("lsh") is None
    assert base_of("mgah_plus") == "mgah"
    file = tmp_path / "mgah_plus.py"
    file.write_text(OWN)
    monkeypatch.setenv(registry.VARIABLE, str(file))
    assert base_of("mgah_plus") is base_of("mgah_plus_b") is None, "a method of its own, no variant of MGAH"


def test_what_is_shown_at_one_code_length_is_shown_nearest_to_32_bits():
    assert headline_bits([8, 16, 32, 48]) == 32
    assert headline_bits([48, 24, 16, 40]) == 24, "of two as near the shorter"
    assert headline_bits([8]) == 8
