"""Downloads that resume where they were interrupted; a file gets its own name only when it is complete.

The bytes that have arrived are in ``.<name>.partial`` beside the target, and ``.<name>.version`` holds the version of
the file that they are part of, as the server gives it (ETag or date). A request for the rest names that version, so
that parts of two versions are never joined (RFC 9110, sections 13.1.5 and 14). A complete file is marked as downloaded
(`mgah.io.downloaded`).
"""

import hashlib
import os
import shutil
import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from filelock import FileLock

from mgah.errors import InputError
from mgah.io.downloaded import mark
from mgah.progress import progress

#: Seconds without a byte after which a connection counts as cut.
TIMEOUT = 60
#: Pauses in seconds before further attempts at a download that had begun and then breaks off without a new byte.
PAUSES = (1, 4, 15, 60)
BLOCK = 1 << 20


def download(url: str, target: Path, checksum: str | None = None) -> None:
    """Download ``url`` to ``target`` unless that exists, resuming an interrupted download.

    Where another process is downloading the same file, this one waits for it.

    Args:
        url: address of the file.
        target: the file to write; its folder must exist.
        checksum: ``md5:`` or ``sha256:`` followed by the digest or its first digits; None to compare nothing.

    Raises:
        InputError: where the server cannot be reached, refuses, redirects from https to anything else, or keeps
            breaking off (the bytes that have arrived are kept); where the disk is too small; or where the file has
            another checksum (it is removed).
    """
    if target.exists():  # also in a folder that cannot be written
        return
    lock = target.with_name(f".{target.name}.lock")
    with FileLock(lock):
        if not target.exists():
            partial = _Partial(target)
            _fetch(url, partial)
            if checksum:
                _check(url, partial, checksum)
            partial.publish()
        lock.unlink(missing_ok=True)  # whoever still waits for it finds the target


class _Partial:
    """The part of a file that has arrived."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.file = target.with_name(f".{target.name}.partial")
        self._version = target.with_name(f".{target.name}.version")

    @property
    def size(self) -> int:
        return self.file.stat().st_size if self.file.exists() else 0

    @property
    def version(self) -> str:
        """The version of the file that the part is of; empty where it is not known."""
        return self._version.read_text() if self._version.exists() else ""

    def restart(self, version: str = "") -> None:
        """Discard the part and begin again with the file's ``version``."""
        self._version.unlink(missing_ok=True)  # first: it must never describe the new file
        self.file.unlink(missing_ok=True)
        if version:
            self._version.write_text(version)

    def append(self, blocks: urllib3.HTTPResponse, total: int) -> None:
        """Append the ``blocks`` of a response to the part, up to ``total`` bytes in all."""
        with (
            open(self.file, "ab") as stream,
            progress(self.target.name, total, self.size, "B", scaled=True) as bar,
        ):
            for block in blocks.stream(BLOCK, decode_content=False):
                stream.write(block)
                bar.update(len(block))
            stream.flush()
            os.fsync(stream.fileno())

    def publish(self) -> None:
        """Give the complete file its own name."""
        self._version.unlink(missing_ok=True)
        mark(self.target, self.file)
        os.replace(self.file, self.target)


def _fetch(url: str, partial: _Partial) -> None:
    """Complete ``partial`` in as many attempts as it takes, as long as bytes arrive."""
    begun, pauses = False, iter(PAUSES)
    while True:
        before = partial.size
        try:
            return _fetch_rest(url, partial)
        except (OSError, urllib3.exceptions.HTTPError) as error:  # requests' own errors are OSErrors
            if partial.size > before:
                begun, pauses = True, iter(PAUSES)
            pause = next(pauses, None) if begun and not _is_final(error) else None
            if pause is None:
                kept = (
                    f"; {partial.size:,} bytes are kept and the next run goes on there"
                    if partial.size
                    else ""
                )
                raise InputError(f"{url} cannot be downloaded: {error}{kept}") from error
            time.sleep(pause)


def _fetch_rest(url: str, partial: _Partial) -> None:
    """Request the bytes that ``partial`` lacks, once."""
    headers = {"Accept-Encoding": "identity"}
    if partial.size and partial.version:
        headers |= {"Range": f"bytes={partial.size}-", "If-Range": partial.version}
    with _Session() as session, session.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
        held = response.headers.get("Content-Range", "")  # bytes 100-199/200, or bytes */200
        if response.status_code == 416 and held == f"bytes */{partial.size}":
            return  # a run was killed after the last byte
        if response.status_code == 416 or (
            response.status_code == 206 and not held.startswith(f"bytes {partial.size}-")
        ):
            partial.restart()
            raise requests.ConnectionError(
                f"the server answered with the part {held!r}, which was not asked for"
            )
        response.raise_for_status()
        if response.status_code == 200:
            partial.restart(_version(response.headers))
        total = partial.size + _length(url, response.headers)
        _check_disk(partial, total)
        partial.append(response.raw, total)
    if partial.size != total:
        raise requests.ConnectionError(f"the connection was cut after {partial.size:,} of {total:,} bytes")


class _Session(requests.Session):
    """Follows redirects from https to https alone; from http, which somebody has asked for, also to http."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is None:
            return None
        address = urljoin(resp.url, target)
        allowed = {"https"} | ({"http"} if urlsplit(resp.url).scheme == "http" else set())
        if urlsplit(address).scheme not in allowed:
            raise requests.exceptions.InvalidSchema(
                f"the server redirects to {address}, which is not https: ask whoever keeps it, or get the file by hand"
            )
        return target


def _version(headers: requests.structures.CaseInsensitiveDict[str]) -> str:
    """What the header If-Range takes as the version of a file: its strong ETag, or its date."""
    etag = headers.get("ETag", "")
    return etag if etag.startswith('"') else headers.get("Last-Modified", "")


def _length(url: str, headers: requests.structures.CaseInsensitiveDict[str]) -> int:
    if not headers.get("Content-Length", "").isdigit():
        raise InputError(
            f"{url} cannot be downloaded: the server does not say how many bytes the file has, "
            "so that a cut download would look like a whole one"
        )
    return int(headers["Content-Length"])


def _check_disk(partial: _Partial, total: int) -> None:
    free = shutil.disk_usage(partial.target.parent).free
    if total - partial.size > free:
        raise InputError(
            f"{partial.target.name} needs {total - partial.size:,} bytes more, but {partial.target.parent} has "
            f"{free:,} free: make room there"
        )


def _check(url: str, partial: _Partial, checksum: str) -> None:
    algorithm, expected = checksum.split(":")
    with open(partial.file, "rb") as stream:
        digest = hashlib.file_digest(stream, algorithm).hexdigest()
    if not digest.startswith(expected):
        partial.restart()
        raise InputError(f"{url} gave a file with the checksum {algorithm}:{digest}, expected {checksum}")


def _is_final(error: Exception) -> bool:
    """Whether another attempt would fail as well: the server refuses the file, or the disk cannot hold it."""
    if isinstance(error, requests.exceptions.InvalidSchema):
        return True
    if isinstance(error, requests.HTTPError):
        return error.response is not None and error.response.status_code < 500
    return not isinstance(error, requests.RequestException | urllib3.exceptions.HTTPError)
