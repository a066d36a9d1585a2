"""The registry's static answer is Python's, for every component and for every spelling; modules from outside."""

import inspect
import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from mgah import registry
from mgah.errors import InputError
from tests.fixtures.packages import skip_without_package

ROOT = Path(registry.__file__).parents[2]
COMPONENTS = [(kind, word) for kind in registry.KINDS for word in registry.names(kind)]
METHOD = """
from typing import ClassVar
from mgah.methods.base import HashingMethod, signs


{above}
class Own(HashingMethod):
    label = "Own"
    {line}

    def __init__(self, *, n_bits: int = 8, random_state: int = 0, strength: float = 1.0) -> None:
        self.n_bits, self.random_state, self.strength = n_bits, random_state, strength

    def _fit(self, features, labels, semantics) -> None:
        self.cut_ = features[:, : self.n_bits].mean(axis=0) * self.strength

    def _encode(self, features):
        return signs(features[:, : self.n_bits] - self.cut_)
"""


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """Writes a file and adds it to MGAH_MODULES."""

    def write(name, text):
        (tmp_path / name).write_text(textwrap.dedent(text))
        monkeypatch.setenv(registry.VARIABLE, registry.joined([str(tmp_path / name)]))
        return tmp_path / name

    return write


def parameters_by_python(cls):
    """Keyword-only parameters of the constructors that Python calls in turn."""
    found = set()
    for base in cls.__mro__:
        if "__init__" in vars(base):
            parameters = inspect.signature(base.__init__).parameters.values()
            found |= {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
            if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
                break
    return sorted(found)


def assert_agrees(kind, word):
    """The static answer about a component is that of the class (or function) that Python imports."""
    component, made = registry.find(kind, word), registry.load(kind, word)
    assert Path(inspect.getsourcefile(made)).resolve() == component.file.resolve()
    if kind == "outputs":
        assert component.parameters == tuple(inspect.signature(made).parameters)
        return
    assert list(component.parameters) == parameters_by_python(made)
    assert not inspect.isabstract(made)
    for name, value in component.tags.items():
        assert getattr(made, name) == value and type(getattr(made, name)) is type(value), name
    base = registry.KINDS[kind].base.rsplit(".", 1)[1]
    declared = next(cls for cls in made.__mro__ if cls.__name__ == base)
    plain = (str, bool, int, type(None))
    values = {name: value for name, value in vars(declared).items() if name != "name" and name[0] != "_"}
    written = {name for name, value in values.items() if isinstance(value, plain)}
    computed = {name for name in written if not isinstance(getattr(made, name), plain)}
    assert written - computed <= set(component.tags)


@pytest.mark.parametrize(("kind", "word"), COMPONENTS)
def test_the_static_answer_about_a_component_is_pythons(kind, word):
    skip_without_package(word)
    assert_agrees(kind, word)


@pytest.mark.slow
def test_no_shipped_module_is_broken_and_listing_imports_nothing_heavy():
    code = """if True:
        import sys
        from mgah import registry
        words = [registry.find(kind, word).name for kind in registry.KINDS for word in registry.names(kind)]
        assert len(words) > 40 and not registry.faults()
        print({"torch", "numpy", "pandas", "sklearn", "gensim", "nltk"} & set(sys.modules))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "set()\n", done.stderr


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("control = True", True),
        ("control: ClassVar[bool] = True", True),
        ("variant_of = 'itq'", "itq"),
        ('variant_of: ClassVar[str] = "itq"', "itq"),
        ("", False),
    ],
)
def test_tags_are_read_in_any_spelling(outside, line, value):
    outside("own.py", METHOD.format(above="", line=line))
    name = line.split(":")[0].split(" ")[0] or "control"
    assert registry.find("methods", "own").tags[name] == value
    assert_agrees("methods", "own")


IMPORTS = """
from mgah.datasets import xlsa17
from mgah.datasets.awa2 import ARCHIVE, FOLDER as PLACE

OWN = "own"
TWICE = "first"
TWICE = "second"
LISTED = [OWN]
"""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("OWN", "own"),
        ('f"{PLACE}/{OWN}"', "Animals_with_Attributes2/own"),
        ('(OWN, "b", *xlsa17.FOLDERS, ARCHIVE)', ("own", "b", "AWA2", "xlsa17/data/AWA2", "AwA2-data.zip")),
        ("xlsa17.FEATURES", "res101.mat"),
        ("(OWN,) + (OWN,)", None),
        ("TWICE", None),
        ("(*OWN,)", None),
        ('f"{OWN:>9}"', None),
        ("xlsa17.read_mat", None),
        ("label", None),
        ("str(OWN)", None),
    ],
)
def test_names_that_stand_for_literals_are_read_and_what_is_computed_is_left_to_python(
    outside, expression, value
):
    outside("own.py", METHOD.format(above=IMPORTS, line=f"files = {expression}"))
    assert registry.find("methods", "own").tags.get("files") == value
    assert_agrees("methods", "own")


def test_a_helper_with_keyword_only_parameters_above_the_method_is_not_the_method(outside):
    helper = "class Solver:\n    def __init__(self, *, ridge=1.0):\n        self.ridge = ridge\n\n"
    outside("helped.py", METHOD.format(above=helper, line=""))
    assert registry.find("methods", "helped").parameters == ("n_bits", "random_state", "strength")
    assert_agrees("methods", "helped")


def test_a_class_without_a_constructor_has_that_of_its_base(outside):
    outside(
        "again.py",
        "from mgah.baselines.random_codes import RandomCodes\n\n\nclass Again(RandomCodes):\n    label = 'x'\n",
    )
    assert registry.find("methods", "again").parameters == ("n_bits", "random_state")
    assert registry.find("methods", "again").tags["control"] is True
    assert_agrees("methods", "again")


def test_a_constructor_that_passes_others_on_has_those_of_its_base(outside):
    outside(
        "passing.py",
        """
        import mgah.methods.deep.base as deep

        class _Shared(deep.DeepHashing):
            def __init__(self, *, margin=1.0, **training):
                super().__init__(**training)
                self.margin = margin

        class Passing(_Shared):
            label = "Passing"
            def __init__(self, *, weight=1.0, **others):
                super().__init__(**others)
                self.weight = weight
            @classmethod
            def _objective(cls, methods, semantics):
                raise NotImplementedError
        """,
    )
    own = registry.find("methods", "passing").parameters
    assert {"weight", "margin", "epochs", "n_bits"} <= set(own) and "training" not in own
    assert_agrees("methods", "passing")
    assert sorted(registry.build("methods", "passing", weight=2.0, margin=3.0).get_params()) == list(own)


@pytest.mark.parametrize("line", ["name = 'mine'", 'name: ClassVar[str] = "mine"', "pass"])
def test_a_dataset_is_found_by_its_module_whatever_the_spelling_of_its_name(outside, line):
    outside(
        "mine.py",
        f"""
        from typing import ClassVar
        from mgah.datasets import base

        class Mine(base.Dataset):
            {line}
            classes = ("a", "b")
            synsets = {{"a": None, "b": None}}
            source = "memory"
            def __init__(self, root, *, size: int = 1) -> None:
                self._labels = {{"a/0": "a", "b/0": "b"}}
            def _load(self, path):
                raise NotImplementedError
            @classmethod
            def unseen_classes(cls, split_name, classes):
                return ("b",)
        """,
    )
    assert "mine" in registry.names("datasets") and registry.find("datasets", "mine").parameters == ("size",)
    assert_agrees("datasets", "mine")
    assert registry.build("datasets", "mine", Path()).name == "mine"
    with pytest.raises(InputError, match="dataset mine has no option 'sise': its options are size"):
        registry.build("datasets", "mine", Path(), sise=3)


def test_an_output_from_outside_is_found_with_the_tables_that_it_reads(outside):
    outside("counted.py", "'''Counts.'''\n\n\ndef build(scores, notes):\n    return len(scores)\n")
    found = registry.find("outputs", "counted")
    assert (found.group, found.parameters, found.docstring) == ("tables", ("scores", "notes"), "Counts.")
    assert registry.load("outputs", "counted")([1, 2], []) == 2


BROKEN = {
    "syntax": ("class Own(:\n", "cannot be read.*invalid syntax"),
    "nothing": ("x = 1\n", "defines no component"),
    "two": (
        "from mgah.baselines.random_codes import RandomCodes as R\nclass A(R):\n    pass\nclass B(R):\n    pass\n",
        "defines A, B, expected one method a module",
    ),
    "open": (
        METHOD.format(above="", line="").split("    def _encode")[0],
        "the method Own lacks _encode: define every method that mgah.methods.base.HashingMethod leaves open",
    ),
    "idle": (
        METHOD.format(above="", line="").replace("def _fit", "def _learn"),
        "the method Own lacks _fit or _fit_many: define one of them",
    ),
    "positional": (
        METHOD.format(above="", line="").replace("*, n_bits", "n_bits"),
        "the method Own has a constructor without n_bits and random_state: write def __init__",
    ),
    "required": (
        METHOD.format(above="", line="").replace("strength: float = 1.0", "strength: float"),
        "the method Own has a constructor without a default for strength: give each parameter one",
    ),
    "number": (
        METHOD.format(above="", line="label = 3"),
        "the method Own has label = 3: write text in quotes",
    ),
    "word": (
        METHOD.format(above="", line='control = "yes"'),
        "the method Own has control = 'yes': write True or False",
    ),
    "note": (
        METHOD.format(above="", line='notes = "A note."'),
        "the method Own has notes = 'A note.': write a tuple",
    ),
    "itq": (
        METHOD.format(above="", line=""),
        "defines the method 'itq', which .*itq.py defines already: rename it",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_module_is_one_sentence_with_its_path_and_disturbs_nothing(outside, name):
    text, words = BROKEN[name]
    path = outside(f"{name}.py", text)
    (fault,) = registry.faults().values()
    assert str(path) in fault and "\n" not in fault
    with pytest.raises(InputError, match=words):
        raise InputError(fault)
    assert registry.load("methods", "itq").label == "ITQ"
    if name != "itq":
        with pytest.raises(InputError, match=words):
            registry.load("methods", name)


def test_a_module_of_the_project_that_lacks_a_method_says_so(tmp_path, monkeypatch):
    (tmp_path / "own_package").mkdir()
    (tmp_path / "own_package/__init__.py").write_text("")
    (tmp_path / "own_package/open.py").write_text(BROKEN["open"][0])
    monkeypatch.syspath_prepend(tmp_path)
    kind = replace(registry.KINDS["methods"], packages=("own_package",))
    monkeypatch.setitem(registry.KINDS, "methods", kind)
    with pytest.raises(InputError, match=r"module .*own_package/open\.py: the method Own lacks _encode"):
        registry.find("methods", "open")


def test_a_module_that_is_missing_or_cannot_be_imported_is_one_sentence(outside, monkeypatch):
    path = outside("late.py", METHOD.format(above="import no_such_package", line=""))
    assert "late" in registry.names("methods") and not registry.faults()
    with pytest.raises(InputError, match=rf"module {path} cannot be imported \(ModuleNotFoundError"):
        registry.load("methods", "late")
    monkeypatch.setenv(registry.VARIABLE, os.pathsep.join(["/no/gone.py", "no_such.dotted"]))
    with pytest.raises(InputError, match=r"module /no/gone\.py does not exist"):
        registry.find("methods", "gone")
    (path.parent / "folder.py").mkdir()
    monkeypatch.setenv(registry.VARIABLE, os.pathsep.join([str(path.parent / "folder.py"), "no_such.dotted"]))
    with pytest.raises(InputError, match=r"module .*folder\.py is a folder: correct its path"):
        registry.find("methods", "folder")
    with pytest.raises(InputError, match=r"module no_such\.dotted is not found"):
        registry.find("methods", "dotted")


def test_entry_points_of_installed_packages_count(tmp_path, monkeypatch):
    package = tmp_path / "strangers"
    (tmp_path / "strangers-1.0.dist-info").mkdir()
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "base.py").write_text(
        METHOD.format(above="", line="control = True").replace("class Own", "class Base")
    )
    (package / "theirs.py").write_text(
        "from .base import Base\n\n\nclass Theirs(Base):\n    label = 'Theirs'\n"
    )
    (package / "bad.py").write_text("def (\n")
    info = tmp_path / "strangers-1.0.dist-info"
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strangers\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[mgah.methods]\nforeign = strangers.theirs\nexact = strangers.theirs:Theirs\nbad = strangers.bad\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for word in ("foreign", "exact"):
        assert registry.find("methods", word).tags["control"] is True
        assert_agrees("methods", word)
        assert registry.load("methods", word).label == "Theirs"
    with pytest.raises(InputError, match=r"module .*bad\.py cannot be read"):
        registry.find("methods", "bad")
    assert "bad" not in registry.names("methods") and "itq" in registry.names("methods")
