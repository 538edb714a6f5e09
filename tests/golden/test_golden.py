"""Golden cases of the command line: each a folder with a script of commands and what they print, to the letter.

A case holds README.md (why), cmd (a shell script), stdout, stderr, exit, and a workspace unless it runs in `sample`.
ETBUILD_UPDATE_GOLDEN=1 writes stdout, stderr and exit anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.git_repositories import IDENTITY

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OWN = {"README.md", "cmd", "stdout", "stderr", "exit", "workspace"}
CASES = sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name not in ("sample", "__pycache__"))
MASKS = (
    (r"^\[\d+/\d+\] .*\n", ""),
    (r"^ *\d+\.\d s +(\d+ MB)? +", "   0.0 s    0 MB  "),
    (r"\d+\.\d s\b", "0.0 s"),
    (r"\d+ (MB|GB)\b|\d+\.\d GB", "0 MB"),
    (r"\b(just now|\d+ (second|minute)s? ago)", "just now"),
    (r"sandbox: (bubblewrap|landlock.*|none.*)", "sandbox: …"),
    (r"^(  key +|.*\"key\": \")[0-9a-f]{64}", r"\1…"),
    (r"  [0-9a-f]{12}$", "  …"),
    (r"-[0-9a-f]{12}\.log", "-….log"),
    (r'File "/.*/words/', 'File "…/words/'),
    (r"\b[0-9a-f]{12} \(", "… ("),
    (r'"(wall_ms|saved_ms)": \d+', r'"\1": 0'),
    (r'"sandbox": "[a-z]+"', '"sandbox": "…"'),
    (r"/repositories/[0-9a-f]{64}", "/repositories/…"),
)
"""What differs between machines and runs."""


def test_every_case_holds_its_own_files_and_no_others() -> None:
    for name in CASES:
        found = {path.name for path in (HERE / name).iterdir()}
        assert found - OWN == set(), name
        assert OWN - {"workspace"} - found == set(), name


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, tmp_path: Path) -> None:
    case = HERE / name
    workspace = tmp_path / "workspace"
    own = case / "workspace"
    shutil.copytree(own if own.is_dir() else HERE / "sample", workspace)
    done = subprocess.run(
        ["/bin/sh", "-u", str(case / "cmd")],
        cwd=workspace,
        env=_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found = {
        "stdout": _masked(done.stdout, tmp_path),
        "stderr": _masked(done.stderr, tmp_path),
        "exit": f"{done.returncode}\n",
    }
    if os.environ.get("ETBUILD_UPDATE_GOLDEN"):
        for file, text in found.items():
            (case / file).write_text(text, encoding="utf-8")
    for file in ("exit", "stderr", "stdout"):
        assert found[file] == (case / file).read_text(encoding="utf-8"), f"{name}/{file}"


def _environment(folder: Path) -> dict[str, str]:
    """Return what a case sees: etbuild on PATH, its own cache and home, the fast path held against the full one."""
    programs = folder / "bin"
    programs.mkdir()
    script = programs / "etbuild"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -I -X utf8 {ROOT}/src/etbuild/__main__.py "$@"\n')
    script.chmod(0o755)
    return {
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": str(folder / "home"),
        "ETBUILD_CACHE": str(folder / "cache"),
        "ETBUILD_CROSSCHECK": "1",
        "LC_ALL": "C.UTF-8",
        **IDENTITY,
    }


def _masked(text: str, folder: Path) -> str:
    for path, name in ((folder / "workspace", "<workspace>"), (folder / "cache", "<cache>"), (ROOT, "<etbuild>")):
        text = text.replace(str(path), name)
    for pattern, name in MASKS:
        text = re.sub(pattern, name, text, flags=re.MULTILINE)
    return text
