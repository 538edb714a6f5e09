"""Whatever stands in a file, loading gives a graph or a user's mistake; never another exception."""

from __future__ import annotations

import contextlib
import random
import re

import pytest

from etbuild.model.diagnostics import EtbuildError
from tests.unit.loading.conftest import Tree

FILES = {
    "WORKSPACE": """
        name = "test"
        families = ["toy"]
        toolchains = ["//p:a"]
        [roots]
        "" = "."
        models = "q"
        [[repository]]
        name = "disk"
        kind = "local"
        path = "../disk"
    """,
    "p/BUILD.toml": """
        [package]
        visibility = ["//visibility:public", "//q/..."]
        exports = ["s.txt", { glob = ["*.md"] }]
        defaults.thing = { count = 7, tags = ["x"] }
        [thing.a]
        srcs = ["s.txt", { glob = ["*.txt", "d/**"] }, { select = { "//p:arm" = ["s.txt"], default = ":b" } }]
        kind = { select = { "//p:arm & //p:x86" = "flat", default = "round" } }
        parts = { x = { source = "s.txt", size = 3 } }
        ram = "4GiB"
        shape = [1, 2]
        [thing.b]
        deps = ["//models:m", ":a"]
        [thing.m.matrix]
        name = "m_{kind}_{fast}"
        kind = ["round", "square"]
        fast = [true, false]
        exclude = [{ kind = "square", fast = false }]
        [constraint_value.arm]
        [constraint_value.x86]
    """,
    "p/s.txt": "",
    "p/r.md": "",
    "q/BUILD.toml": '[thing.m]\nvisibility = ["//p"]\nsrcs = ["//p:s.txt"]\n',
}
WORDS = (
    *'{}[]"=. #',
    *("\n", "1", "true", '""', "select", "glob", "default", "matrix", "name", '":a"', "{}", "[]", '"a b"', "nan", "é"),
    *('"*"', "thing", "package", "{ select = { default = 1 } }", '{ glob = ["*"] }', '"@x//y"', '"//q"', '"//..."'),
)
VALUE = re.compile(r'"[^"\n]*"|\b\d+\b|true|false|\{[^{}\n]*\}|\[[^\[\]\n]*\]')


def changed(text: str, chance: random.Random) -> str:
    """Return `text` with a value, a line or a character put elsewhere."""
    lines = text.split("\n")
    values = [match.span() for match in VALUE.finditer(text)]
    kind = chance.random()
    if kind < 0.3:
        lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
        return "\n".join(lines)
    (start, end), other = chance.choice(values or [(0, 0)]), chance.choice(values or [(0, 0)])
    if kind < 0.5:
        start = end = chance.randrange(len(text) + 1)
    put: str = chance.choice([text[slice(*other)], chance.choice(WORDS)])
    return text[:start] + put + text[end:]


@pytest.mark.parametrize("seed", range(8))
def test_a_changed_file_loads_or_is_refused(tree: Tree, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret.
    for _ in range(40):
        name = chance.choice([name for name, text in FILES.items() if text])
        tree.write(FILES)
        path = tree.root / name
        path.write_text(changed(path.read_text(encoding="utf-8"), chance), encoding="utf-8")
        with contextlib.suppress(EtbuildError):
            tree.load()
