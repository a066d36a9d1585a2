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


@pytest.mark.parametrize("name", ["vectors.bin", "vectors.bin.gz", "vectors.txt.gz"])
def test_binary_and_compressed_files(tmp_path, name):
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(2)
    vectors.add_vectors(["car", "cat"], np.array([[3, 4], [1, 0]], dtype=np.float32))
    vectors.save_word2vec_format(str(tmp_path / name), binary=".bin" in name)
    np.testing.assert_allclose(semantics(["car"], tmp_path, file=name).vectors, [[0.6, 0.8]], rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "got the options none, expected exactly one of file, downloader, builtin"),
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


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("no-header.txt", b"cat 0.5 0.5\ndog 0.1 0.2\n"),
        ("truncated.txt", b"2 2\ncat 0.5 0.5\n"),
        ("short-row.txt", b"2 3\ncat 0.5 1\ndog 1 2 3\n"),
        ("empty.txt", b""),
        ("not-text.txt", b"\xff\xfe\x00\x01"),
        ("truncated.bin", b"2 2\ncat \x00\x00\x80\x3f"),
        ("broken.txt.gz", b"\x1f\x8b\x08\x00broken"),
        ("not-finite.txt", b"1 2\ncat nan 1\n"),
    ],
)
def test_damaged_files(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=f"{name} .*get the file again"):
        semantics(["cat"], tmp_path, file=name)


def test_failed_download_says_which_file_to_put_where(tmp_path, monkeypatch):
    import gensim.downloader

    def no_network(name):
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

    def wrong_checksum(name):
        raise Exception("Checksum comparison failed, try again")

    monkeypatch.setattr(gensim.downloader, "load", wrong_checksum)
    with pytest.raises(InputError, match=r"glove.* put its vectors in word2vec format into the data folder"):
        class_semantics(["cat"], {"downloader": "glove-wiki-gigaword-50"})


def test_downloaded_model_is_used(monkeypatch):
    import gensim.downloader
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(2)
    vectors.add_vectors(["cat"], np.array([[0, 2]], dtype=np.float32))
    monkeypatch.setattr(gensim.downloader, "load", lambda name: {"tiny": vectors}[name])
    np.testing.assert_array_equal(class_semantics(["cat"], {"downloader": "tiny"}).vectors, [[0, 1]])


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
