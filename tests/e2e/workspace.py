"""A workspace in a folder of its own, and etbuild called in it as a user calls it. Knows nothing of what is built."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(
    os.environ.get("ETBUILD_CACHE") or f"{os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'}/etbuild"
)
"""The cache of whoever runs the tests."""


def cache_beside(folder: Path, *shared: str) -> Path:
    """Make an empty cache at a path; folders of the shared one that are `shared` are linked: they are slow to make."""
    folder.mkdir(parents=True)
    for name in ("tool", *shared):
        (SHARED / name).mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(SHARED / name)
    return folder


class Workspace:
    """A workspace that is called as etbuild is: `workspace("test", "//...")`."""

    program = ROOT / "etbuild"

    def __init__(self, root: Path, cache: Path | None = None, files: Mapping[str, str] | None = None) -> None:
        self.root = root
        self.env = {**os.environ, **({"ETBUILD_CACHE": str(cache)} if cache else {})}
        for name, text in (files or {}).items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Write a file, below folders that may be missing."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, name: str) -> str:
        """Return what a file holds."""
        return (self.root / name).read_text()

    def __call__(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run etbuild, and return how it ended and what it printed."""
        return subprocess.run(
            [self.program, *words], cwd=self.root, env={**self.env, **env}, capture_output=True, text=True, check=False
        )

    def said(self, *words: str, code: int = 0) -> str:
        """Run etbuild, which must end with an exit code, and return all that it printed."""
        done = self(*words)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def build(self, *words: str) -> list[str]:
        """Build, and return the actions that ran as "mnemonic target", sorted."""
        self.said(*(words or ("//...",)))
        ran: Sequence[Mapping[str, str]] = json.loads(self("log", "what-ran", "--json").stdout)
        return sorted(f"{action['mnemonic']} {action['owner']}" for action in ran)

    def refused(self, *words: str) -> str:
        """Return the first mistake that a build ends with, its place and its hint."""
        done = self(*(words or ("//...",)))
        assert done.returncode != 0, done.stdout
        lines = done.stderr[done.stderr.index("error[") :].splitlines()
        hint = next((line.strip() for line in lines if line.startswith("  hint: ")), "")
        return f"{lines[0]}\n{lines[1].strip()}\n{hint}"

    def outputs(self) -> dict[str, str]:
        """Return the digest of each file that was placed, by its path below the output tree."""
        tree = self.root / "etbuild-out"
        found = {str(path.relative_to(tree)): path for path in tree.rglob("*") if path.is_file()}
        return {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in found.items()
            if not name.startswith(".")
        }
