"""What a run needs from outside: told without opening it, checked before the first job, one list of all."""

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from torchvision.models import get_model_weights

from mgah import registry
from mgah.backbones.alexnet import AlexNet
from mgah.backbones.googlenet import GoogLeNet
from mgah.errors import InputError
from mgah.needs import Need
from mgah.needs.missing import check, collect
from mgah.semantics import sentences
from mgah.templates import text_of

ROOT = Path(__file__).parents[1]
BY_HAND = Need(
    "Animals", "13 GB", "their home page", "animals.zip into the data folder", ("animals", "animals.zip")
)
OPTIONS = {
    "attributes": [{}, {"folder": "a"}],
    "none": [{}],
    "sentences": [{}, {"descriptions": "texts.tsv", "model": "encoder"}],
    "table": [{"file": "t.csv"}],
    "word2vec": [{"file": "v.txt"}, {"downloader": "glove-twitter-25"}],
    "wordnet": [{}],
}


def test_each_place_is_enough(tmp_path):
    assert not BY_HAND.is_met(tmp_path)
    (tmp_path / "animals.zip").touch()
    assert BY_HAND.is_met(tmp_path)
    assert check([BY_HAND], [], tmp_path) == []


def test_all_that_is_missing_is_one_list(tmp_path):
    other = Need("Weights", "1 MB", "the lab", "w.pth into the data folder", ("w.pth",))
    with pytest.raises(InputError) as caught:
        check([BY_HAND, other], ["backbone x needs the package y"], tmp_path)
    lines = str(caught.value).splitlines()
    assert (
        lines[0].startswith("files are missing or cannot be used, nothing was run")
        and str(tmp_path) in lines[0]
    )
    assert lines[1:] == [
        "- Animals (13 GB), from their home page: animals.zip into the data folder",
        "- Weights (1 MB), from the lab: w.pth into the data folder",
        "- backbone x needs the package y",
    ]


def test_what_is_there_and_cannot_be_used_stands_in_the_list(tmp_path):
    class Damaged(Need):
        def fault(self, data_dir):
            return f"{data_dir / self.places[0]} is no archive"

    need = Damaged("Weights", "1 MB", "the lab", "w.pth into the data folder", ("w.pth",))
    (tmp_path / "w.pth").touch()
    with pytest.raises(InputError, match=r"\n- .*w\.pth is no archive$"):
        check([need], [], tmp_path)


@pytest.fixture
def host():
    """A host that answers, though with an error."""

    class Refusing(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_error(404)

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Refusing)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def downloaded(url: str) -> Need:
    return Need("Images", "163 MiB", url, "images.tar into the data folder", ("images.tar",), url=url)


def test_what_can_be_downloaded_is_told_and_stops_nothing(tmp_path, host):
    need = downloaded(f"{host}/images.tar")
    assert check([need], [], tmp_path) == [f"Images (163 MiB) will be downloaded from {host}/images.tar"]
    with pytest.raises(InputError, match=r"which does not exist.*\n- Images"):
        check([need], [], tmp_path / "mistyped")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"/file, which is a file .*\n- Images"):
        check([need], [], tmp_path / "file")


def test_what_cannot_be_reached_is_missing(tmp_path, host):
    with pytest.raises(InputError, match="- Images") as caught:
        check([downloaded("http://127.0.0.1:1/images.tar"), downloaded(f"{host}/images.tar")], [], tmp_path)
    assert str(caught.value).count("- Images") == 1


def test_every_dataset_and_source_says_what_it_needs_and_opens_nothing(monkeypatch):
    monkeypatch.setattr(sentences, "find_spec", lambda name: True)  # else it says that packages are missing
    told = [*(registry.load("datasets", name).needs() for name in registry.names("datasets"))]
    told += [
        registry.build("semantics", name, **options).needs()
        for name in registry.names("semantics")
        for options in OPTIONS[name]
    ]
    for list_ in told:
        for need in list_:
            assert need.what and need.size and need.origin and need.how and need.places
    assert not registry.load("datasets", "digits").needs()
    assert all(told[registry.names("datasets").index("awa2")])
    assert all(
        registry.build("semantics", name, builtin="digits").needs() == []
        for name in registry.names("semantics")
        if "builtin" in registry.find("semantics", name).parameters
    )


@pytest.mark.parametrize("backbone", [AlexNet, GoogLeNet])
def test_sizes_are_those_of_the_published_weights(backbone):
    published = get_model_weights(backbone.name).IMAGENET1K_V1.meta["_file_size"]
    (need,) = backbone.needs("weights")
    assert need.size == f"{published:.0f} MB" and need.url == backbone.url
    assert need.places == (f"weights/{backbone.url.rsplit('/', 1)[1]}",)
    (own,) = backbone.needs("own.pth")
    assert own.places == ("own.pth",) and not own.url
    assert backbone.needs(None) == ()


def test_needs_of_a_run_are_collected_once():
    wanted = {
        "datasets": [["imagenet", {}], ["cifar10", {"download": False}]],
        "semantics": [["wordnet", {}]],
        "pretraining": [["imagenet/train"], ["others"]],
        "leaks": [[]],
        "backbones": [["vgg", None]],
    }
    found, errors = collect(wanted)
    assert [need.places[0] for need in found] == [
        "imagenet/train",
        "cifar-10-batches-py",
        "nltk_data/corpora/wordnet.zip",
        "others",
    ]
    assert not any(need.url for need in found)
    assert len(errors) == 1 and "there is no backbone 'vgg'" in errors[0]


def test_a_module_from_outside_that_cannot_be_imported_is_told(tmp_path, monkeypatch):
    names = ("broken", "sound")
    for name, beginning in zip(names, ("import no_such_package\n", ""), strict=True):
        (tmp_path / f"{name}.py").write_text(beginning + text_of("method", name))
    monkeypatch.setenv(registry.VARIABLE, registry.joined(str(tmp_path / f"{name}.py") for name in names))
    found, errors = collect({"modules": [["methods", name] for name in names]})
    assert not found and len(errors) == 1
    assert f"module {tmp_path / 'broken.py'} cannot be imported (ModuleNotFoundError" in errors[0]


@pytest.mark.slow
def test_command_line(tmp_path):
    command = [sys.executable, "-m", "mgah.needs", "--data-dir", str(tmp_path), "--wanted"]
    asked = '{"datasets": [["digits", {}], ["awa2_mini", {}]]}'
    done = subprocess.run([*command, asked], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.startswith("error: files are missing") and "\n- awa2_mini (23 MB)" in done.stderr
    (tmp_path / "awa2_mini.zip").touch()
    done = subprocess.run([*command, asked], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
