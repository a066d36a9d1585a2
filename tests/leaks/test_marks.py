import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.leaks import marks as module
from mgah.leaks.marks import leak_marks
from mgah.semantics.corpus import find_synsets, open_wordnet
from mgah.tables.leaks import MEANING, read_marks, write_marks


class Noun:
    """A noun with wider nouns, as NLTK's synsets answer."""

    def __init__(self, name, *wider):
        self.name, self.wider = name, wider

    def hypernym_paths(self):
        paths = [path for noun in self.wider for path in noun.hypernym_paths()] or [[]]
        return [[*path, self] for path in paths]

    def lemma_names(self):
        return [self.name, "another_name"]


ANIMAL = Noun("animal")
PET = Noun("pet", ANIMAL)
CAT = Noun("domestic_cat", Noun("carnivore", ANIMAL), PET)
KITTENS = [Noun(f"cat_{letter}", CAT) for letter in "abcde"]


def relation(noun, *trained):
    return module._relations({"x": noun}, trained)["x"]


class TestRelation:
    def test_same(self):
        assert relation(CAT, PET, CAT, KITTENS[0]) == ("same", "domestic cat")

    def test_child_at_any_depth_comes_before_parent(self):
        assert relation(PET, ANIMAL, KITTENS[0]) == ("child", "cat a")

    def test_parent_by_any_path(self):
        assert relation(KITTENS[0], PET, KITTENS[1]) == ("parent", "pet")

    def test_siblings_are_clean(self):
        assert relation(KITTENS[0], *KITTENS[1:]) == ("clean", "")

    def test_three_causes_are_named_and_the_rest_counted(self):
        assert relation(CAT, *KITTENS[:3]) == ("child", "cat a, cat b, cat c")
        assert relation(CAT, *KITTENS) == ("child", "cat a, cat b, cat c and 2 more")


@pytest.fixture
def no_wordnet(monkeypatch):
    def opened(data_dir):
        raise AssertionError("WordNet was opened")

    monkeypatch.setattr(module, "open_wordnet", opened)


def test_without_training_classes_all_is_clean_and_wordnet_stays_closed(no_wordnet):
    found = leak_marks(["cat", "one"], {"cat": "n02121620", "one": None}, ())
    assert found.to_dict("list") == {
        "class": ["cat", "one"],
        "synset": ["n02121620", ""],
        "mark": ["clean", "clean"],
        "via": ["", ""],
    }


def test_dataset_without_nouns_is_unknown(no_wordnet):
    found = leak_marks(["one", "two"], {"one": None}, ("n02121620",))
    assert list(found["mark"]) == ["unknown", "unknown"]


def test_file(tmp_path):
    found = leak_marks(["cat", "NA"], {}, ())
    write_marks(tmp_path / "marks.csv", found)
    pd.testing.assert_frame_equal(read_marks(tmp_path / "marks.csv"), found)


def test_damaged_file(tmp_path):
    file = tmp_path / "marks.csv"
    file.write_text("class,synset,mark\ncat,,clean\n")
    with pytest.raises(
        InputError, match=r"marks\.csv cannot be used, it has the columns \['class', 'synset', 'm"
    ):
        read_marks(file)
    file.write_text("class,synset,mark,via\ncat,,dirty,\n")
    with pytest.raises(InputError, match=r"has the marks \['dirty'\], expected \['same', "):
        read_marks(file)
    with pytest.raises(InputError, match=r"none\.csv cannot be used, it cannot be read"):
        read_marks(tmp_path / "none.csv")


def test_every_mark_has_a_sentence():
    assert list(MEANING) == ["same", "child", "parent", "unknown", "clean"]
    assert all(sentence.endswith(".") for sentence in MEANING.values())


CIFAR10 = ["airplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
AWA2 = {
    "chimpanzee": "same",
    "giant_panda": "same",
    "leopard.n.02": "same",
    "persian_cat": "same",
    "hog.n.03": "same",
    "hippopotamus": "same",
    "humpback.n.03": "clean",
    "raccoon.n.02": "clean",
    "rat": "clean",
    "seal.n.09": "child",
    "sheep": "child",
    "dolphin.n.02": "child",
    "bat": "clean",
    "blue_whale": "clean",
    "horse": "child",
    "walrus": "clean",
    "giraffe": "clean",
    "bobcat": "parent",
}


class TestImageNet1K:
    """What a backbone trained on the 1,000 classes of ILSVRC-2012 has seen."""

    @pytest.fixture
    def trained(self, data_dir):
        return (data_dir / "imagenet1k_wnids.txt").read_text().split()

    def marks(self, names, trained, data_dir):
        nouns = {name: name if ".n." in name else f"{name}.n.01" for name in names}
        return leak_marks(names, nouns, trained, data_dir).set_index("class")

    def test_cifar10_is_seen_but_for_deer(self, trained, data_dir):
        found = self.marks(CIFAR10, trained, data_dir)
        assert list(found.index[found["mark"] == "clean"]) == ["deer"]

    def test_unseen_classes_of_animals_with_attributes(self, trained, data_dir):
        found = self.marks(list(AWA2), trained, data_dir)
        assert found["mark"].to_dict() == AWA2
        via = {"dolphin.n.02": "killer whale", "horse": "sorrel", "seal.n.09": "sea lion", "bobcat": "lynx"}
        assert {name: found["via"][name] for name in via} == via

    def test_classes_of_imagenet_are_the_same(self, trained, data_dir):
        classes = trained[::10]
        found = leak_marks(classes, dict(zip(classes, classes, strict=True)), trained, data_dir)
        assert set(found["mark"]) == {"same"}

    def test_offset_and_name_mean_the_same(self, trained, data_dir):
        nouns = find_synsets(open_wordnet(data_dir), {"deer": "n02430045", "cat": "cat.n.01"})
        assert [noun.name() for noun in nouns.values()] == ["deer.n.01", "cat.n.01"]
        found = leak_marks(
            ["deer", "cat", "one"], {"deer": "n02430045", "cat": "cat.n.01"}, trained, data_dir
        )
        assert list(found["mark"]) == ["clean", "child", "unknown"]
        assert "more" in found["via"][1]

    def test_unknown_ids_are_named(self, data_dir):
        with pytest.raises(InputError, match="no noun 'n00000001' of cat"):
            leak_marks(["cat"], {"cat": "n00000001"}, ["n02121620"], data_dir)
        with pytest.raises(InputError, match="no noun 'n00000002' of training class n00000002"):
            leak_marks(["cat"], {"cat": "n02121620"}, ["n00000002"], data_dir)
