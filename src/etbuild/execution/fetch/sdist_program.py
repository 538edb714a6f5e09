"""A program that fetches a source distribution with pip's own finder and session, and stops there.

`pip download` would run the package's set-up code to learn its metadata. This runs in etbuild's own environment, whose
pip is pinned by tool.lock: pip promises nothing about its insides.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def main(wanted: str) -> int:
    """Write the newest source distribution that fits `name` or `name==version` into the working folder."""
    from pip._internal.commands import create_command  # noqa: PLC0415 - Only that environment has it.

    name, _, version = wanted.partition("==")
    command: Any = create_command("download")
    with command.main_context():
        options, _ = command.parse_args(["--no-deps", "--no-binary", ":all:"])
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session)  # noqa: SLF001
        offered = [each for each in finder.find_all_candidates(name) if not each.link.is_wheel]
        fitting = [each for each in offered if version in {"", str(each.version)}]
        if not fitting:
            sys.stdout.write(f"ERROR: No matching distribution found for {wanted}\n")
            return 1
        link = max(fitting, key=lambda each: each.version).link
        response = session.get(link.url_without_fragment, headers={"Accept-Encoding": "identity"})
        response.raise_for_status()
        Path(link.filename).write_bytes(response.content)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
