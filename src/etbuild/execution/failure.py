"""Why an action failed: what the tool said, what it looked for in vain, or the end of its output. Runs nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from etbuild.execution.machinery import Machinery
from etbuild.execution.outcome import TEST
from etbuild.execution.running_action import TIME_LIMIT, Ended
from etbuild.execution.sandbox.protocol import ROOT
from etbuild.model.action import Action
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import replace

EX_DATAERR = 65
"""The exit code by which a tool says that the mistake is the user's."""
LAST_LINES = 40
_IN_VAIN = re.compile(rb"no such file|not found|cannot open|can't open|cannot find|does not exist", re.IGNORECASE)
_HEADER = re.compile(rb"fatal error: '?([^':\n]+)'?(?:: No such file| file not found)")
_PATH = re.compile(rb"[\w.+@/-]*[\w+-]")


def diagnose(machinery: Machinery, action: Action, ended: Ended, log: str) -> tuple[Diagnostic, ...]:
    """Return why an action failed, in the user's terms where they can be known."""
    if ended.end.code == EX_DATAERR and ended.mistakes:
        found = said_by_tool(ended.mistakes, action, machinery)
        if found:
            return found
    header = _HEADER.search(ended.stderr) if action.depfile else None
    if header is not None:
        found = undeclared_headers(action, (header[1].decode(errors="replace"),), machinery)
        if found[0].hint:
            return tuple(replace(each, notes=_notes(ended, log)) for each in found)
    undeclared = undeclared_input(ended.stderr, action, machinery.workspace_file)
    what, hint = _what(action, ended), _how_to_look(ended, machinery.sandbox_debug)
    span = machinery.span_of(action, None, None)
    if undeclared is not None:
        path, label = undeclared
        message = f"{name_of(action)} looked for '{path}', which is in the workspace but not among what it declared"
        return (
            Diagnostic("undeclared-input", message, span, (what, *_notes(ended, log)), f"add '{label}' to its inputs"),
        )
    if ended.missing is not None:
        path, found_there = ended.missing.artifact.path, ended.missing.found
        must = "a folder" if ended.missing.artifact.is_tree else "a file"
        message = f"{name_of(action)} must make {must} '{path}', made {found_there}"
        return (Diagnostic("output-missing", message, span, _notes(ended, log), hint),)
    code = "test-failed" if action.mnemonic == TEST else "action-timed-out" if ended.timed_out else "action-failed"
    return (Diagnostic(code, what, span, _notes(ended, log), hint),)


def name_of(action: Action) -> str:
    """Return what an action is called in messages."""
    return f"{action.mnemonic} of '{action.owner}'" if action.owner else action.mnemonic


def said_by_tool(content: bytes, action: Action, machinery: Machinery) -> tuple[Diagnostic, ...]:
    """Return the mistakes that a tool wrote; nothing if that can't be read."""
    try:
        return tuple(_mistake(each, action, machinery) for each in json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()


def _mistake(said: dict[str, Any], action: Action, machinery: Machinery) -> Diagnostic:
    span = machinery.span_of(action, said.get("attribute"), said.get("index"))
    notes = tuple(str(note) for note in said.get("notes") or ())
    return Diagnostic(str(said["code"]), str(said["message"]), span, notes, said.get("hint"))


def undeclared_input(
    stderr: bytes, action: Action, workspace_file: Callable[[str], str | None]
) -> tuple[str, str] | None:
    """Return the path that a failed action looked for though it had not declared it, and its label."""
    declared: set[str] | None = None
    for line in stderr.splitlines()[-LAST_LINES:]:
        if not _IN_VAIN.search(line):
            continue
        for found in _PATH.findall(line):
            path = found.decode(errors="replace").removeprefix(ROOT + "/").removeprefix("./")
            label = workspace_file(path)
            if label is None:
                continue
            declared = {a.path for a in action.inputs} if declared is None else declared
            if path not in declared:
                return path, label
    return None


def _what(action: Action, ended: Ended) -> str:
    if ended.timed_out:
        limit = dict(action.env).get(TIME_LIMIT, action.timeout)
        return f"{name_of(action)} must end within {limit} s, had not ended after {ended.wall_ms // 1000} s"
    code = ended.end.code
    if code < 0 or code > 128:
        return f"{name_of(action)} was killed by signal {-code if code < 0 else code - 128}"
    return f"{name_of(action)} failed with exit code {code}"


def _notes(ended: Ended, log: str) -> tuple[str, ...]:
    lines = (ended.stdout + ended.stderr).decode(errors="replace").splitlines()
    if not lines:
        return ("it wrote nothing",)
    first = f"the last {LAST_LINES} lines of its output" if len(lines) > LAST_LINES else "its output"
    return ("\n    ".join([f"{first}:", *lines[-LAST_LINES:]]), *([f"the whole of it is in {log}"] if log else []))


def _how_to_look(ended: Ended, kept: bool) -> str:
    if kept:
        return f"enter its sandbox with: {ended.shell}"
    return "with --sandbox-debug its sandbox is kept, and how to enter it is shown"


def keep_log(folder: Path, key: str, action: Action, ended: Ended) -> str:
    """Write what an action wrote to a file, and return its path; "" if it wrote nothing."""
    content = ended.stdout + ended.stderr
    if not content:
        return ""
    path = folder / f"{action.mnemonic}-{key[:12]}.log"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def input_changed(action: Action, paths: Sequence[str], machinery: Machinery) -> tuple[Diagnostic, ...]:
    """Return that sources are not what they were when the key was made."""
    span = machinery.span_of(action, None, None)
    message = "'{}' must stay as it is while it is built from, changed while {} ran"
    return tuple(
        Diagnostic("input-changed", message.format(path, name_of(action)), span, hint="build again") for path in paths
    )


def why_not(action: Action, error: EtbuildError | FileNotFoundError, machinery: Machinery) -> tuple[Diagnostic, ...]:
    """Return why an action could not begin: what was found wrong, or the source that is gone."""
    if isinstance(error, EtbuildError):
        return error.diagnostics
    message = f"{name_of(action)} needs the file '{error.filename or error}', which does not exist"
    return (Diagnostic("missing-source", message, machinery.span_of(action, None, None)),)


def undeclared_headers(action: Action, paths: Sequence[str], machinery: Machinery) -> tuple[Diagnostic, ...]:
    """Return that an action uses headers that it does not declare, and who has them, if that can be found out."""
    found = []
    for path in paths:
        owners = machinery.header_owners(action, path)
        message = f"{name_of(action)} includes '{path}', which must come from a dependency and comes from none"
        beside = f"{action.owner.package}/{path}" if action.owner else path
        hint, label = None, machinery.workspace_file(path) or machinery.workspace_file(beside)
        if owners:
            hint = f"add {' or '.join(map(repr, owners))} to its dependencies"
        elif label:
            hint = f"no target names '{label}': give it to this one, or to a library that this one depends on"
        found.append(Diagnostic("undeclared-header", message, machinery.span_of(action, None, None), hint=hint))
    return tuple(found)


def not_reproducible(action: Action, paths: Sequence[str], machinery: Machinery) -> tuple[Diagnostic, ...]:
    """Return that two runs of an action made different bytes."""
    message = f"{name_of(action)} must make the same bytes each time, made different ones of {', '.join(paths)}"
    return (Diagnostic("not-reproducible", message, machinery.span_of(action, None, None)),)
