"""Runs an image on its platform, and keeps how it ended and what it said of itself. Judges nothing.

An exit code that is not 0 is something that is known of an image, as its size is: who is told of it, judges. What says
nothing of the image, no end in time or an end by somebody's hand, fails, and is so never kept.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import mistake, run_tool

GRACE = 20
"""In seconds: how much longer than a program's time its emulator has, to say where that stands."""
TIMED_OUT = 124
TOLD = 8
"""Of a program that failed: its last lines."""
NO_EMULATOR: dict[str, Any] = {"code": None}
ERROR = re.compile(r"\blargest error (\d+)e-9\b")
STACK = re.compile(r"^stack (\d+) of (\d+) bytes$", re.MULTILINE)


def main(argv: Sequence[str]) -> None:
    """Run the image, and write what is known of it then."""
    parser = argparse.ArgumentParser(prog="run_image", description=__doc__, allow_abbrev=False)
    parser.add_argument("--owner", required=True)
    parser.add_argument("--device", required=True)
    parser.add_argument("--timeout", type=int, required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("command", nargs="*", help="none if nothing here can run it")
    arguments = parser.parse_args(argv)
    said = run(arguments.command, arguments.timeout) if arguments.command else NO_EMULATOR
    if said is None:
        message = f"'{arguments.owner}' must end within {arguments.timeout} s on '{arguments.device}', had not"
        raise mistake("device-timed-out", message, hint="what goes on, such as with a microphone, cannot be compared")
    Path(arguments.output).write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def run(command: Sequence[str], timeout: int) -> dict[str, Any] | None:
    """Return how a program ended; None if it did not in time."""
    # PATH is for emulators.
    program = f"./{command[0]}" if "/" not in command[0] and Path(command[0]).is_file() else command[0]
    with tempfile.TemporaryDirectory() as folder:
        counted = Path(folder, "instructions")
        env = {**os.environ, "ETBUILD_TIMEOUT": str(timeout), "ETBUILD_INSTRUCTIONS": str(counted)}
        # Into files: what an emulator leaves behind may hold a pipe open.
        streams = [Path(folder, name) for name in ("output", "errors")]
        words, most = [program, *command[1:]], timeout + GRACE
        try:
            with streams[0].open("wb") as first, streams[1].open("wb") as second:
                done = subprocess.run(words, env=env, stdout=first, stderr=second, timeout=most, check=False)
        except subprocess.TimeoutExpired:
            return None
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
            return NO_EMULATOR  # A program of another processor or system.
        instructions = counted.read_text(encoding="ascii") if counted.exists() else ""
        output, errors = (stream.read_text(encoding="utf-8", errors="replace") for stream in streams)
    sys.stderr.write(output + errors)
    if done.returncode == -signal.SIGKILL:
        raise RuntimeError("the program was killed")
    return None if done.returncode == TIMED_OUT else told(done.returncode, output, errors, instructions)


def told(code: int, output: str, errors: str, instructions: str) -> dict[str, Any]:
    """Return an end with the figures that a program, and what it ran on, said."""
    stack = STACK.findall(errors.replace("\r", ""))
    found = [int(number) for number in ERROR.findall(output)]
    return {
        "code": code,
        "error": max(found) / 1e9 if found else None,
        "stack": dict(zip(("peak", "size"), map(int, stack[-1]), strict=True)) if stack else None,
        "instructions": int(instructions) if instructions else None,
        "last": [*output.splitlines(), *errors.splitlines()][-TOLD:] if code else [],
    }


if __name__ == "__main__":
    sys.exit(run_tool(main, sys.argv[1:]))
