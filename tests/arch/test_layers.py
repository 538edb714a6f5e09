"""Imports run one way: cli → session → stages → model; rules → the API; tools → torch, never etbuild."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "src" / "etbuild"
MAY_IMPORT = {
    "model": {"model"},
    "loading": {"loading", "model"},
    "analysis": {"analysis", "model"},
    "execution": {"execution", "model", "up_to_date", "loading.lock_file"},
    "locking": {"locking", "loading", "execution", "model"},
}
HEAVY = {"click", "pydantic", "torch", "transformers", "executorch"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("stage", MAY_IMPORT)
def test_a_stage_imports_no_stage_beside_or_above_it(stage: str) -> None:
    for path in (ENGINE / stage).rglob("*.py"):
        for name in _imports(path):
            inside = name.removeprefix("etbuild.")
            if name.startswith("etbuild.") and inside != "VERSION":
                allowed = any(inside == one or inside.startswith(f"{one}.") for one in MAY_IMPORT[stage])
                assert allowed, f"{path.relative_to(ROOT)} imports {name}"


def test_only_the_command_line_imports_click_and_only_two_places_pydantic() -> None:
    for path in ENGINE.rglob("*.py"):
        place = path.relative_to(ENGINE)
        heavy = {name.partition(".")[0] for name in _imports(path)} & HEAVY
        if place.parts[0] == "cli":
            heavy -= {"click"}
        if str(place) in ("model/attrs_schema.py", "schema.py"):
            heavy -= {"pydantic"}
        assert not heavy, f"{place} imports {heavy}"


def test_rules_import_the_api_and_other_families_providers_only() -> None:
    for path in (ROOT / "rules").glob("*/*.py"):
        family = path.parent.name
        for name in _imports(path):
            if name.startswith("etbuild"):
                assert name == "etbuild.api", f"{path.relative_to(ROOT)} imports {name}"
            if name.startswith("rules.") and not name.startswith(f"rules.{family}."):
                assert name.endswith((".providers", ".actions")), f"{path.relative_to(ROOT)} imports {name}"


def test_programs_that_actions_run_know_nothing_of_the_engine() -> None:
    for path in (ROOT / "rules").glob("*/tools/**/*.py"):
        assert not any(name.startswith("etbuild") for name in _imports(path)), path


def test_who_fetches_nothing_waits_for_no_import_of_fetching() -> None:
    code = "import sys, etbuild.cli.main, etbuild.cli.build, etbuild.session; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env={"PYTHONPATH": str(ROOT / "src")}, check=True, capture_output=True, text=True)
    assert not {"http.client", "tarfile", "concurrent.futures", "ssl"} & set(done.stdout.split())
