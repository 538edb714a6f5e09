"""Functions of the user's: whatever their files are called and import, and each mistake at its own line."""

from __future__ import annotations

import copy
import pickle
import sys
from pathlib import Path

import pytest

import common
from common.diagnostics import Diagnostic, UserError
from common.entry import call_entry
from common.operators import load_operators
from common.reasons import full_text


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An execution root; what is imported below it is forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = dict(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - set(before):
        del sys.modules[name]


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)


def refused(entry: str, attribute: str = "entry", *args: object, index: int | None = None) -> Diagnostic:
    with pytest.raises(UserError) as raised:
        list(call_entry(entry, attribute, *args, index=index) or ())
    [diagnostic] = raised.value.diagnostics
    return diagnostic


BLOCK = "class Block:\n    pass\n"


@pytest.mark.parametrize("name", ["common", "check", "lower", "helper", "kernels"])
@pytest.mark.parametrize(
    "lines",
    ["from {0} import Block\ndef make():\n    return Block()", "import {0} as it\ndef make():\n    return it.Block()",
     "def make():\n    from {0} import Block\n    return Block()"],
    ids=["from", "as", "late"],
)  # fmt: skip
def test_a_file_beside_the_users_is_imported_before_etbuilds_own(name: str, lines: str) -> None:
    write(f"a/{name}.py", BLOCK)
    write("a/m.py", lines.format(name))
    made = call_entry("a/m.py:make", "entry")
    assert sys.modules[type(made).__module__].__file__ == str(Path(f"a/{name}.py").absolute())
    assert type(pickle.loads(pickle.dumps(made))) is type(made)  # noqa: S301  It is its own.
    assert sys.modules["common"] is common


@pytest.mark.parametrize("start", ["", None], ids=["with an init", "without"])
def test_a_package_beside_it_is_too_and_its_modules_with_it(start: str | None) -> None:
    if start is not None:
        write("a/common/__init__.py", start)
    write("a/common/blocks.py", "from check import SIZE\nfrom .more import TWO\nclass Block:\n    size = SIZE * TWO\n")
    write("a/common/more.py", "TWO = 2\n")
    write("a/check.py", "SIZE = 3\n")
    write("a/m.py", "import common.blocks\ndef make():\n    return common.blocks.Block.size\n")
    assert call_entry("a/m.py:make", "entry") == 6


@pytest.mark.parametrize("name", ["check", "copy", "common", "torch", "__main__"])
def test_a_file_may_have_the_name_of_a_module_that_stays_what_it_is(name: str) -> None:
    before = sys.modules.get(name)
    write(f"b/{name}.py", "import copy\ndef find():\n    return __name__, copy\n")
    assert call_entry(f"b/{name}.py:find", "entry") == (f"user_b_{name}", copy)
    assert sys.modules.get(name) is before


def test_a_file_keeps_its_own_name_where_that_is_free() -> None:
    write("b/mine_alone.py", "def name():\n    return __name__\n")
    assert call_entry("b/mine_alone.py:name", "entry") == "mine_alone"


def test_each_folder_has_helpers_of_its_own() -> None:
    for folder in ("a", "b"):
        write(f"{folder}/beside.py", f"WHERE = {folder!r}\n")
        write(f"{folder}/asks.py", "from beside import WHERE\ndef where():\n    return WHERE\n")
    assert [call_entry(f"{folder}/asks.py:where", "entry") for folder in ("a", "b", "a")] == ["a", "b", "a"]


@pytest.mark.parametrize("lines", ["from types import Block\n", "import types\ntypes.Block\n"], ids=["from", "of"])
def test_a_helper_with_the_name_of_what_comes_first_says_so(lines: str) -> None:
    write("a/types.py", BLOCK)
    write("a/m.py", lines)
    diagnostic = refused("a/m.py:make")
    assert diagnostic.message.startswith("'m.py' cannot be loaded: ")
    assert (
        diagnostic.hint
        == "'types' is also a module of Python's or of what is installed, which comes first: rename types.py"
    )


@pytest.mark.parametrize(("attribute", "declared"), [("entry", "srcs"), ("edge_passes", "data")])
def test_a_helper_that_is_not_declared_says_where_to(attribute: str, declared: str) -> None:
    write("a/m.py", "import no_helper_of_mine\n")
    diagnostic = refused("a/m.py:make", attribute)
    assert diagnostic.message == "'m.py' cannot be loaded: ModuleNotFoundError: No module named 'no_helper_of_mine'"
    assert diagnostic.hint == (
        f'if no_helper_of_mine.py is yours, declare it: {declared} = ["no_helper_of_mine.py"];'
        " else install 'no_helper_of_mine'"
    )


