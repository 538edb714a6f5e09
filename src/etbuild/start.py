"""Starts the command line with the packages that it needs. Imported only when there is something to do."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from etbuild import tool_environment
from etbuild.model.diagnostics import EtbuildError


def start(source: str, expected: str | None, umask: int) -> int:
    """Run the command line; `expected` is what the fast answer would have printed, to be held against it.

    `umask` is the caller's own.
    """
    root = root_of(source)
    python = ensure_packages(root)
    from etbuild.cli.main import main

    return main(sys.argv[1:], root, Path(python), expected, umask)


def root_of(source: str) -> Path:
    """Return the folder of @etbuild: the checkout that `source` is in, or what a wheel brought along."""
    checkout = Path(source).parent
    return checkout if (checkout / "rules").is_dir() else Path(source, "etbuild", "_root")


def from_home(path: str) -> str:
    """Return a path with the home folder in place of its ~, as a shell does; one of nobody's stays."""
    return os.path.expanduser(path)


def ensure_packages(root: Path) -> str:
    """Make click, pydantic and tomli importable: installed beside us, or in an environment that is made on first use.

    Return that environment's interpreter, which has pip.
    """
    if not sys.flags.no_site:
        return sys.executable
    base = os.environ.get("XDG_CACHE_HOME") or f"{os.environ.get('HOME') or '/tmp'}/.cache"  # noqa: S108
    cache = Path(from_home(os.environ.get("ETBUILD_CACHE") or f"{base}/etbuild")).absolute()
    try:
        site = tool_environment.ensure(root, cache, lambda text: sys.stderr.write(f"{text}\n"))
    except EtbuildError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(error.exit_code) from None
    sys.path.append(str(site))
    return str(tool_environment.python_of(site))
