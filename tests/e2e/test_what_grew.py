"""etbuild size, with a real compiler and a real repository: what takes how much, and what grew."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.e2e.test_selected_kernels import FILES, report
from tests.e2e.workspace import Workspace, cache_beside
from tests.git_repositories import committed

GROWN = """
static int64_t table(int64_t x) {
  static volatile int64_t seen[4] = {1, 2, 3, 4};
  for (int at = 0; at < 4; ++at) x += seen[at] / (x + at + 1);
  return x;
}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    shared = ("environments", "repositories", "downloads")
    committed(tmp_path / "workspace", {**FILES, ".gitignore": "etbuild-out\n"})
    return Workspace(tmp_path / "workspace", cache_beside(tmp_path / "cache", *shared))


def test_what_grew_is_told_by_part_operator_dtype_and_symbol(workspace: Workspace) -> None:
    assert "as many as against HEAD" in workspace("size", "//:app", "--against", "HEAD").stdout
    source = FILES["op_twice.cpp"].replace("shared(static_cast", "table(static_cast")
    workspace.write("op_twice.cpp", source.replace("namespace here", f"{GROWN}\nnamespace here"))
    workspace.write("second.json", report(twice="int8"))
    workspace.write("BUILD.toml", FILES["BUILD.toml"].replace('[":first"]', '[":first", ":second"]'))
    said = workspace("size", "//:app", "--against", "HEAD").stdout
    assert re.match(r"//:app  [\d,]+ bytes, ", said)
    assert re.search(r"^ +[\d,]+ +[\d,]+ +\+[\d,]+  kernels$", said, re.MULTILINE)
    assert re.search(r"\+[\d,]+  my::twice.out  int8, float32 \(before: float32\)$", said, re.MULTILINE)
    assert re.search(r"\+[\d,]+  here::twice_out$", said, re.MULTILINE)

    found = json.loads(workspace("size", "//:app", "--against", "HEAD", "--json").stdout)
    assert found["target"] == "//:app"
    twice = [found[when]["operators"]["my::twice.out"]["bytes"] for when in ("before", "now")]
    assert 0 < twice[0] < twice[1]


def test_what_is_no_program_or_no_revision_is_refused(workspace: Workspace) -> None:
    done = workspace("size", "//:kernels")
    assert (done.returncode, "error[no-map]: '//:kernels' must be a program" in done.stderr) == (2, True)
    done = workspace("size", "//:app", "--against", "nowhere")
    message = "error[unknown-revision]: 'nowhere' must be a revision of the git repository that holds the workspace"
    assert (done.returncode, message in done.stderr) == (2, True)
