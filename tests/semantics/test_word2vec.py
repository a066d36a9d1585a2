import numpy as np
import pytest

from mgah.errors import InputError
from mgah.semantics.options import STANDS_IN
from mgah.semantics.word2vec import find_vector
from tests.semantics.sources import word2vec as class_semantics

VECTORS = {
    "car": [3.0, 4.0],
    "cat": [1.0, 0.0],
    "Deer": [0.0, 2.0],
    "polar_bear": [5.0, 12.0],
    "Grizzly_bear": [1.0, 1.0],
    "Spider_Monkey": [1.0, -1.0],
    "blue": [2.0, 0.0],
    "whale": [0.0, 0.5],
    "nothing": [0.0, 0.0],
}


def write_vectors(path, vectors=VECTORS):
    lines = [f"{word} {' '.join(map(str, values))}" for word, values in vectors.items()]
    path.write_text("\n".join([f"{len(vectors)} {len(lines[0].split()) - 1}", *lines]) + "\n")
    return path


@pytest.fixture
def folder(tmp_path):
    write_vectors(tmp_path / "vectors.txt")
    return tmp_path


def semantics(classes, folder, **options):
    return class_semantics(classes, {"file": "vectors.txt"} | options, folder)


class TestRule:
    """The first spelling that the file has counts, in the documented order."""

    @pytest.mark.parametrize(
        ("text", "keys", "rule"),
        [
            ("cat", ("cat",), "name"),
            ("polar+bear", ("polar_bear",), "name"),
            ("polar bear", ("polar_bear",), "name"),
            ("Polar_bear", ("polar_bear",), "lower"),
            ("deer", ("Deer",), "capital"),
            ("Deer", ("Deer",), "name"),
            ("grizzly+bear", ("Grizzly_bear",), "capital"),
            ("spider+monkey", ("Spider_Monkey",), "capital"),
            ("blue+whale", ("blue", "whale"), "mean"),
            ("Blue whale", ("blue", "whale"), "mean"),
        ],
    )
    def test_finds(self, text, keys, rule):
        found = find_vector(VECTORS, text)
        assert (found.keys, found.rule) == (keys, rule)
        np.testing.assert_allclose(np.linalg.norm(found.vector), 1)

    @pytest.mark.parametrize("text", ["dog", "blue+shark", "whales", "nothing", ""])
    def test_finds_none(self, text):
        assert find_vector(VECTORS, text) is None

    def test_order_of_spellings(self):
        table = {}
        for key in ("sea", "lion", "Sea_Lion", "Sea_lion", "sea_lion", "Sea_lioN", "Sea lioN"):
            table[key] = [1.0, 0.0]
            expected = ("sea", "lion") if key == "lion" else (key,)
            found = find_vector(table, "Sea lioN")
            assert found is None if key == "sea" else found.keys == expected

    def test_mean_is_of_unit_vectors(self):
        np.testing.assert_allclose(find_vector(VECTORS, "blue whale").vector, [0.5**0.5, 0.5**0.5])


def test_vectors_and_cosine(folder):
    found = semantics(["cat", "car"], folder)
    np.testing.assert_allclose(found.vectors, [[1, 0], [0.6, 0.8]])
    np.testing.assert_allclose(found.similarity, [[1, 0.6], [0.6, 1]])
    assert found.notes == ()


def test_alias_comes_first(folder):
    found = semantics(["automobile", "cat"], folder, aliases={"automobile": "car", "cat": "deer"})
    np.testing.assert_allclose(found.vectors, [[0.6, 0.8], [0, 1]])
    assert found.notes == ("automobile uses the vector of 'car', cat uses the vector of 'Deer'",)


def test_an_alias_finds_its_class_however_both_write_an_accent(folder):
    split, joined = "Lo\u0308we", "Löwe"
    for name, key in ((split, joined), (joined, split), (split, split)):
        np.testing.assert_allclose(
            semantics([name, "cat"], folder, aliases={key: "car"}).vectors[0], [0.6, 0.8]
        )


def test_notes_say_what_is_not_the_plain_name(folder):
    found = semantics(
        ["Cat", "polar bear", "deer", "spider monkey", "blue+whale"],
        folder,
        stand_in=f"Not real, {STANDS_IN}.",
    )
    assert found.notes == (
        f"Not real, {STANDS_IN}.",
        "Cat uses the vector of 'cat' (lower case)",
        "deer uses the vector of 'Deer', spider monkey uses the vector of 'Spider_Monkey' "
        "(a capitalized word has another vector than the word in lower case)",
        "blue+whale uses the mean of the unit vectors of 'blue' and 'whale' "
        "(the vector file has no vector of the whole name)",
    )


def test_vectors_that_stand_in_say_whose_place_they_take(folder):
    with pytest.raises(
        InputError, match=r"stand_in is 'GloVe', expected .* 'a stand-in for Google News word2vec'"
    ):
        semantics(["cat"], folder, stand_in="GloVe")


def test_all_names_without_vector_are_listed(folder):
    with pytest.raises(
        InputError, match=r"no vector of dog, yak \(alias gnu\), ox: .*aliases: \{dog: <word>\}$"
    ):
        semantics(["cat", "dog", "yak", "ox"], folder, aliases={"yak": "gnu"})


