"""docs/errors.md has an entry for each code that is raised, and no others. Codes are found in the source, by ast."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
RAISERS = frozenset({"Diagnostic", "mistake", "_mistake", "fail"})
"""Calls whose first argument, or whose `code`, is a code."""
WRITERS = ("etbuild", "src/etbuild/__main__.py", "src/etbuild/cli/verbs.py")
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def test_every_code_that_is_raised_has_an_entry() -> None:
    missing = {code: place for code, place in _raised().items() if code not in _documented()}
    assert missing == {}


def test_every_entry_is_a_code_that_is_raised() -> None:
    assert set(_documented()) - set(_raised()) == set()


def test_entries_are_sorted_and_each_stands_once() -> None:
    entries = _documented()
    assert entries == sorted(set(entries))


def test_every_entry_says_what_to_do() -> None:
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    for section in text.split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        assert len(body.strip()) > 30, title


def _documented() -> list[str]:
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


def _raised() -> dict[str, str]:
    """Return each code with a place that raises it."""
    # What click refuses is written by `main` itself, a missing Python by the launcher, a lost stdout by the entry.
    found = {code: name for name in WRITERS for code in re.findall(r"error\[([a-z-]+)\]", (ROOT / name).read_text())}
    for path in sorted((ROOT / "rules").glob("*/tools/*.sh")):
        for code in re.findall(r'"code": "([a-z-]+)"', path.read_text(encoding="utf-8")):
            found.setdefault(code, path.name)
    for folder in ("src", "rules"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for code in _codes(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(code, str(path.relative_to(ROOT)))
    return found


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in RAISERS:
            named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            yield from _constants((named or node.args)[0]) if named or node.args else ()
        elif isinstance(node, ast.Assign) and any("code" in _targets(target) for target in node.targets):
            yield from _constants(node.value)
        elif isinstance(node, ast.FunctionDef):
            defaults = dict(zip([arg.arg for arg in node.args.args[::-1]], node.args.defaults[::-1], strict=False))
            yield from _constants(defaults["code"]) if "code" in defaults else ()


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _targets(target: ast.expr) -> list[str]:
    return [getattr(each, "id", "") for each in (target.elts if isinstance(target, ast.Tuple) else [target])]


def _constants(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from _constants(value.body)
        yield from _constants(value.orelse)
    elif isinstance(value, ast.Tuple):
        yield from _constants(value.elts[0])
    elif isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.fullmatch(value.value):
        yield value.value
