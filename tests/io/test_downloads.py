"""Downloads from a local server that cuts connections, changes the file or does not answer."""

import hashlib
import http.server
import multiprocessing
import os
import re
import socket
import threading
from types import SimpleNamespace
from urllib.parse import urlsplit

import numpy as np
import pytest
import requests

from mgah.errors import InputError
from mgah.io import downloads
from mgah.io.downloaded import is_marked
from mgah.io.downloads import download

pytestmark = pytest.mark.slow

CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves ``server.content`` with ranges, and cuts each connection after ``server.cuts.pop(0)`` bytes."""

    def do_GET(self):
        server = self.server
        server.asked.append(self.headers.get("Range"))
        if server.status:
            return self.send_error(server.status)
        if server.moved and self.path != urlsplit(server.moved).path:
            self.send_response(302)
            self.send_header("Location", server.moved)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        start = 0
        if (wanted := self.headers.get("Range")) and self.headers.get("If-Range") in (None, server.etag):
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
        total = len(server.content)
        if start >= total:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{total}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start + server.shift}-{total - 1}/{total}")
        if server.etag:
            self.send_header("ETag", server.etag)
        if server.tells_length:
            self.send_header("Content-Length", str(total - start))
        self.end_headers()
        cut = server.cuts.pop(0) if server.cuts else None
        self.wfile.write(server.content[start:][:cut])
        self.close_connection = True

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(downloads, "PAUSES", (0, 0))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.content, server.etag, server.cuts, server.asked = CONTENT, '"one"', [], []
    server.status, server.shift, server.tells_length, server.moved = None, 0, True, None
    server.url = f"http://127.0.0.1:{server.server_port}/file.zip"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def names(folder):
    return sorted(os.listdir(folder))


def test_a_whole_file(server, tmp_path):
    download(server.url, tmp_path / "file.zip", SHA256)
    assert (tmp_path / "file.zip").read_bytes() == CONTENT
    assert names(tmp_path) == [".file.zip.downloaded", "file.zip"]
    download(server.url, tmp_path / "file.zip", SHA256)
    assert server.asked == [None]  # what is there is not fetched again


def test_what_has_arrived_is_on_the_disk(server, tmp_path, monkeypatch):
    flushed = []
    flush = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (flushed.append(os.fstat(file).st_ino), flush(file)))
    download(server.url, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").stat().st_ino in flushed


def test_a_downloaded_file_is_known_as_such_until_it_is_changed_or_replaced(server, tmp_path):
    file = tmp_path / "file.zip"
    download(server.url, file, SHA256)
    assert is_marked(file) and not is_marked(tmp_path / "other.zip")
    later = file.stat().st_mtime_ns + 1
    os.utime(file, ns=(later, later))
    assert not is_marked(file)
    file.unlink()
    download(server.url, file, SHA256)
    assert is_marked(file)
    file.write_bytes(CONTENT + b"x")
    assert not is_marked(file)


def test_a_cut_download_goes_on_where_it_was_cut(server, tmp_path):
    server.cuts = [100_000, 50_000]
    download(server.url, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-", "bytes=150000-"]
    assert names(tmp_path) == [".file.zip.downloaded", "file.zip"]


def test_a_download_that_stays_cut_is_kept_and_the_next_run_goes_on(server, tmp_path):
    server.cuts = [100_000, 0, 0, 0]
    with pytest.raises(InputError, match=r"file\.zip cannot be downloaded: .*100,000 bytes are kept"):
        download(server.url, tmp_path / "file.zip")
    assert not (tmp_path / "file.zip").exists()
    server.cuts, server.asked = [], []
    download(server.url, tmp_path / "file.zip", SHA256)
    assert server.asked == ["bytes=100000-"]
    assert (tmp_path / "file.zip").read_bytes() == CONTENT


def test_a_file_that_changed_in_between_is_fetched_anew(server, tmp_path):
    server.cuts = [100_000, 0, 0, 0]
    with pytest.raises(InputError):
        download(server.url, tmp_path / "file.zip")
    server.content, server.etag, server.cuts = CONTENT[::-1], '"two"', []
    download(server.url, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").read_bytes() == CONTENT[::-1]


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_mark_of_the_version_nothing_is_joined(server, tmp_path, etag):
    server.etag, server.cuts = etag, [100_000]
    download(server.url, tmp_path / "file.zip")
    assert server.asked == [None, None]
    assert (tmp_path / "file.zip").read_bytes() == CONTENT


def test_a_run_killed_after_the_last_byte_is_finished(server, tmp_path):
    (tmp_path / ".file.zip.partial").write_bytes(CONTENT)
    (tmp_path / ".file.zip.version").write_text('"one"')
    download(server.url, tmp_path / "file.zip", SHA256)
    assert server.asked == ["bytes=300000-"] and names(tmp_path) == [".file.zip.downloaded", "file.zip"]


@pytest.mark.parametrize("fault", ["longer", "shifted"])
def test_a_part_that_does_not_fit_is_thrown_away(server, tmp_path, fault):
    (tmp_path / ".file.zip.partial").write_bytes(CONTENT[:1000] if fault == "shifted" else CONTENT + b"x")
    (tmp_path / ".file.zip.version").write_text('"one"')
    server.shift = 5
    with pytest.raises(InputError, match="was not asked for"):
        download(server.url, tmp_path / "file.zip")
    assert names(tmp_path) == [".file.zip.lock"]
    download(server.url, tmp_path / "file.zip", SHA256)
    assert (tmp_path / "file.zip").read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_nothing(server, tmp_path):
    for checksum in ("sha256:0123", "md5:" + "0" * 32):
        with pytest.raises(InputError, match=rf"with the checksum {checksum[:3]}.*, expected {checksum}"):
            download(server.url, tmp_path / "file.zip", checksum)
        assert names(tmp_path) == [".file.zip.lock"]
    download(server.url, tmp_path / "file.zip", "md5:" + hashlib.md5(CONTENT).hexdigest())


@pytest.mark.parametrize("status", [404, 403, 503])
def test_a_refusal_is_told_at_once(server, tmp_path, status):
    server.status = status
    with pytest.raises(InputError, match=f"cannot be downloaded: {status} "):
        download(server.url, tmp_path / "file.zip")
    assert len(server.asked) == 1


def test_a_server_that_does_not_tell_the_length_is_refused(server, tmp_path):
    server.tells_length = False
    with pytest.raises(InputError, match="does not say how many bytes the file has"):
        download(server.url, tmp_path / "file.zip")
    assert not (tmp_path / "file.zip").exists()


def test_a_full_disk_is_told_before_anything_is_written(server, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda _: SimpleNamespace(free=299_999))
    with pytest.raises(InputError, match=r"needs 300,000 bytes more, .* has 299,999 free"):
        download(server.url, tmp_path / "file.zip")
    assert not (tmp_path / ".file.zip.partial").exists()


def test_two_processes_fetch_a_file_once(server, tmp_path):
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=download, args=(server.url, tmp_path / "file.zip", SHA256)) for _ in "ab"
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert server.asked == [None] and (tmp_path / "file.zip").read_bytes() == CONTENT
    assert names(tmp_path) == [".file.zip.downloaded", "file.zip"]


@pytest.mark.parametrize("answer", [b"", b"no HTTP\r\n"], ids=["silent", "garbage"])
def test_a_server_without_an_answer_ends_the_download(tmp_path, monkeypatch, answer):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(20)
                connection.recv(1 << 16)
                connection.sendall(answer)
                if not answer:
                    connection.recv(1)  # returns when the client has hung up

        monkeypatch.setenv("no_proxy", "*")
        monkeypatch.setattr(downloads, "TIMEOUT", 20 if answer else 0.3)
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        with pytest.raises(
            InputError, match="cannot be downloaded: .*" + ("no HTTP" if answer else "timed out")
        ):
            download(f"http://127.0.0.1:{server.getsockname()[1]}/file.zip", tmp_path / "file.zip")
        thread.join(20)
    assert names(tmp_path) == [".file.zip.lock"]


def test_an_error_without_a_response_is_worth_another_attempt():
    assert not downloads._is_final(requests.HTTPError("cut"))


@pytest.mark.parametrize(
    ("asked", "to", "followed"),
    [
        ("https://a.org/f", "https://b.org/f", True),
        ("https://a.org/f", "/g", True),
        ("https://a.org/f", "//b.org/g", True),
        ("https://a.org/f", "http://b.org/f", False),
        ("https://a.org/f", "HTTP://b.org/f", False),
        ("https://a.org/f", "ftp://b.org/f", False),
        ("https://a.org/f", "file:///etc/passwd", False),
        ("http://a.org/f", "http://b.org/f", True),
        ("http://a.org/f", "https://b.org/f", True),
        ("http://a.org/f", "file:///etc/passwd", False),
    ],
)
def test_redirects_leave_https_for_nothing(asked, to, followed):
    response = requests.Response()
    response.url, response.status_code, response.headers["location"] = asked, 302, to
    session = downloads._Session()
    if followed:
        assert session.get_redirect_target(response) == to
    else:
        with pytest.raises(requests.exceptions.InvalidSchema, match=r"redirects to .*, which is not https"):
            session.get_redirect_target(response)


def test_a_redirect_to_a_file_of_this_machine_ends_the_download(server, tmp_path):
    server.moved = "file:///etc/passwd"
    with pytest.raises(InputError, match=r"cannot be downloaded: .* redirects to file:///etc/passwd, which"):
        download(server.url, tmp_path / "file.zip")
    server.moved = server.url
    download(server.url.replace("file.zip", "moved"), tmp_path / "file.zip", SHA256)
    assert (tmp_path / "file.zip").read_bytes() == CONTENT
