"""Reads and writes lock files. Knows no index, no network and not what a file is for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

try:
    from tomli import loads
except ModuleNotFoundError:  # etbuild makes its own environment by a lock, before tomli is there.
    from tomllib import loads

from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span
from etbuild.model.lock import LockedFile, LockFile

FORMAT = 1
_HEADER = "# Written by `etbuild lock`. Do not edit: change what it was made from, then run `etbuild lock`.\n"
_FIELDS: Mapping[str, type] = {"name": str, "version": str, "filename": str, "size": int, "sha256": str}
_INTENT = ("requirements", "without", "platforms")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def render_lock(lock: LockFile) -> str:
    """Return the text of a lock file; equal values give equal bytes."""
    lines = [_HEADER, f"format = {FORMAT}\n"]
    intent = ((key, getattr(lock, key)) for key in _INTENT)
    lines += [
        f"{key} = {_array(json.dumps(word, ensure_ascii=False) for word in words)}" for key, words in intent if words
    ]
    lines.append(f"files = {_array(file.line() for file in sorted(set(lock.files)))}")
    return "".join(lines)


def _array(elements: Iterable[str]) -> str:
    return "".join(["[\n", *(f"  {element},\n" for element in elements), "]\n"])


def parse_lock(text: str, path: str) -> LockFile:
    """Read a lock file's text; `path` is what messages call it."""
    try:
        table = loads(text)
    except ValueError as error:
        raise _bad(path, f"must be TOML, is not: {error}") from error
    if table.get("format") != FORMAT:
        raise _bad(path, f"must have format = {FORMAT}, has {table.get('format', 'none')}")
    files = tuple(_locked_file(entry, path) for entry in table.get("files", ()))
    return LockFile(files, **{key: tuple(table.get(key, ())) for key in _INTENT})


def _locked_file(entry: Mapping[str, Any], path: str) -> LockedFile:
    for name, kind in _FIELDS.items():
        if not isinstance(entry.get(name), kind):
            raise _bad(path, f"each file must have '{name}', is missing in {dict(entry)}")
    file = LockedFile(**{name: entry[name] for name in _FIELDS})
    if not _SHA256.fullmatch(file.sha256):
        raise _bad(path, f"the sha256 of '{file.filename}' must be 64 hexadecimal digits, is '{file.sha256}'")
    # A lock comes with a checkout: its file names must not lead out of the cache.
    parts = PurePosixPath(file.filename).parts
    if not parts or ".." in parts or file.filename.startswith("/"):
        raise _bad(path, f"a file name must stay in its folder, is '{file.filename}'")
    return file


def _bad(path: str, what: str) -> EtbuildError:
    span = Span(path, 1, 1)
    return EtbuildError(Diagnostic("bad-lock", f"{path}: {what}", span, hint="run `etbuild lock` to write it anew"))