@pytest.mark.parametrize("lines", ["from common import Block\n", "import common\ncommon.Block\n"], ids=["from", "of"])
def test_one_with_the_name_of_etbuilds_own_does_too(lines: str) -> None:
    write("a/m.py", lines)
    assert refused("a/m.py:make").hint == 'if common.py is yours, declare it: srcs = ["common.py"]'


@pytest.mark.parametrize("lines", ["from {0} import Blok\n", "import {0}.more\n", "import {0}\n{0}.Blok\n"])
@pytest.mark.parametrize("name", ["beside", "common"])
def test_what_a_helper_lacks_needs_no_hint(lines: str, name: str) -> None:
    write(f"a/{name}.py", BLOCK)
    write("a/m.py", lines.format(name))
    assert refused("a/m.py:make").hint is None


RAISED = {
    "raise ValueError('my own')\n": ("ValueError: my own", "at a/h.py:2:5: raise ValueError('my own')"),
    "é = 'é'; raise KeyError('one\\nWhile executing')\n": (
        "KeyError: one",
        "at a/h.py:2:14: é = 'é'; raise KeyError('one\\nWhile executing')",
    ),
    "raise OSError(f'no {__file__}')\n": ("OSError: no a/h.py", "at a/h.py:2:5: raise OSError(f'no {__file__}')"),
    "return 1 + (2 / 0)\n": ("ZeroDivisionError: division by zero", "at a/h.py:2:17: return 1 + (2 / 0)"),
    "import sys; sys.exit('enough')\n": ("SystemExit: enough", "at a/h.py:2:17: import sys; sys.exit('enough')"),
    "raise SystemExit(0)\n": ("SystemExit: 0", "at a/h.py:2:5: raise SystemExit(0)"),
    "import os; os.chdir('/'); raise OSError\n": ("OSError", "at a/h.py:2:31: import os; os.chdir('/'); raise OSError"),
    "yield 1\n    raise ValueError('early')\n": ("ValueError: early", "at a/h.py:3:5: raise ValueError('early')"),
}


@pytest.mark.parametrize("body", RAISED)
def test_what_a_function_raises_is_told_with_its_line_and_column(body: str, root: Path) -> None:
    write("a/h.py", f"def f():\n    {body}")
    words, note = RAISED[body]
    diagnostic = refused("a/h.py:f", "edge_passes", index=2)
    assert (diagnostic.code, diagnostic.attribute, diagnostic.index) == ("entry-failed", "edge_passes", 2)
    assert diagnostic.message == f"'a/h.py:f' raised {words}"
    assert diagnostic.notes == (note,)
    assert Path.cwd() == root


def test_a_mistake_in_syntax_is_told_with_its_line_and_column() -> None:
    write("a/syn.py", "import os\ndef f(m)\n    return m\n")
    diagnostic = refused("a/syn.py:f")
    assert diagnostic.message == "'syn.py' cannot be loaded: SyntaxError: expected ':'"
    assert diagnostic.notes == ("at a/syn.py:2:9: def f(m)",)


def test_a_file_that_ends_the_process_is_told() -> None:
    write("a/ends.py", "raise SystemExit\n")
    assert refused("a/ends.py:f").message == "'ends.py' cannot be loaded: SystemExit"


def test_a_function_that_goes_elsewhere_is_brought_back(root: Path) -> None:
    write("a/goes.py", "import os\ndef f():\n    os.chdir('/')\n")
    call_entry("a/goes.py:f", "entry")
    assert Path.cwd() == root


def test_what_is_no_function_says_what_it_is() -> None:
    write("a/val.py", "VALUE = 3\nvalues = []\ndef value():\n    pass\n")
    diagnostic = refused("a/val.py:VALUE")
    assert (diagnostic.code, diagnostic.message) == (
        "bad-entry",
        "'VALUE' of val.py must be a function, is of type int",
    )
    assert refused("a/val.py:valued").hint == "did you mean 'value'?"


def test_a_mistake_that_a_library_found_keeps_its_cause() -> None:
    write(
        "a/both.py",
        "def f():\n    try:\n        {}['first']\n    except KeyError as error:\n        raise OSError from error\n",
    )
    with pytest.raises(UserError) as raised:
        call_entry("a/both.py:f", "entry")
    assert "first" in full_text(raised.value)


@pytest.mark.torch
def test_a_file_of_operators_that_fails_is_told_at_its_line() -> None:
    pytest.importorskip("torch", reason="needs the export environment")
    write("a/ops.py", "import torch\n\ntorch.library.define('nameless', '()')\n")
    with pytest.raises(UserError) as raised:
        load_operators(["a/ops.py"])
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.attribute) == ("entry-failed", "operators")
    assert diagnostic.message.startswith("'ops.py' cannot be loaded: ")
    assert diagnostic.notes == ("at a/ops.py:3:1: torch.library.define('nameless', '()')",)
