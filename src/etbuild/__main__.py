"""The program's entry: answers a build with nothing to do by itself, and hands all else to the command line."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command line that the process was started with; return its exit code."""
    source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if source not in sys.path:
        sys.path.insert(0, source)
    from pathlib import Path

    root = Path(source).parent
    python = _ensure_packages(root)
    from etbuild.cli.main import main as run

    return run(sys.argv[1:], root, Path(python))


def _ensure_packages(root: object) -> str:
    """Make click, pydantic and tomli importable: installed beside us, or in an environment that is made on first use.

    Return that environment's interpreter, which has pip.
    """
    if not sys.flags.no_site:
        return sys.executable
    from pathlib import Path

    from etbuild import tool_environment
    from etbuild.model.diagnostics import EtbuildError

    cache = os.environ.get("ETBUILD_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME") or "/tmp", ".cache"), "etbuild"
    )
    try:
        site = tool_environment.ensure(Path(str(root)), Path(cache), lambda text: sys.stderr.write(f"{text}\n"))
    except EtbuildError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(error.exit_code) from None
    sys.path.append(str(site))
    return str(tool_environment.python_of(site))


if __name__ == "__main__":
    raise SystemExit(main())
