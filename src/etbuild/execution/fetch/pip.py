"""Asks pip for files and resolutions, so that indexes and credentials are its own configuration. Knows no lock."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from etbuild.execution.fetch.session import FetchSession
from etbuild.model.diagnostics import Diagnostic, EtbuildError

# What pip says when it could not reach anything, in the words of its versions 23 to 26.
_NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|Failed to establish|ConnectTimeout|Temporary failure in name"
    r"|ProxyError|Max retries|ReadTimeout"
)
_NOT_FOUND = re.compile(
    r"No matching distribution found for (\S+)|Could not find a version that satisfies the requirement (\S+)"
)
_DISK_FULL = re.compile(r"No space left on device|Disk quota exceeded")
_HASH_NOTE = re.compile(r"\s+(\S+==|\S+ from |Expected sha256|Got )")
_WRONG_HASH = re.compile(r"DO NOT MATCH THE HASHES")


def run_pip(
    session: FetchSession,
    arguments: Sequence[str],
    cwd: Path,
    started: Callable[[subprocess.Popen[str]], object] = id,
    on_line: Callable[[str], object] = len,
    program: tuple[str, ...] = ("-m", "pip", "--disable-pip-version-check", "--no-input"),
) -> None:
    """Run pip in `cwd`; raise one diagnostic that says what to do if it fails. `started` is given its process."""
    # -I: neither the caller's folder nor PYTHONPATH may change which pip runs.
    command = [str(session.python), "-I", *program, *arguments]
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    lines: list[str] = []
    with subprocess.Popen(command, cwd=cwd, env=dict(session.env), text=True, errors="replace", **pipes) as process:
        started(process)
        try:
            for line in process.stdout or ():
                lines.append(line.rstrip())
                on_line(line)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise EtbuildError(_explain(lines))


def _explain(lines: Sequence[str]) -> Diagnostic:
    text = "\n".join(lines)
    errors = [line for line in lines if line.startswith(("ERROR", "  ")) and line.strip()]
    said = tuple(errors[-4:] or lines[-4:])
    if _DISK_FULL.search(text):
        hint = "free some space; `etbuild info` shows where the cache is"
        return Diagnostic("disk-full", "no space left for what pip downloads", hint=hint)
    if _WRONG_HASH.search(text):
        hint = "an index or proxy serves another file than when the lock was made; `etbuild lock NAME` pins anew"
        notes = tuple(line.strip() for line in lines if _HASH_NOTE.match(line))[:4]
        return Diagnostic("wrong-sha256", "a downloaded file is not what the lock pins", notes=notes, hint=hint)
    if broken := next((line for line in lines if _NO_NETWORK.search(line)), None):
        hint = "check the network and pip's configuration (`pip config list`): index, proxy, certificates"
        return Diagnostic("fetch-failed", "pip cannot reach its index", notes=(broken.strip(),), hint=hint)
    if found := _NOT_FOUND.search(text):
        wanted = (found[1] or found[2]).rstrip(",;")
        message = f"pip's index and links offer no usable file of '{wanted}'"
        return Diagnostic("fetch-failed", message, hint=_where_from(wanted))
    return Diagnostic("fetch-failed", "pip failed", notes=said, hint="`pip config list` shows the index that pip asks")


def _where_from(wanted: str) -> str:
    if wanted.startswith("torch"):
        return "tell pip where PyTorch's CPU builds are, with find-links or extra-index-url in its configuration"
    return "check the name and version, and the index in pip's configuration (`pip config list`)"
