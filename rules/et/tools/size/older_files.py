"""The files of a workspace as they were at a revision. Runs git; touches neither its index nor its working tree."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from common.diagnostics import mistake


@contextmanager
def checked_out(folder: Path, revision: str) -> Iterator[Path]:
    """Give a copy of `folder`, and of all in its repository, as it was. Raises `unknown-revision`, `no-git`."""
    commit = _git(folder, ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"), revision)
    inside = _git(folder, ("rev-parse", "--show-prefix"), revision)
    top = Path(_git(folder, ("rev-parse", "--show-toplevel"), revision))
    with tempfile.TemporaryDirectory(prefix="etbuild-size-") as made:
        files = Path(made, "files")
        files.mkdir()
        # By an index of its own, so that attributes, links and modes are as in any checkout.
        index = f"{made}/index"
        _git(top, ("read-tree", commit), revision, index)
        _git(top, ("checkout-index", "--all", "--quiet", f"--prefix={files}/"), revision, index)
        yield files / inside


def launcher(own: Sequence[str], folder: Path) -> Sequence[str]:
    """Return what builds the older files: etbuild itself as it was, in its own repository, and else what runs now."""
    main = Path(own[-1])
    older = next((each for each in (folder, *folder.parents) if (each / "WORKSPACE").is_file()), folder)
    is_own = (older / "src/etbuild/__main__.py").is_file() and main.match("src/etbuild/__main__.py")
    return (*own[:-1], str(older / "src/etbuild/__main__.py")) if is_own else own


def _git(folder: Path, words: Sequence[str], revision: str, index: str = "") -> str:
    env = {**os.environ, **({"GIT_INDEX_FILE": index} if index else {})}
    try:
        done = subprocess.run(["git", *words], cwd=folder, env=env, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise mistake("no-git", "reading a revision needs git, which is not installed") from None
    if done.returncode:
        message = f"'{revision}' must be a revision of the git repository that holds the workspace, is none"
        raise mistake("unknown-revision", message, notes=tuple(done.stderr.strip().splitlines()[-2:]))
    return done.stdout.strip()