def test_limit_reads_the_first_words_only(folder):
    assert semantics(["car", "cat"], folder, limit=2).names == ("car", "cat")
    with pytest.raises(InputError, match=r"no vector of deer: .*or raise limit"):
        semantics(["car", "deer"], folder, limit=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "got the options none, expected exactly one of file, downloader, package, builtin"),
        ({"file": "vectors.txt", "builtin": "digits"}, r"got the options \['file', 'builtin'\]"),
        ({"file": "none.txt"}, "none.txt does not exist: put it there, or set file"),
        ({"file": "vectors.txt", "limit": 0}, "option limit is 0, expected an integer of 1 or more"),
        ({"file": "vectors.txt", "limit": True}, "option limit is True"),
        ({"builtin": "digits", "limit": 3}, "limit is given without file"),
        ({"file": "vectors.txt", "aliases": {"cat": 1}}, "option aliases is .* expected a mapping"),
        ({"file": "vectors.txt", "aliases": {"kat": "cat"}}, r"aliases names the classes \['kat'\]"),
        ({"file": "vectors.txt", "stand_in": ""}, "option stand_in is '', expected text"),
    ],
)
def test_bad_options(folder, options, message):
    with pytest.raises(InputError, match=message):
        class_semantics(["cat"], options, folder)


def test_relative_file_needs_a_data_folder():
    with pytest.raises(
        InputError, match=r"file vectors\.txt is relative to the data folder, but none was given"
    ):
        class_semantics(["cat"], {"file": "vectors.txt"})


def test_what_has_to_be_said_of_the_file_stands_in_notes_and_errors(folder):
    with open(folder / "vectors.txt", "ab") as file:
        file.write("café 1 0\n".encode("latin-1"))
    said = "vectors.txt has 10 vectors where its first line says 9"
    assert said in semantics(["cat"], folder).notes
    with pytest.raises(InputError, match=rf"vectors.txt \({said} .*no vector of café"):
        semantics(["café"], folder)


def test_classes_with_one_vector_are_named(folder):
    assert semantics(["cat", "Cat", "car"], folder).notes[-1] == "the same vector stands for cat and Cat"


def test_failed_download_says_which_file_to_put_where(tmp_path, monkeypatch):
    import gensim.downloader

    def no_network(name, return_path):
        raise OSError("no route to host")

    monkeypatch.setattr(gensim.downloader, "load", no_network)
    file = "GoogleNews-vectors-negative300.bin.gz"
    message = (
        "word2vec-google-news-300 cannot be downloaded .no route to host.: "
        f"put {file} into {tmp_path} and set file: {file} in place of downloader"
    )
    with pytest.raises(InputError, match=message):
        class_semantics(["cat"], {"downloader": "word2vec-google-news-300"}, tmp_path)


def test_failed_download_of_another_model(monkeypatch):
    import gensim.downloader

    def wrong_checksum(name, return_path):
        raise Exception("Checksum comparison failed, try again")

    monkeypatch.setattr(gensim.downloader, "load", wrong_checksum)
    with pytest.raises(InputError, match=r"glove.* put a file of its vectors into the data folder"):
        class_semantics(["cat"], {"downloader": "glove-wiki-gigaword-50"})


def test_of_a_downloaded_model_the_vectors_alone_are_read(folder, monkeypatch):
    import gensim.downloader

    def load(name, return_path):
        assert name == "tiny" and return_path  # without it, code that was downloaded runs
        return str(folder / "vectors.txt")

    monkeypatch.setattr(gensim.downloader, "load", load)
    np.testing.assert_array_equal(class_semantics(["deer"], {"downloader": "tiny"}).vectors, [[0, 1]])


class TestRealVectors:
    CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

    def test_google_news_subset(self, data_dir):
        found = class_semantics(
            ["cat", "dog", "truck", "car"], {"file": "vectors/word2vec_subset.txt"}, data_dir
        )
        assert found.vectors.shape == (4, 300)
        np.testing.assert_allclose(found.similarity[[0, 0, 2], [1, 2, 3]], [0.76, 0.18, 0.67], atol=0.005)

    def test_cifar10_lacks_names_in_google_news_subset(self, data_dir):
        with pytest.raises(InputError, match="no vector of automobile, frog, ship: "):
            class_semantics(self.CIFAR10, {"file": "vectors/word2vec_subset.txt"}, data_dir)

    def test_cifar10_by_glove(self, data_dir):
        options = {
            "file": "vectors/glove_cifar10.txt",
            "aliases": {"automobile": "car"},
            "stand_in": f"GloVe, {STANDS_IN}.",
        }
        found = class_semantics(self.CIFAR10, options, data_dir)
        cosine = dict(zip(self.CIFAR10, found.similarity[3], strict=True))
        assert [round(cosine[name], 2) for name in ("cat", "dog", "truck")] == [1, 0.80, 0.30]
        assert found.notes == (f"GloVe, {STANDS_IN}.", "automobile uses the vector of 'car'")

    def test_all_animals_have_a_vector(self, data_dir):
        lines = (data_dir / "awa2_meta/classes.txt").read_text().splitlines()
        animals = [line.split()[1] for line in lines]
        aliases = {"persian+cat": "longhaired_cat", "blue+whale": "baleen_whale"}
        options = {"file": "vectors/word2vec_subset.txt", "aliases": aliases}
        found = class_semantics(animals, options, data_dir)
        assert found.vectors.shape == (50, 300)
        assert "grizzly+bear uses the vector of 'Grizzly_bear'" in found.notes[1]
