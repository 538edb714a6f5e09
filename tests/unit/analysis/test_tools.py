"""Tools: a program with the closure of its imports."""

from __future__ import annotations

import textwrap

import pytest

from etbuild.analysis.tools import Tools
from etbuild.model.diagnostics import EtbuildError


class Files:
    """Files by path below the family's tools; counts reads."""

    def __init__(self, texts) -> None:
        self.texts = texts
        self.reads: list[str] = []

    def __call__(self, path: str) -> str:
        self.reads.append(path)
        name = path.removeprefix("/fam/et/tools/")
        if any(text.startswith(f"{name}/") for text in self.texts):
            raise IsADirectoryError(path)
        if name not in self.texts:
            raise FileNotFoundError(path)
        return textwrap.dedent(self.texts[name])


def closure(texts, script="main.py"):
    files = Files(texts)
    return [
        a.path.removeprefix("_exec/rules/et/tools/") for a in Tools({"et": "/fam/et"}, files).tool("et", script).inputs
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import json, torch.nn", []),
        ("import common.words", ["common/__init__.py", "common/words.py"]),
        ("from common import words", ["common/__init__.py", "common/words.py"]),
        ("from common.words import say", ["common/__init__.py", "common/words.py"]),
        ("from common import nothing_there", ["common/__init__.py"]),
        ("import loose.part", ["loose/part.py"]),
        ("from common.words import *", ["common/__init__.py", "common/words.py"]),
        ("def f():\n    import loose.part", ["loose/part.py"]),
        ("try:\n    import beside\nexcept ImportError:\n    pass", ["beside.py"]),
        ("import chain", ["beside.py", "chain.py"]),
        ("import ring", ["other_ring.py", "ring.py"]),
    ],
)
def test_the_closure_is_the_familys_own_files_that_imports_reach(source, expected):
    texts = {
        "main.py": source,
        "common/__init__.py": "",
        "common/words.py": "def say(): ...",
        "loose/part.py": "",
        "beside.py": "import sys",
        "chain.py": "import beside",
        "ring.py": "import other_ring",
        "other_ring.py": "import ring",
        "unused.py": "",
    }
    assert closure(texts) == sorted([*expected, "main.py"])


def test_relative_imports_start_from_the_files_package():
    texts = {
        "pkg/main.py": "from . import near\nfrom .deep.down import x\nfrom .. import top",
        "pkg/near.py": "",
        "pkg/deep/down.py": "from ..near import y",
        "top.py": "",
    }
    assert closure(texts, "pkg/main.py") == ["pkg/deep/down.py", "pkg/main.py", "pkg/near.py", "top.py"]


def test_a_package_hides_a_module_of_its_name_as_in_python():
    assert closure({"main.py": "import a", "a/__init__.py": "", "a.py": ""}) == ["a/__init__.py", "main.py"]


def test_a_module_hides_a_folder_without_init_as_in_python():
    assert closure({"main.py": "import a.b", "a.py": "", "a/b.py": ""}) == ["a.py", "main.py"]


def test_a_tool_knows_where_it_is_on_disk_and_in_actions():
    files = Files({"check/judge.py": ""})
    tool = Tools({"et": "/fam/et"}, files).tool("et", "check/judge.py")
    assert (tool.script.path, tool.script.location) == (
        "_exec/rules/et/tools/check/judge.py",
        "/fam/et/tools/check/judge.py",
    )
    assert str(tool) == tool.script.path
    assert tool.root == "_exec/rules/et/tools"


def test_each_file_is_read_once_and_what_was_looked_for_is_known():
    files = Files({"a.py": "import shared, json", "b.py": "import shared, json", "shared.py": "", "p/q.py": ""})
    tools = Tools({"et": "/fam/et"}, files)
    assert tools.tool("et", "a.py") is tools.tool("et", "a.py")
    tools.tool("et", "b.py")
    assert len(files.reads) == len(set(files.reads))
    assert set(tools.read) == {f"/fam/et/tools/{name}" for name in ("a.py", "b.py", "shared.py")}
    assert tools.probed == ("/fam/et/tools",)


def test_a_tool_that_does_not_exist_is_a_mistake():
    with pytest.raises(EtbuildError, match=r"family 'et' has no tool 'judge\.py'"):
        closure({}, "judge.py")


def test_a_tool_that_is_no_python_is_shown_with_its_line():
    with pytest.raises(EtbuildError) as caught:
        closure({"main.py": "import broken", "broken.py": "x = 1\ndef f(:\n"})
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "bad-tool"
    assert (diagnostic.span.file, diagnostic.span.line, diagnostic.span.text) == (
        "/fam/et/tools/broken.py",
        2,
        "def f(:",
    )
