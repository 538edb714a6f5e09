"""Selective builds with a real compiler: what is linked, what runs again after which change, what is refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.workspace import Workspace, cache_beside

# Programs are only what they call here: nothing is exported.
FAMILY = '''
"""Programs by their operators.json."""

from etbuild.api import Attrs, DefaultInfo, Family, Src, rule
from rules.et.providers import ProgramInfo


class CallsAttrs(Attrs):
    """Attributes of calls."""

    operators: Src
    """The operators.json."""


@rule(attrs=CallsAttrs, provides=(ProgramInfo,))
def calls(ctx):
    """A program that calls what a file says."""
    file = ctx.file(ctx.attrs.operators)
    return [DefaultInfo(), ProgramInfo(file, file, file, file, file, "", file, file)]


FAMILY = Family(name="calling", api=1, requires=("et",), rules=(calls,))
'''
BUILD = """
[calls.first]
operators = "first.json"

[calls.second]
operators = "second.json"

[et_kernel_catalog.catalog]
operators = "operators.toml"
srcs = ["op_twice.cpp", "op_thrice.cpp", "op_scale.cpp"]
common = ["shared.cpp", "shared.h"]
copts = ["-Wall", "-Wextra", "-Werror"]

[et_selected_kernels.kernels]
programs = [":first"]
catalogs = [":catalog"]
runtime = "@etbuild//runtime:official"

[cc_binary.app]
srcs = ["main.cpp"]
deps = [":kernels", "@etbuild//runtime:official"]
"""
TOML = """
"my::thrice.out" = { source = "op_thrice.cpp", arguments = "tt", dtypes = ["float32"] }
"my::twice.out" = { source = "op_twice.cpp", arguments = "tt", function = "here::twice_out" }
"my::scale.out" = { source = "op_scale.cpp", schema = "my::scale.out(Tensor x, float by, *, Tensor(a!) o) -> Tensor" }
"""
KERNEL = """
#include <executorch/runtime/kernel/kernel_includes.h>
#include "selected_dtypes.h"
#include "shared.h"
NAMESPACE {
void NAME_out(executorch::runtime::KernelRuntimeContext&, executorch::runtime::Span<executorch::runtime::EValue*> v) {
  *v[1] = shared(static_cast<int64_t>(kDtypes));
}
}
"""
SCALE = """
#include <executorch/runtime/kernel/kernel_includes.h>
namespace my {
using executorch::aten::Tensor;
Tensor& scale_out(executorch::runtime::KernelRuntimeContext&, const Tensor&, double by, Tensor& out) {
  out.mutable_data_ptr<float>()[0] *= static_cast<float>(by);
  return out;
}
}
"""
MAIN = """
#include "kernels.h"
#include <executorch/runtime/kernel/kernel_includes.h>
#include <cstdio>
#include <cstring>
using namespace executorch::runtime;
int main() {
  float data[] = {4};
  int32_t size = 1, stride = 1;
  uint8_t order = 0;
  executorch::aten::TensorImpl impl(executorch::aten::ScalarType::Float, 1, &size, data, &order, &stride);
  for (const Kernel& kernel : programs::kernels()) {
    EValue x{executorch::aten::Tensor(&impl)}, by{0.5}, out{executorch::aten::Tensor(&impl)};
    const bool is_scale = std::strcmp(kernel.name_, "my::scale.out") == 0;
    EValue* arguments[] = {&x, is_scale ? &by : &out, &out};
    KernelRuntimeContext context, other;
    kernel.op_(context, {arguments, 3});
    std::printf("%s %d", kernel.name_, static_cast<int>(context.failure_state()));
    if (is_scale) {
      arguments[1] = &x;
      kernel.op_(other, {arguments, 3});
      std::printf(" %g %#x\\n", data[0], static_cast<unsigned>(other.failure_state()));
    } else {
      std::printf(" %d\\n", static_cast<int>(out.toInt()));
    }
  }
}
"""


def report(**calls: str) -> str:
    """Return an operators.json: operators of `my`, each with dtypes."""
    entries = [
        {"operator": f"my::{name}", "overload": "out", "dtypes": dtypes.split(), "count": 1, "place": "net.py:3"}
        for name, dtypes in calls.items()
    ]
    return json.dumps({"methods": {"forward": {"operators": entries}}})


def kernel(name: str, namespace: str) -> str:
    return KERNEL.replace("NAME_out", f"{name}_out").replace("NAMESPACE", namespace)


FILES = {
    "WORKSPACE": """
