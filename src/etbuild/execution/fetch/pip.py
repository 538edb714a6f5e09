"""Asks pip for files and resolutions, so that indexes and credentials are its own configuration. Knows no lock."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

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
_WRONG_HASH = re.compile(r"DO NOT MATCH THE HASHES")


def run_pip(
    session: FetchSession, arguments: Sequence[str], cwd: Path, on_line: Callable[[str], None] | None = None
) -> None:
    """Run pip in `cwd`; raise one diagnostic that says what to do if it fails."""
    # -I: neither the caller's folder nor PYTHONPATH may change which pip runs.
    command = [str(session.python), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(session.env),
        text=True,
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    ) as process:
        try:
            for line in process.stdout or ():
                lines.append(line.rstrip())
                if on_line is not None:
                    on_line(line)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise EtbuildError(_explain(lines))


def _explain(lines: Sequence[str]) -> Diagnostic:
    text = "\n".join(lines)
    said = tuple(line for line in lines if line.startswith(("ERROR", "  ", "THESE")) and line.strip())[-6:] or tuple(
        lines[-4:]
    )
    if _DISK_FULL.search(text):
        return Diagnostic(
            "disk-full",
            "no space left for what pip downloads",
            hint="free some space; `etbuild info` shows where the cache is",
        )
    if _WRONG_HASH.search(text):
        return Diagnostic(
            "wrong-sha256",
            "a downloaded file is not what the lock pins",
            notes=_hash_notes(lines),
            hint="an index or proxy serves another file than when the lock was made; `etbuild lock` pins anew",
        )
    if _NO_NETWORK.search(text):
        return Diagnostic(
            "fetch-failed",
            "pip cannot reach its index",
            notes=said[-2:],
            hint="check the network and pip's configuration (`pip config list`): index, proxy, certificates",
        )
    found = _NOT_FOUND.search(text)
    if found:
        wanted = (found[1] or found[2]).rstrip(",;")
        return Diagnostic(
            "fetch-failed", f"pip's index and links offer no usable file of '{wanted}'", hint=_where_from(wanted)
        )
    return Diagnostic("fetch-failed", "pip failed", notes=said, hint="`pip config list` shows the index that pip asks")


def _hash_notes(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if re.match(r"\s+(\S+==|\S+ from |Expected sha256|Got )", line))[:4]


def _where_from(wanted: str) -> str:
    if wanted.startswith("torch"):
        return "let pip know where PyTorch's CPU builds are, with find-links or extra-index-url in its configuration"
    return "check the name and version, and the index in pip's configuration (`pip config list`)"
