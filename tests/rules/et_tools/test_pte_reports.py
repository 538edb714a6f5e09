from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from program_bytes import Numbers, add_program, encode, integer, kernel_call, method, program, tensor

from pte.diff import changed, contents, differences, render
from pte.inspect import load_summary, size_text
from pte.operators import operators_of, operators_report
from pte.plan import plan_of
from pte.reader import parse_program
from pte.summary import summarize

TOOLS = Path(__file__).resolve().parents[3] / "rules" / "et" / "tools"


def run_tool(name: str, *arguments: str | Path, diagnostics: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program as the engine does, with the standard library alone."""
    env = {"PATH": "/usr/bin:/bin", **({"ETBUILD_DIAGNOSTICS": str(diagnostics)} if diagnostics else {})}
    return subprocess.run(
        [sys.executable, "-I", "-S", str(TOOLS / name), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )


@pytest.fixture
def add_pte(tmp_path: Path) -> Path:
    path = tmp_path / "add.pte"
    path.write_bytes(add_program())
    return path


def test_inspect_shows_what_a_person_asks_of_a_program(add_pte: Path) -> None:
    shown = run_tool("pte/inspect.py", add_pte)
    assert shown.stdout == (
        "add.pte  770 B\n"
        "\n"
        "forward(float32[2, 3]) → float32[2, 3]\n"
        "  1 operator outside delegates\n"
        "       1 aten::add.out  float32 float32 float32\n"
        "  memory 1: 64 B planned, 48 B alive at most\n"
        "\n"
        "constant methods\n"
        "  get_seven = 7\n"
        "\n"
        "bytes by part\n"
        "  instructions and values         766 B\n"
        "  constants                         4 B\n"
    )


def test_inspect_gives_json(add_pte: Path) -> None:
    summary = json.loads(run_tool("pte/inspect.py", "--json", add_pte).stdout)
    assert summary["methods"]["forward"]["operators_outside_delegates"] == 1
    assert summary["constants"] == {"count": 1, "bytes_by_dtype": {"float32": 4}}


@pytest.mark.parametrize("name", ["inspect.py", "diff.py"])
def test_a_file_that_is_no_program_is_one_diagnostic(name: str, tmp_path: Path) -> None:
    broken, diagnostics = tmp_path / "broken.pte", tmp_path / "diagnostics.json"
    broken.write_bytes(add_program()[:200])
    arguments = [broken] * (2 if name == "diff.py" else 1)
    result = run_tool(f"pte/{name}", *arguments, diagnostics=diagnostics)
    assert result.returncode == 65
    assert "Traceback" not in result.stderr
    [diagnostic] = json.loads(diagnostics.read_text())
    assert diagnostic["code"] == "invalid-program"
    assert diagnostic["message"].startswith(f"'{broken}' is not a whole program: ")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nope.pte", "'nope.pte' must be the file of a program, is not there"),
        ("/", "'/' must be the file of a program, is a folder"),
        ("//tiny:mlp", "hint: `etbuild //tiny:mlp` builds it and says where its file is"),
    ],
)
def test_a_path_that_is_no_file_is_said_to_be_none(path: str, said: str) -> None:
    assert said in run_tool("pte/inspect.py", path).stderr


def test_reports_are_read_from_the_file(add_pte: Path) -> None:
    assert operators_of(add_pte)["operators_outside_delegates"] == 1
    assert set(plan_of(add_pte)["methods"]) == {"forward"}


def test_a_program_does_not_differ_from_itself(add_pte: Path) -> None:
    summary = load_summary(add_pte)
    assert differences(summary, summary) == {}
    assert render({}) == "no difference"
    assert run_tool("pte/diff.py", add_pte, add_pte).stdout == "no difference\n"


def test_diff_tells_which_operators_and_methods_came_and_went(add_pte: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pte"
    other.write_bytes(add_program().replace(b"aten::add", b"aten::mul").replace(b"get_seven", b"get_eight"))
    difference = json.loads(run_tool("pte/diff.py", "--json", add_pte, other).stdout)
    assert difference["methods"] == {
        "forward": {
            "operators": {
                "aten::add.out float32 float32 float32": [1, None],
                "aten::mul.out float32 float32 float32": [None, 1],
            }
        }
    }
    assert difference["constant_methods"] == {"get_seven": [7, None], "get_eight": [None, 7]}
    text = run_tool("pte/diff.py", add_pte, other).stdout
    assert "    aten::add.out float32 float32 float32  1 → none\n" in text


def test_diff_sees_other_weights_of_equal_size(add_pte: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pte"
    other.write_bytes(add_program().replace(bytes([0, 0, 128, 63]), bytes([0, 0, 0, 64])))
    assert list(json.loads(run_tool("pte/diff.py", "--json", add_pte, other).stdout)) == ["contents"]
    assert contents(add_pte) != contents(other)


def test_results_that_repeat_out_arguments_are_not_counted_as_dtypes() -> None:
    """Two results come back as a list of them."""
    pair = {0: tensor()[0], 1: {0: Numbers("<i", [1, 2])}}
    pair = {**pair, 0: type(tensor()[0])("<B", 10)}
    call = method(
        "f",
        [tensor(None), tensor(0), tensor(32), pair],
        f3=Numbers("<i", [0]),
        f4=Numbers("<i", [1, 2]),
        f5=[{2: [kernel_call(0, [0, 1, 2, 3])]}],
        f6=[{0: "aten::topk", 1: "values"}],
        f8=Numbers("<q", [0, 64]),
    )
    [operator] = operators_report(parse_program(bytes(encode(program([call])))))["methods"]["f"]["operators"]
    assert operator["dtypes"] == ["float32", "float32", "float32"]


def test_changed_names_what_is_missing_on_either_side() -> None:
    assert changed({"a": 1, "b": 2}, {"b": 3, "c": 4}) == {"a": [1, None], "b": [2, 3], "c": [None, 4]}


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 << 20, "5.0 MiB")])
def test_sizes_read_well(count: int, text: str) -> None:
    assert size_text(count) == text


def test_a_constant_method_may_give_a_list() -> None:
    eos = method("get_eos_ids", [integer(2), integer(7)], f4=Numbers("<i", [0, 1]))
    assert summarize(parse_program(bytes(encode(program([eos])))))["constant_methods"] == {"get_eos_ids": [2, 7]}
