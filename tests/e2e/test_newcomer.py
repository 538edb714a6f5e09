"""What documents tell a newcomer to type: the files and commands of docs/devices.md, and README's first target."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN, BOARD = "A workspace of one's own", "A model on a board"
SAID = {
    "etbuild run //:app -- you": "hello, you\n",
    "etbuild run //:app --platform=cortex_m55 -- you": "hello, you\n",
    "etbuild run //:app --platform=//tools:board -- board": "hello, board\n",
    "etbuild test //... --platform=host --platform=linux_aarch64": "2 tests: 2 passed, 0 failed\n",
    "etbuild ide --platform=linux_aarch64": "compile_commands.json: 3 sources\n",
    "etbuild run //:firmware --platform=cortex_m4f": "-264 -113 -141\n",
    "etbuild run //:firmware": "-264 -113 -141\n",
}
"""How what a command prints ends, of those that are for what they print."""


def section(document: str, title: str) -> str:
    text = (ROOT / document).read_text(encoding="utf-8")
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def files(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and content of each block that a line such as "`name`, which is …:" stands before."""
    for name, block in re.findall(r"^`([\w./+-]+)`[^`\n]*:\n\n((?:(?:    .*)?\n)+)", text, re.MULTILINE):
        yield name, re.sub("^    ", "", block.strip("\n"), flags=re.MULTILINE) + "\n"


def commands(text: str) -> list[str]:
    return re.findall(r"^    (etbuild .*)$", text, re.MULTILINE)


def run(command: str, folder: Path) -> str:
    words = [str(ROOT / "etbuild"), *shlex.split(command)[1:]]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The workspaces of the document, by section."""
    found = {title: tmp_path_factory.mktemp("newcomer") / "app" for title in (OWN, BOARD)}
    for title, folder in found.items():
        for name, content in files(section("docs/devices.md", title)):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            path.chmod(0o755 if content.startswith("#!") else 0o644)
    return found


TYPED = [(title, command) for title in (OWN, BOARD) for command in commands(section("docs/devices.md", title))]


@pytest.mark.parametrize(("title", "command"), TYPED)
def test_a_workspace_by_the_document_does_what_it_says(folders: dict[str, Path], title: str, command: str) -> None:
    assert run(command, folders[title]).endswith(SAID.get(command, ""))


def test_every_answer_that_is_waited_for_is_to_a_command_of_the_document() -> None:
    assert set(SAID) <= {command for _, command in TYPED}


def test_the_first_target_of_the_readme_is_built(tmp_path: Path) -> None:
    text = section("README.md", "A first target of your own")
    [make] = re.findall(r"^    mkdir hello && cd hello\n    (printf .*)$", text, re.MULTILINE)
    subprocess.run(["/bin/sh", "-c", make], cwd=tmp_path, env=os.environ, check=True)
    for name, content in files(text):
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert "net_xnnpack.pte" in run("etbuild //...", tmp_path)


def test_from_a_wheel_all_that_etbuilds_packages_name_is_there(folders: dict[str, Path], tmp_path: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / "checkout" / name)
    venv.create(tmp_path / "venv", with_pip=True)
    subprocess.run([tmp_path / "venv/bin/pip", "install", "--quiet", tmp_path / "checkout"], check=True)
    command = [tmp_path / "venv/bin/etbuild", "run", "//:firmware", "--platform=cortex_m4f"]
    done = subprocess.run(command, cwd=folders[BOARD], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "-264 -113 -141\n"), done.stderr
