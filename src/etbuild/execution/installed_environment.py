"""Installs a Python environment: wheels fetched, unpacked, compiled. Only who lacks one imports this."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from etbuild.execution.fetch.made_folder import remove_tree
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.fetch.unpack import unpack
from etbuild.execution.fetch.wheels import fetch_wheels
from etbuild.execution.interpreter import Interpreter
from etbuild.model.lock import LockedFile


def install(
    session: FetchSession, files: Sequence[LockedFile], interpreter: Interpreter, folder: Path, what: str
) -> None:
    """Install `files` into `folder`. `what` is for people."""
    # Kept until the end, so that a killed run need not fetch them again.
    wheels = session.cache / "downloads" / folder.name
    fetch_wheels(session, files, wheels, what)
    _lay_out(folder, interpreter)
    biggest_first = sorted(files, key=lambda file: -file.size)
    with ThreadPoolExecutor(2) as pool:  # Inflating releases the interpreter's lock.
        list(pool.map(lambda file: _unpack_wheel(wheels / file.filename, interpreter, folder), biggest_first))
    _compile(interpreter, folder)
    remove_tree(wheels)


def _lay_out(folder: Path, interpreter: Interpreter) -> None:
    """Lay out a virtual environment: it finds its packages beside it wherever it is mounted, its library at `home`."""
    version = ".".join(map(str, interpreter.version))
    home = Path(interpreter.executable).parent
    (folder / "pyvenv.cfg").write_text(f"home = {home}\ninclude-system-site-packages = false\nversion = {version}\n")
    (folder / "bin").mkdir()
    for name in ("python", "python3", interpreter.name):
        (folder / "bin" / name).symlink_to(interpreter.executable)


def _unpack_wheel(wheel: Path, interpreter: Interpreter, folder: Path) -> None:
    """Unpack a wheel as its format says; its console scripts are not made: they would name one place."""
    name, version = wheel.name.split("-")[:2]
    packages = f"lib/{interpreter.name}/site-packages"
    schemes = {"purelib": packages, "platlib": packages, "scripts": "bin", "headers": f"include/{name}", "data": "."}

    def place(member: str) -> str:
        first, _, rest = member.partition("/")
        scheme, _, path = rest.partition("/")
        return f"{schemes.get(scheme, '.')}/{path}" if first == f"{name}-{version}.data" else f"{packages}/{member}"

    unpack(wheel, folder, place)


def _compile(interpreter: Interpreter, folder: Path) -> None:
    """Compile all but tests beforehand: read-only and mounted elsewhere, it must not need to, nor to look at times."""
    options = ("-qq", "-j", "0", "-x", r"/(tests?|testing)/", "--invalidation-mode", "unchecked-hash")
    command = [interpreter.executable, "-I", "-m", "compileall", *options, "lib"]
    # Not checked: some packages ship templates that do not compile.
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
