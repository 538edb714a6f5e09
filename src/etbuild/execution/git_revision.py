"""Files of a git repository as they were. Touches neither its index nor its working tree; knows of no workspace."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from etbuild.execution.fetch.git import OF_ANOTHER
from etbuild.model.diagnostics import Diagnostic, EtbuildError

_LINK, _SUBMODULE = "120000", "160000"


class UnreadableRevisionError(EtbuildError):
    """What git knows and cannot write."""


class GitRevision:
    """A commit's files, below a folder at the paths where they are now: relative ones mean the same there."""

    def __init__(self, top: Path, commit: str, name: str, scratch: Path, env: Mapping[str, str]) -> None:
        self.root = scratch / "root"
        """What stands for `/`."""
        self._top, self._commit, self.name, self._scratch, self._env = top, commit, name, scratch, env
        listed = _run(top, ("ls-tree", "-r", "-z", "--full-tree", commit), name, env).split(b"\0")
        lines = (os.fsdecode(line).partition("\t") for line in listed if line)
        self._pending = {path: tuple(head.split(" ")[::2]) for head, _, path in lines}
        """Mode and object by the path of what was not brought yet."""

    def bring(self, path: str | Path) -> Path | None:
        """Return where what is now at `path` stands, with all that is in it; None if the commit has nothing there."""
        below = os.path.relpath(os.path.realpath(path), self._top)
        inside = [each for each in self._pending if below == "." or _is_at(each, below) or _is_at(below, each)]
        entries = {each: self._pending.pop(each) for each in inside}
        self._write([each for each, (mode, _) in entries.items() if mode != _SUBMODULE])
        for each, (mode, target) in entries.items():
            if mode == _SUBMODULE:
                self._bring_submodule(each, target)
            elif mode == _LINK:
                self.bring(self._top / Path(each).parent / self._then(self._top / each).readlink())
        return self.then(path)

    def then(self, path: str | Path) -> Path | None:
        """Return where what is now at `path` stands, if it was brought."""
        then = self._then(os.path.realpath(self.now(str(path))))
        return then if then.exists() else None

    def now(self, then: str) -> str:
        """Return the path of today that a path below `root` stands for, and any other as it is."""
        return then.removeprefix(str(self.root))

    def _then(self, now: str | Path) -> Path:
        return Path(f"{self.root}{now}")

    def _write(self, paths: Sequence[str]) -> None:
        # By an index of its own, so that attributes, links and modes are as in any checkout.
        env = {**self._env, "GIT_INDEX_FILE": str(self._scratch / f"index-{self._commit}")}
        words = ("checkout-index", "-z", "--stdin", "--quiet", f"--prefix={self._then(self._top)}/")
        _run(self._top, ("read-tree", self._commit), self.name, env)
        _run(self._top, words, self.name, env, b"".join(os.fsencode(path) + b"\0" for path in paths))

    def _bring_submodule(self, path: str, commit: str) -> None:
        top = self._top / path
        self._then(top).mkdir(parents=True, exist_ok=True)
        if not (top / ".git").exists():  # Empty then as it is now.
            return
        if _try(top, ("cat-file", "-e", f"{commit}^{{commit}}"), self._env).returncode:
            message = f"submodule '{path}' must have commit {commit[:12]}, which '{self.name}' names, has not"
            hint = f"git -C {path} fetch origin {commit}"
            raise UnreadableRevisionError(Diagnostic("revision-unreadable", message, hint=hint))
        GitRevision(top, commit, self.name, self._scratch, self._env).bring(top)


def _is_at(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def git_revision(folder: Path, name: str, scratch: Path, env: Mapping[str, str]) -> GitRevision:
    """Return a revision of the git repository that `folder` is in. Raises `unknown-revision`, `no-git`."""
    own = {key: value for key, value in env.items() if key not in OF_ANOTHER}
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    found = _try(folder, words, own)
    top = _try(folder, ("rev-parse", "--show-toplevel"), own)
    if found.returncode or top.returncode:
        message = f"'{name}' must be a revision of the git repository that holds the workspace, is none"
        hint = "`git log` shows what there is"
        raise EtbuildError(Diagnostic("unknown-revision", message, notes=_said(found, top), hint=hint))
    return GitRevision(Path(os.fsdecode(top.stdout.strip())), found.stdout.decode().strip(), name, scratch, own)


def _run(folder: Path, words: Sequence[str], name: str, env: Mapping[str, str], stdin: bytes = b"") -> bytes:
    done = _try(folder, words, env, stdin)
    if done.returncode:
        message = f"git must write the files of '{name}', cannot"
        raise UnreadableRevisionError(Diagnostic("revision-unreadable", message, notes=_said(done)))
    return done.stdout


def _try(
    folder: Path, words: Sequence[str], env: Mapping[str, str], stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *words], cwd=folder, env=env, input=stdin, capture_output=True, check=False)
    except FileNotFoundError:
        message = "reading a revision needs git, which is not installed"
        raise EtbuildError(Diagnostic("no-git", message, hint="apt install git")) from None


def _said(*done: subprocess.CompletedProcess[bytes]) -> tuple[str, ...]:
    lines = [line for each in done for line in each.stderr.decode(errors="replace").strip().splitlines()]
    return tuple(dict.fromkeys(lines[-2:]))