name = "small"
families = ["core", "py", "cc", "et", "calling"]
toolchains = ["@etbuild//toolchains:cc", "@etbuild//toolchains/python:base"]
""",
    "rules/calling/__init__.py": FAMILY,
    "BUILD.toml": BUILD,
    "operators.toml": TOML,
    "first.json": report(twice="float32 float32"),
    "second.json": report(twice="[float32] none int8", scale="float32 float32"),
    "op_twice.cpp": kernel("twice", "namespace here"),
    "op_thrice.cpp": kernel("thrice", "namespace etbuild::kernels::my"),
    "op_scale.cpp": SCALE,
    "shared.h": "#include <cstdint>\nint64_t shared(int64_t);\n",
    "shared.cpp": '#include "shared.h"\nint64_t shared(int64_t x) { return x; }\n',
    "main.cpp": MAIN,
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    shared = ("environments", "repositories", "downloads")
    return Workspace(tmp_path / "workspace", cache_beside(tmp_path / "cache", *shared), FILES)


def said(workspace: Workspace) -> str:
    """Return what the app prints: each kernel, its error, and what it gives."""
    program = workspace.root / "etbuild-out/host/app"
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout


def test_what_programs_call_is_linked_and_a_further_program_compiles_what_it_adds(workspace: Workspace) -> None:
    workspace.build("//:app")
    assert said(workspace) == f"my::twice.out 0 {1 << 6}\n"

    # The second calls `twice` with a further dtype, too; what they share is there.
    workspace.write("BUILD.toml", BUILD.replace('[":first"]', '[":first", ":second"]'))
    ran = [line.split()[0] for line in workspace.build("//:app")]
    assert sorted(ran) == ["CcArchive", *["CcCompile"] * 3, "CcLink", *["EtWrite"] * 4]
    assert said(workspace) == f"my::scale.out 0 2 0x12\nmy::twice.out 0 {(1 << 6) + 2}\n"

    # A third that calls the same as before compiles nothing.
    workspace.write("second.json", report(twice="int8"))
    workspace.write("first.json", report(twice="float32 float32", scale="float32"))
    assert workspace.build("//:app") == []
    workspace.write("second.json", report(thrice="float32", twice="int8"))
    ran = [line.split()[0] for line in workspace.build("//:app")]
    assert sorted(ran) == ["CcArchive", "CcCompile", "CcCompile", "CcLink", "EtWrite", "EtWrite"]


def test_a_removed_entry_fails_the_build(workspace: Workspace) -> None:
    workspace.build("//:app")
    workspace.write("operators.toml", "\n".join(line for line in TOML.splitlines() if "twice.out" not in line))
    assert workspace.refused("//:app").startswith(
        "error[missing-kernel]: no catalogue has a kernel for 'my::twice.out': method 'forward' of '//:first' calls "
        "'my::twice.out' with float32 at net.py:3\n"
    )
    workspace.write("operators.toml", TOML)
    assert workspace.build("//:app") == []


def test_a_kernel_that_differs_from_its_schema_is_refused_with_both(workspace: Workspace) -> None:
    workspace.write("first.json", report(scale="float32 float32"))
    workspace.write("op_scale.cpp", SCALE.replace("double by", "int64_t by"))
    said = workspace.said("//:kernels", code=1)
    assert "'my::scale_out' must take what its schema says: my::scale.out(Tensor x, float by, *" in said
    assert "int64_t" in said or "long int" in said
