"""What cannot be firmware is told where it is asked for: what must be, what is, in which line, what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.image_workspace import image_workspace
from tests.e2e.workspace import Workspace
from tests.rules.et_tools.program_bytes import Number, Numbers, encode, method, program, tensor

# Programs by their bytes, which nothing runs: what they are refused for stands in them.
FAMILY = '''
"""A program by its bytes, and a runtime that seems to be compiled from sources."""

from etbuild.api import Attrs, DefaultInfo, Family, Src, rule
from rules.cc.providers import CcInfo
from rules.et.providers import EtRuntimeInfo, ProgramInfo


class HeldAttrs(Attrs):
    """Attributes of held."""

    pte: Src
    """The program."""

    operators: Src
    """What it calls."""

    profile: str = ""
    """What it was lowered for."""


@rule(attrs=HeldAttrs, provides=(ProgramInfo,))
def held(ctx):
    """A program."""
    file, operators, profile = ctx.file(ctx.attrs.pte), ctx.file(ctx.attrs.operators), ctx.attrs.profile
    return [DefaultInfo(), ProgramInfo(file, operators, file, file, file, "", file, file, profile=profile)]


class FromSourcesAttrs(Attrs):
    """Attributes of from_sources."""


@rule(attrs=FromSourcesAttrs, provides=(CcInfo, EtRuntimeInfo))
def from_sources(ctx):
    """A runtime."""
    return [DefaultInfo(), CcInfo(), EtRuntimeInfo("source", (), (), ())]


FAMILY = Family(name="fakes", api=1, requires=("cc", "et"), rules=(held, from_sources))
'''
BUILD = """[platform.board]
parents = ["@etbuild//toolchains/platforms:cortex_m4f"]

[platform.board.memory]
flash = { origin = 0x00000000, size = "1MiB" }
ram = { origin = 0x20000000, size = "64KiB" }
tcm = { origin = 0x10000000, size = "48" }

[et_kernel_catalog.kernels]
operators = "operators.toml"
srcs = ["op_add.cpp"]
temp_memory = "temp.py"

[from_sources.runtime]

[held.net]
pte = "net.pte"
operators = "net.json"
PROFILE

[et_image.app]
srcs = ["main.cpp"]
programs = [":net"]
catalogs = [":kernels"]
runtime = ":runtime"
"""
OPERATORS = '"aten::add.out" = { source = "op_add.cpp", arguments = "ttst", temp = "add" }\n'
TEMP = "def add(call):\n    return call.arguments[0].nbytes\n"
REPORT = """{"methods": {"forward": {"operators": [
  {"operator": "NAME", "overload": "out", "dtypes": ["float32"], "count": 1, "place": "net.py:3"}]}}}
"""


def delegating() -> bytes:
    """Return a program that gives its input to XNNPACK."""
    call = {0: Number("<B", 2), 1: {0: Number("<i", 0), 1: Numbers("<i", [0, 1])}}
    xnnpack = {0: "XnnpackBackend", 1: {0: Number("<b", 0), 1: Number("<I", 0)}, 2: []}
    ports: dict[str, Any] = {"f3": Numbers("<i", [0]), "f4": Numbers("<i", [1]), "f8": Numbers("<q", [0, 64])}
    forward = method("forward", [tensor(0), tensor(32)], f5=[{2: [call]}], f7=[xnnpack], **ports)
    return bytes(encode(program([forward], f3=[{0: Numbers("<B", [1, 2])}])))


def unbounded() -> bytes:
    """Return a program whose result has no bound."""
    call = {0: Number("<B", 1), 1: {0: Number("<i", 0), 1: Numbers("<i", [0, 1, 1])}}
    endless = tensor(None)
    endless = {**endless, 1: {**endless[1], 8: Number("<b", 2)}}
    ports: dict[str, Any] = {"f3": Numbers("<i", [0]), "f4": Numbers("<i", [1]), "f8": Numbers("<q", [0, 64])}
    steps = {"f5": [{2: [call]}], "f6": [{0: "aten::nonzero", 1: "out"}]}
    return bytes(encode(program([method("forward", [tensor(0), endless], **steps, **ports)])))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    files = {
        "BUILD.toml": BUILD.replace("PROFILE\n", ""),
        "main.cpp": "int main() {}\n",
        "op_add.cpp": "",
        "operators.toml": OPERATORS,
        "temp.py": TEMP,
        "net.json": REPORT.replace("NAME", "aten::add"),
    }
    return image_workspace(tmp_path, FAMILY, files)


def told(workspace: Workspace) -> str:
    """Return all mistakes that a build for the board ends with."""
    done = workspace("build", "//:app", "--platform=//:board")
    assert done.returncode in {1, 2}, done.stdout + done.stderr
    # The runtime is none, so that nothing compiles: that is told behind it.
    return done.stderr[done.stderr.index("error[") :].partition("error[action-failed]")[0]


def asked(**attributes: str) -> str:
    """Return BUILD.toml with further attributes of the image."""
    lines = "".join(f"{name} = {value}\n" for name, value in attributes.items())
    return BUILD.replace("PROFILE\n", "") + lines


def test_planned_memory_that_overflows_a_tier_is_told_with_its_tensors(workspace: Workspace) -> None:
    workspace.write("BUILD.toml", asked(tiers='{ 1 = "tcm" }'))
    assert (
        told(workspace)
        == """\
