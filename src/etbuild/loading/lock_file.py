"""Reads and writes lock files. Knows no index, no network and not what a file is for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

try:
    from tomli import loads
except ModuleNotFoundError:  # etbuild makes its own environment by a lock, before tomli is there.
    from tomllib import loads

from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span
from etbuild.model.lock import EnvironmentIntent, LockedFile, LockFile

FORMAT = 1
_HEADER = "# Written by `etbuild lock`. Do not edit: change what it was made from, then run `etbuild lock`.\n"
_FIELDS: Mapping[str, type] = {"name": str, "version": str, "filename": str, "size": int, "sha256": str}
_INTENT = ("requirements", "without", "platforms")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)
_RESTORE = "take it as it was from version control, or remove it; then run `etbuild lock`"
_MAKE_WAY = "remove what stands there, or allow it to be read"
_MERGE = "take either side whole (`git checkout --ours {0}`, or --theirs); then run `etbuild lock`"


def render_lock(lock: LockFile) -> str:
    """Return the text of a lock file; equal values give equal bytes."""
    lines = [_HEADER, f"format = {FORMAT}\n"]
    lines += [f'resolved = "{lock.resolution}"\n'] * bool(lock.requirements)
    intent = ((key, getattr(lock, key)) for key in _INTENT)
    lines += [
        f"{key} = {_array(json.dumps(word, ensure_ascii=False) for word in words)}" for key, words in intent if words
    ]
    lines.append(f"files = {_array(file.line() for file in sorted(set(lock.files)))}")
    return "".join(lines)


def _array(elements: Iterable[str]) -> str:
    return "".join(["[\n", *(f"  {element},\n" for element in elements), "]\n"])


def read_lock(path: Path, shown: str) -> LockFile:
    """Read a lock file; `shown` is what messages call it. Raises FileNotFoundError, or EtbuildError `bad-lock`."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _bad(shown, f"must be a file that can be read: {error.strerror}", hint=_MAKE_WAY) from error
    try:
        return parse_lock(content.decode(), shown)
    except UnicodeDecodeError as error:
        raise _bad(shown, "must be UTF-8, is not", Span(shown, content.count(b"\n", 0, error.start) + 1, 1)) from error


def parse_lock(text: str, path: str) -> LockFile:
    """Read a lock file's text; `path` is what messages call it."""
    try:
        table = loads(text)
    except ValueError as error:
        raise _no_toml(path, text, str(error)) from error
    if table.get("format") != FORMAT:
        hint = f"use the etbuild that wrote it, or {_RESTORE}"
        raise _bad(path, f"must have format = {FORMAT}, has {table.get('format', 'none')}", hint=hint)
    entries = table.get("files", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _bad(path, f"'files' must be a list of tables, is {entries}")
    words = {key: table.get(key, []) for key in _INTENT}
    for key, value in words.items():
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise _bad(path, f"'{key}' must be a list of texts, is {value}")
    files = tuple(_locked_file(entry, path) for entry in entries)
    return LockFile(
        files, **{key: tuple(value) for key, value in words.items()}, resolved=str(table.get("resolved", ""))
    )


def _locked_file(entry: Mapping[str, Any], path: str) -> LockedFile:
    for name, kind in _FIELDS.items():
        if not isinstance(entry.get(name), kind):
            raise _bad(path, f"each file must have '{name}', is missing in {dict(entry)}")
    file = LockedFile(**{name: entry[name] for name in _FIELDS}, intent=str(entry.get("intent", "")))
    if not _SHA256.fullmatch(file.sha256):
        raise _bad(path, f"the sha256 of '{file.filename}' must be 64 hexadecimal digits, is '{file.sha256}'")
    # A lock comes with a checkout: its file names must not lead out of the cache.
    parts = PurePosixPath(file.filename).parts
    if not parts or ".." in parts or file.filename.startswith("/"):
        raise _bad(path, f"a file name must stay in its folder, is '{file.filename}'")
    return file


def stale_environment(lock: LockFile, intent: EnvironmentIntent, path: str, label: str) -> Diagnostic | None:
    """Return what is wrong with an environment's lock, unless it is the one of `intent`."""
    if lock.serves(intent):
        return None
    message = f"'{path}' must be locked from the requirements of '{label}', is from others"
    if lock.intent == intent:
        message = f"the files of '{path}' must be those that were resolved together, some are others or lost"
    return Diagnostic("stale-lock", message, hint=f"run `etbuild lock {label}`")


def _no_toml(path: str, text: str, said: str) -> EtbuildError:
    if conflict := _CONFLICT.search(text):
        span = _line(path, text, text.count("\n", 0, conflict.start()) + 1)
        return _bad(path, "must be merged, holds the marks of a conflict", span, _MERGE.format(path))
    place = _PLACE.search(said)
    line, column = (int(place[1]), int(place[2])) if place and place[1] else (text.count("\n") + 1, 1)
    return _bad(path, f"must be TOML, is not: {_PLACE.sub('', said)}", _line(path, text, line, column))


def _line(path: str, text: str, line: int, column: int = 1) -> Span:
    return Span(path, line, column, 1, text.split("\n")[line - 1])


def _bad(path: str, what: str, span: Span | None = None, hint: str = _RESTORE) -> EtbuildError:
    return EtbuildError(Diagnostic("bad-lock", f"{path}: {what}", span or Span(path, 1, 1), hint=hint))
