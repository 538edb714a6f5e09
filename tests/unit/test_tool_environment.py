from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from etbuild import tool_environment
from etbuild.loading.lock_file import render_lock
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.lock import LockFile
from tests.package_index import make_wheel

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("tool")
    wheel = make_wheel(folder / "index", "greet", "1.0", {"greet.py": "HELLO = 'hello'\n"})
    package = folder / "src" / "etbuild"
    package.mkdir(parents=True)
    (package / "tool.lock").write_text(render_lock(LockFile((wheel,))))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(folder / "index"), "CONFIG_FILE": os.devnull}.items():
            patch.setenv(f"PIP_{name}", value)
        yield folder


@pytest.fixture
def cache(root: Path) -> Path:
    return root / "cache"


def test_the_first_run_says_so_and_the_second_says_nothing(root: Path, cache: Path) -> None:
    said: list[str] = []
    site = tool_environment.ensure(root, cache, said.append)
    assert (site / "greet.py").exists()
    assert said[0] == "etbuild 0.1.0 · first run: making its own environment (1 MB) …"
    assert said[1].endswith(" s")
    assert len(said) == 2
    assert tool_environment.ensure(root, cache, said.append) == site
    assert len(said) == 2
    pip = [tool_environment.python_of(site), "-I", "-m", "pip", "--version"]
    assert subprocess.run(pip, check=True, capture_output=True, text=True).stdout.startswith("pip ")


def test_a_changed_lock_makes_another(tmp_path: Path) -> None:
    lock = tmp_path / "tool.lock"
    lock.write_text("format = 1\n")
    before = tool_environment.environment_key(lock)
    lock.write_text(lock.read_text() + "# changed\n")
    assert tool_environment.environment_key(lock) != before


def test_without_ensurepip_the_package_to_install_is_named(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EtbuildError) as error:
        tool_environment.ensure(root, tmp_path / "cache", lambda _: None)
    [diagnostic] = error.value.diagnostics
    assert diagnostic.code == "no-ensurepip"
    assert diagnostic.hint == f"apt install python3.{sys.version_info[1]}-venv"


def test_when_it_is_there_nothing_that_makes_it_is_imported(root: Path, cache: Path) -> None:
    tool_environment.ensure(root, cache, lambda _: None)
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); "
        "from pathlib import Path; from etbuild import tool_environment; "
        f"tool_environment.ensure(Path({str(root)!r}), Path({str(cache)!r}), print); print(*sys.modules)"
    )
    command = [os.path.realpath(sys.executable), "-I", "-S", "-c", code]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert not {"subprocess", "venv", "tomllib", "json", "etbuild.execution"} & set(loaded)


@pytest.mark.parametrize("told", ["rel/cache", "~/cache"])
def test_a_cache_may_be_relative_or_in_the_home_folder(root: Path, tmp_path: Path, told: str) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); from pathlib import Path; "
        f"from etbuild.start import ensure_packages; print(ensure_packages(Path({str(root)!r})))"
    )
    command = [os.path.realpath(sys.executable), "-I", "-S", "-c", code]
    env = {**os.environ, "HOME": str(tmp_path / "home"), "ETBUILD_CACHE": told}
    done = subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True, text=True)
    expected = tmp_path / told.replace("~", "home")
    assert done.stdout.startswith(f"{expected}/tool/")
    assert Path(done.stdout.strip()).is_file()
