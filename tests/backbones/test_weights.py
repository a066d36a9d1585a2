"""Weights files: downloads from a local server, damaged and hostile files, files of another network."""

import hashlib
import http.server
import io
import pickle
import threading
from functools import partial

import pytest
import torch
from safetensors.torch import save_file

from mgah.backbones.alexnet import AlexNet
from mgah.backbones.weights import fill, read_weights
from mgah.errors import InputError


@pytest.fixture
def state(tiny):
    torch.manual_seed(3)
    return tiny._model().state_dict()


@pytest.fixture
def served(tmp_path):
    """A folder and the address under which a local server offers it."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _published(folder, state) -> str:
    stream = io.BytesIO()
    torch.save(state, stream)
    name = f"tiny-{hashlib.sha256(stream.getvalue()).hexdigest()[:8]}.pth"
    (folder / name).write_bytes(stream.getvalue())
    return name


def test_download_then_local_copy(served, state, tmp_path, monkeypatch, tiny):
    name = _published(served[0], state)
    monkeypatch.setattr(tiny, "url", f"{served[1]}/{name}")
    first = tiny(tmp_path / "weights")
    assert sorted(file.name for file in (tmp_path / "weights").iterdir()) == [f".{name}.downloaded", name]
    assert first.weights_file == name and first.weights_sha256[:8] == name[5:13] and len(first.notes) == 2
    (served[0] / name).unlink()
    assert tiny(tmp_path / "weights").fingerprint() == first.fingerprint()
    torch.testing.assert_close(first.network[0].weight, state["0.weight"], rtol=0, atol=0)


def test_a_download_with_another_checksum_is_refused(served, state, tmp_path, monkeypatch, tiny):
    name = _published(served[0], state)
    (served[0] / name).write_bytes(b"something else")
    monkeypatch.setattr(tiny, "url", f"{served[1]}/{name}")
    with pytest.raises(
        InputError, match=rf"put the file {name}, whose SHA-256 starts with {name[5:13]}, into"
    ):
        tiny(tmp_path / "weights")
    assert [file.name for file in (tmp_path / "weights").iterdir()] == [f".{name}.lock"]


@pytest.mark.parametrize(
    "address", ["{server}/absent-0123abcd.pth", "http://127.0.0.1:9/absent-0123abcd.pth"]
)
def test_a_failed_download_says_which_file_goes_where(served, tmp_path, monkeypatch, address, tiny):
    monkeypatch.setattr(tiny, "url", address.format(server=served[1]))
    with pytest.raises(
        InputError, match=rf"absent-0123abcd.pth, whose SHA-256 starts with 0123abcd, into {tmp_path}"
    ):
        tiny(tmp_path)


def test_a_changed_file_in_the_folder_is_refused(tmp_path, state, monkeypatch, tiny):
    name = _published(tmp_path, state)
    monkeypatch.setattr(tiny, "url", f"http://127.0.0.1:9/{name}")
    tiny(tmp_path)
    with open(tmp_path / name, "ab") as stream:
        stream.write(b"x")
    with pytest.raises(InputError, match=rf"expected one that starts with {name[5:13]}: remove it"):
        tiny(tmp_path)


def test_a_local_file_is_marked_as_such(tmp_path, state, monkeypatch, tiny):
    monkeypatch.setattr(tiny, "url", "http://127.0.0.1:9/tiny-0123abcd.pth")
    torch.save(state, tmp_path / "own.pth")
    backbone = tiny(tmp_path / "own.pth")
    digest = hashlib.sha256((tmp_path / "own.pth").read_bytes()).hexdigest()
    assert (backbone.weights_file, backbone.weights_sha256) == ("own.pth", digest)
    assert digest in backbone.notes[-1] and "not the published tiny-0123abcd.pth" in backbone.notes[-1]


def test_weights_of_another_network(tmp_path, state, tiny):
    torch.save(state, tmp_path / "tiny.pth")
    with pytest.raises(
        InputError, match=r"tiny.pth does not fit AlexNet: it lacks classifier.1.bias.*and 11 more"
    ):
        AlexNet(tmp_path / "tiny.pth")
    torch.save(
        {**state, "0.weight": torch.zeros(4, 3, 5, 5), "extra": torch.zeros(1)}, tmp_path / "shape.pth"
    )
    with pytest.raises(
        InputError, match=r"unknown extra; .*0.weight \(\[4, 3, 5, 5\], expected \[4, 3, 3, 3\]\)"
    ):
        fill(tiny._model(), read_weights(tmp_path / "shape.pth"))


def test_unused_heads_missing_counters_and_half_precision_are_fine(tmp_path, state, tiny):
    kept = {key: value for key, value in state.items() if not key.endswith("num_batches_tracked")}
    kept |= {"head.weight": torch.zeros(7), "0.weight": state["0.weight"].half()}
    torch.save(kept, tmp_path / "weights.pth")
    with torch.device("meta"):
        model = tiny._model()
    fill(model, read_weights(tmp_path / "weights.pth"), tiny.unused)
    assert model[0].weight.dtype == torch.float32 and not model.training
    assert torch.equal(model[0].weight, state["0.weight"].half().float())


class Hostile:
    def __reduce__(self):
        return exec, ("open(__import__('os').environ['HOSTILE_FILE'], 'w')",)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("save", [torch.save, lambda value, file: file.write_bytes(pickle.dumps(value))])
def test_a_pickle_with_code_is_refused_and_not_run(tmp_path, save, monkeypatch):
    monkeypatch.setenv("HOSTILE_FILE", str(tmp_path / "was_here"))
    save({"weight": Hostile()}, tmp_path / "bad.pth")
    with pytest.raises(InputError, match="objects that would run code") as caught:
        AlexNet(tmp_path / "bad.pth")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "was_here").exists()


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04 half a zip"])
def test_a_damaged_file(tmp_path, content):
    (tmp_path / "bad.pth").write_bytes(content)
    with pytest.raises(InputError, match=r"bad.pth cannot be read as a plain state dict"):
        AlexNet(tmp_path / "bad.pth")


def test_what_is_no_state_dict(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        AlexNet(tmp_path / "absent.pth")
    torch.save([torch.zeros(2)], tmp_path / "list.pth")
    with pytest.raises(InputError, match="holds a list that is not a dict of tensors"):
        AlexNet(tmp_path / "list.pth")
    torch.save({"state_dict": {"a": torch.zeros(2)}}, tmp_path / "nested.pth")
    with pytest.raises(InputError, match="holds a dict that is not a dict of tensors"):
        AlexNet(tmp_path / "nested.pth")


def test_a_safetensors_file_is_a_state_dict_too(tmp_path, state, monkeypatch, tiny):
    monkeypatch.setattr(tiny, "url", "http://127.0.0.1:9/tiny-0123abcd.pth")
    save_file(state, tmp_path / "own.safetensors")
    backbone = tiny(tmp_path / "own.safetensors")
    torch.testing.assert_close(backbone.network[0].weight, state["0.weight"], rtol=0, atol=0)
    assert len(backbone.training_classes()) == 1000 and "not the published" in backbone.notes[-1]


def test_a_pickle_called_safetensors_is_refused_and_not_run(tmp_path, monkeypatch):
    monkeypatch.setenv("HOSTILE_FILE", str(tmp_path / "was_here"))
    (tmp_path / "bad.safetensors").write_bytes(pickle.dumps({"weight": Hostile()}))
    with pytest.raises(InputError, match=r"bad\.safetensors cannot be read as a plain state dict"):
        AlexNet(tmp_path / "bad.safetensors")
    assert not (tmp_path / "was_here").exists()
