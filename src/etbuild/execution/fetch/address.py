"""Fetches one file from an address. Knows nothing of registries."""

from __future__ import annotations

import base64
import http.client
import re
import string
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from etbuild.execution.fetch.made_folder import disk_full_is_said
from etbuild.execution.fetch.session import FetchSession
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import FetchProgress

_CHUNK = 1 << 20
_TIMEOUT = 60
_SCHEMES = ("https://", "http://", "file://")
_WAITS = (0.5, 2, 5)
"""Seconds before each attempt after the first."""
_BUSY = frozenset({429, 500, 502, 503, 504})
"""What a server answers that may answer better soon."""


class _DroppedError(Exception):
    """It may go well another time."""


def fetch_address(session: FetchSession, url: str, target: Path, what: str) -> None:
    """Write what `url` serves to `target`; whether it is the right thing is the caller's to check."""
    if not url.startswith(_SCHEMES):
        message = f"an address must begin with {' or '.join(_SCHEMES)}, is '{shown(url)}'"
        raise EtbuildError(Diagnostic("bad-url", message))
    for wait in (*_WAITS, None):
        try:
            _fetch_once(session, url, target, what)
            break
        except _DroppedError as error:
            if wait is None:
                hint = f"it was tried {len(_WAITS) + 1} times: try again later"
                raise EtbuildError(Diagnostic("fetch-failed", str(error), hint=hint)) from error
            time.sleep(wait)
        finally:
            _part(target).unlink(missing_ok=True)


def _fetch_once(session: FetchSession, url: str, target: Path, what: str) -> None:
    part = _part(target)
    try:
        request = _request(url)
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310 - Checked.
            announced = response.headers.get("Content-Length") or ""
            total = int(announced) if announced.isdecimal() else 0
            with disk_full_is_said(session.cache), part.open("wb") as file:
                done = _copy(session, response, file, FetchProgress(what, 0, total))
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # It holds the connection.
        message = f"'{shown(url)}' cannot be fetched: {' '.join(str(error).split())}"
        if _is_dropped(error):
            raise _DroppedError(message) from error
        hint = "check the address and the network; https_proxy is honoured"
        raise EtbuildError(Diagnostic("fetch-failed", message, hint=hint)) from error
    # http.client says nothing when a connection ends early.
    if done < total:
        raise _DroppedError(f"'{shown(url)}' must give {total} bytes, the connection ended after {done}")
    part.rename(target)


def shown(text: str) -> str:
    """Return a text without the users and passwords of the addresses in it."""
    return re.sub(r"(?<=://)[^/\s]*@", "", text)


def _request(url: str) -> urllib.request.Request:
    """Return the request for an address, which may name a user and a password. Raises ValueError."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    address = quote(urlunsplit(parts._replace(netloc=host)), safe=string.punctuation)
    request = urllib.request.Request(address)  # noqa: S310 - its scheme was checked.
    if at:  # It is not for whom the server may point to.
        credentials = base64.b64encode(unquote(user).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {credentials}")
    return request


def _is_dropped(error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code in _BUSY
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    dropped = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, http.client.IncompleteRead)
    return isinstance(reason, dropped)


def _copy(session: FetchSession, response: IO[bytes], file: IO[bytes], start: FetchProgress) -> int:
    done = 0
    while chunk := response.read(_CHUNK):
        file.write(chunk)
        done += len(chunk)
        session.events(FetchProgress(start.what, done, start.total))
    return done


def _part(target: Path) -> Path:
    return target.with_name(f".{target.name}.etbuild-part")
