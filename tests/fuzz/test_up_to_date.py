"""Random edits: the fast paths and the full one must agree with each other, and with what the outputs must be.

    ETBUILD_FUZZ_EDITS=100000 python -m pytest tests/fuzz -s        (some hours; by default some 20 seconds)

One folder is built as a user builds it, another always by the full path. After each edit both must end with the same
exit code, text, outputs and keys; where the first says "up to date", the second must have run nothing.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sqlite3
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from etbuild import up_to_date
from etbuild.cli.main import main
from etbuild.cli.rebuild import answer_changed
from etbuild.provisions import Provisions
from tests.fuzz.edited_workspace import EditedWorkspace

ROOT = Path(__file__).parents[2]
EDITS = int(os.environ.get("ETBUILD_FUZZ_EDITS", "160"))
SEED = int(os.environ.get("ETBUILD_FUZZ_SEED", "0")) or time.time_ns()
ARGV = ["--sandbox", "none", "-k", "//..."]
MASKS = ((r"\d+(\.\d)? s\b", "0 s"), (r"(?m)^\[\d+/\d+\] .*\n", ""), (r" \(saved [^)]*\)", ""))
LOST = ((r"(built|cached|up to date) *", "made "), (r"\d+ run, \d+ made ", ""), (r"\d+ run ", ""))
EDITS_PER_WORKSPACE = 250


class Side:
    """A workspace with a cache of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *, fast: bool) -> None:
        self.root = folder / "workspace"
        self.root.mkdir(parents=True)
        self.cache = folder / "cache"
        self.fast = fast
        self.how = ""
        self._monkeypatch = monkeypatch

    def build(self, *, lost: bool) -> tuple[int, str]:
        """Build, and return the exit code and all that was printed.

        Where blobs were lost, what a fast path made before it gave up is a hit for the full one; and of two outputs
        with the same bytes, the one that is made first brings back the blob of both.
        """
        self._monkeypatch.setenv("ETBUILD_CACHE", str(self.cache))
        self._monkeypatch.chdir(self.root)
        self._monkeypatch.setattr(sys, "argv", ["etbuild", *ARGV])
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
            code = self._build()
        text = out.getvalue().replace(str(self.root), "<root>").replace(str(self.cache), "<cache>")
        for pattern, mask in (*MASKS, *(LOST if lost else ())):
            text = re.sub(pattern, mask, text)
        return code, text

    def _build(self) -> int:
        found = up_to_date.answer(ARGV) if self.fast else None
        self.how = "up to date"
        if isinstance(found, str):
            sys.stdout.write(found)
            return 0
        self.how = "changed sources"
        code = answer_changed(found, str(ROOT / "src")) if found is not None else None
        if code is not None:
            return code
        self.how = "full path"
        return main(ARGV, ROOT, Path(sys.executable))

    def outputs(self) -> dict[str, str]:
        """Return what the output tree holds."""
        folder = self.root / "etbuild-out/host"
        return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.out")}

    def keys(self) -> dict[str, bytes]:
        """Return the last key of every action."""
        with contextlib.closing(sqlite3.connect(self.cache / "store.db")) as database:
            return dict(database.execute("SELECT identity, key FROM run"))


def test_the_fast_paths_and_the_full_path_agree_after_any_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    ways: Counter[str] = Counter()
    for start in range(0, EDITS, EDITS_PER_WORKSPACE):
        edits = min(EDITS_PER_WORKSPACE, EDITS - start)
        ways += _edit_and_compare(tmp_path / str(start), SEED + start, edits, monkeypatch)
        print(SEED, start, dict(ways), flush=True)  # noqa: T201 - a long run's only sign of life.
    assert ways["up to date"] > 0
    assert ways["changed sources"] > 0
    assert ways["full path"] > 0


def _edit_and_compare(folder: Path, seed: int, edits: int, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    workspace = EditedWorkspace(seed)
    fast, full = (Side(folder / name, monkeypatch, fast=name == "fast") for name in ("fast", "full"))
    for side in (fast, full):
        workspace.write(side.root)
        side.build(lost=False)
    ways: Counter[str] = Counter()
    made: list[str] = []
    broken = lost = False
    for _ in range(edits):
        kind, edit = workspace.edit(broken=broken)
        made.append(kind)
        for side in (fast, full):
            edit(side.root)
        if workspace.chance.random() < 0.9:
            time.sleep(0.022)  # Else the edit is too young to be told from a later one.
        told = f"seed {seed}: {' '.join(made[-8:])}"
        lost = lost or kind == "cache_emptied"
        found, must = (side.build(lost=lost) for side in (fast, full))
        ways[fast.how] += 1
        assert found == must, (told, fast.how)
        expected = workspace.expected(fast.root)
        broken = expected is None
        assert broken == (found[0] != 0), (told, fast.how, found[1])
        if found[0] == 0:
            assert fast.outputs() == full.outputs() == expected, (told, fast.how)
        assert fast.keys() == full.keys(), (told, fast.how)
        if fast.how == "up to date" and not lost:
            assert " run" not in must[1], told
    Provisions.system_mount.cache_clear()
    Provisions._mounts.cache_clear()
    return ways
