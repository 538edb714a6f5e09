"""Fetches one file from an address. Knows nothing of registries."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from etbuild.execution.fetch.session import FetchSession
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import FetchProgress

_CHUNK = 1 << 20
_TIMEOUT = 60
_SCHEMES = ("https://", "http://", "file://")


def fetch_address(session: FetchSession, url: str, target: Path, what: str) -> None:
    """Write what `url` serves to `target`; whether it is the right thing is the caller's to check."""
    if not url.startswith(_SCHEMES):
        raise EtbuildError(Diagnostic("bad-url", f"an address must begin with {' or '.join(_SCHEMES)}, is '{url}'"))
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as response, target.open("wb") as file:  # noqa: S310 - Checked.
            total = int(response.headers.get("Content-Length") or 0)
            done = _copy(session, response, file, FetchProgress(what, 0, total))
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # It holds the connection.
        hint = "check the address and the network; https_proxy is honoured"
        raise EtbuildError(Diagnostic("fetch-failed", f"'{url}' cannot be fetched: {error}", hint=hint)) from error
    # http.client says nothing when a connection ends early.
    if done < total:
        message = f"'{url}' must give {total} bytes, the connection ended after {done}"
        raise EtbuildError(Diagnostic("fetch-failed", message, hint="try again"))


def _copy(session: FetchSession, response: IO[bytes], file: IO[bytes], start: FetchProgress) -> int:
    done = 0
    while chunk := response.read(_CHUNK):
        file.write(chunk)
        done += len(chunk)
        session.events(FetchProgress(start.what, done, start.total))
    return done