error[tier-overflow]: programs must fit into memory 'tcm' of 48 bytes, need 64 there
  --> BUILD.toml:25:9
   |
25 | tiers = { 1 = "tcm" }
   |         ^^^^^^^^^^^^^
  note: the largest in it, in bytes:
           24  float32[2, 3], input 0, in 'forward' of 'net'
           24  float32[2, 3], result of aten::add.out (step 0), in 'forward' of 'net'
  hint: give a memory id a larger memory, ram, by 'tiers'; or plan less by 'memory_planner' of pte
"""
    )


def test_a_result_without_a_bound_is_told_where_there_is_no_heap(workspace: Workspace) -> None:
    (workspace.root / "net.pte").write_bytes(unbounded())
    assert (
        told(workspace)
        == """\
error[unbounded-shape]: tensors of 'net' must be bounded where there is no heap: in 'forward' the result of \
aten::nonzero.out (step 0), float32 of 2 dimensions, is not
  --> BUILD.toml:22:13
   |
22 | programs = [":net"]
   |             ^^^^^^
  hint: bound the dimension: dynamic_shapes = { x = { 0 = [1, 128] } }, or torch._check in the model
"""
    )


def test_a_program_that_wants_xnnpack_is_told_with_its_method_and_step(workspace: Workspace) -> None:
    (workspace.root / "net.pte").write_bytes(delegating())
    assert (
        told(workspace)
        == """\
error[missing-backend]: backends of program 'net' must be in the image, which has none; method 'forward' delegates to \
'XnnpackBackend' in step 0
  --> BUILD.toml:22:13
   |
22 | programs = [":net"]
   |             ^^^^^^
  hint: lower it for another backend, "portable" or "cortex_m"; where a library of 'kernels' or 'deps' registers it, \
say backends = ["XnnpackBackend"]
"""
    )


def test_an_operator_that_only_another_backend_has_is_told_with_the_line_of_the_model(workspace: Workspace) -> None:
    workspace.write("net.json", REPORT.replace("NAME", "aten::kthvalue"))
    assert (
        told(workspace)
        == """\
error[missing-kernel]: no catalogue has a kernel for 'aten::kthvalue.out': method 'forward' of '//:net' calls \
'aten::kthvalue.out' with float32 at net.py:3
  --> BUILD.toml:22:12
   |
22 | programs = [":net"]
   |            ^^^^^^^^
  hint: add a catalogue that has one, or an et_kernel_catalog of your own
"""
    )


def test_a_program_for_mve_is_refused_on_a_cortex_m4f(workspace: Workspace) -> None:
    workspace.write("BUILD.toml", BUILD.replace("PROFILE", 'profile = "cortex_m-mve"'))
    assert (
        told(workspace)
        == """\
error[wrong-profile]: program '//:net' must be lowered for cortex_m-dsp, as '//:board' wants, is for cortex_m-mve
  --> BUILD.toml:23:12
   |
23 | programs = [":net"]
   |            ^^^^^^^^
  hint: leave 'cpu_features' of its pte out: then it is what the platform has
"""
    )


def test_less_temporary_memory_than_a_kernel_cannot_do_without_is_refused(workspace: Workspace) -> None:
    workspace.write("BUILD.toml", asked(temp_memory='"16"'))
    assert (
        told(workspace)
        == """\
error[temp-memory-too-small]: 'temp_memory' must be at least 24 bytes for aten::add.out (step 0) in 'forward' of \
'net', is 16
  --> BUILD.toml:25:15
   |
25 | temp_memory = "16"
   |               ^^^^
  hint: leave it out: then it is what kernels ask for, 24 bytes
"""
    )


DEEP = """\
[cc_binary.deep]
srcs = ["deep.cpp"]
"""
SOURCE = """\
void use(char*);
int deep(int at) {
  char here[3000];
  use(here);
  return here[at];
}
void use(char* all) { all[0] = 1; }
int main() { return deep(1); }
"""


def test_a_frame_that_could_step_over_the_guard_is_told_with_its_function(workspace: Workspace) -> None:
    workspace.write("deep/BUILD.toml", DEEP)
    workspace.write("deep/deep.cpp", SOURCE)
    said = workspace.said("build", "//deep", "--platform=cortex_m3", code=1)
    assert "deep/deep.cpp: In function 'int deep(int)':\n" in said
    assert "deep/deep.cpp:2:5: error: stack usage is 3" in said
    workspace.said("build", "//deep", "--platform=cortex_m33")  # Its processor knows the stack's limit.
    workspace.write("deep/BUILD.toml", DEEP + 'copts = ["-Wno-stack-usage"]\n')
    workspace.said("build", "//deep", "--platform=cortex_m3")
