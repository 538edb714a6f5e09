"""et_selected_kernels, et_kernels: which sources are compiled for which dtypes, by programs and catalogues."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from etbuild.api import Artifact, EtbuildError, InputSet, Label, Provider
from etbuild.model.action import Action
from etbuild.testing import Analyzed, analyze
from rules.cc.providers import CcFlags, CcInfo, CcToolchainInfo
from rules.et.kernel_catalog import KernelCatalog, KernelCatalogInfo, et_kernel_catalog
from rules.et.providers import EtRuntimeInfo, ProgramInfo
from rules.et.selected_kernels import et_kernels, et_selected_kernels
from tests.rules.cc.compiler import TOOLCHAIN, without

HEADERS = Artifact("runtime/sources/include", "host", is_tree=True)
RUNTIME = CcInfo(headers=InputSet((HEADERS,)), direct_headers=(HEADERS,), defines=("ET_LOG_ENABLED=0",))
MLP = (("aten::addmm.out", "float32"), ("aten::relu.out", "float32"))
CNN = (("aten::relu.out", "float32"), ("aten::mul.out", "float32 bool"))
TOML = """
"aten::addmm.out" = { source = "op_addmm.cpp", arguments = "tttsst" }
"aten::mul.out" = { source = "op_mul.cpp", arguments = "ttt" }
"aten::mul.Scalar_out" = { source = "op_mul.cpp", arguments = "tst" }
"aten::relu.out" = { source = "op_relu.cpp", arguments = "tt" }
"aten::exp.out" = { source = "op_exp.cpp", arguments = "tt", dtypes = ["float32"] }
"""
INCLUDES = """
k/op_addmm.cpp:#include "shapes.h"
z/op_f.cpp:  # include "c/shapes.h"
c/shapes.cpp:#include "c/shapes.h"
"""
Calls = Sequence[tuple[str, str]]


def program(name: str) -> ProgramInfo:
    files = (Artifact(f"m/{name}.{part}", "host") for part in ("pte", "operators", "plan", "facts", "verdict"))
    return ProgramInfo(*files, "", Artifact(f"m/{name}.in", "host"), Artifact(f"m/{name}.out", "host"))


def catalog(name: str = "k", sources: Sequence[str] = ("addmm", "mul", "relu", "exp"), **changes: Any) -> KernelCatalog:
    given: dict[str, Any] = {
        "label": Label("", name, name),
        "operators": Artifact(f"{name}/operators.toml", "", f"/w/{name}/operators.toml"),
        "srcs": tuple(Artifact(f"{name}/op_{source}.cpp", "", "/w/s") for source in sources),
        "common": (Artifact("c/shapes.cpp", "", "/w/s"), Artifact("c/shapes.h", "", "/w/s")),
        "headers": (Artifact("c/shapes.h", "", "/w/s"),),
        "included": frozenset(),
        "libraries": (),
        "copts": ("-O2",),
        "feature": "",
        "includes": Artifact(f"{name}/includes.txt", "", "/w/includes.txt"),
        **changes,
    }
    return KernelCatalog(**given)


def made(
    rule: Any = et_selected_kernels,
    catalogs: Sequence[KernelCatalog] = (catalog(),),
    toolchain: CcToolchainInfo = TOOLCHAIN,
    **attrs: Any,
) -> Analyzed:
    names: dict[str, list[Provider]] = {f"//m:{name}": [program(name)] for name in ("mlp", "cnn")}
    facts = EtRuntimeInfo("source", ("tracer",), (), ())
    deps = {**names, "//r:r": [RUNTIME, facts], "//k:k": [KernelCatalogInfo(tuple(catalogs))]}
    given = {"catalogs": ("//k:k",), "runtime": "//r:r", **attrs}
    return analyze(rule, given, deps=deps, toolchains={"cc": [toolchain]}, label="//app:it")


def expanded(analyzed: Analyzed, texts: Sequence[str] = (TOML,), **calls: Calls) -> tuple[Action, ...]:
    """Return what follows for programs that call so."""
    expansion = analyzed.action("EtSelectKernels").expansion
    assert expansion
    contents: dict[Artifact, bytes] = {}
    toml = iter(texts)
    for file in expansion.read:
        if file.path.endswith("/includes.txt"):
            contents[file] = INCLUDES.encode()
        else:
            contents[file] = next(toml).encode() if file.is_source else report(calls[file.path[2:-10]])
    return tuple(expansion.expand(contents))


def report(calls: Calls) -> bytes:
    words = [(name.partition("."), dtypes.split()) for name, dtypes in calls]
    entries = [
        {"operator": name[0], "overload": name[2], "dtypes": dtypes, "count": 1, "place": "net.py:7"}
        for name, dtypes in words
    ]
    return json.dumps({"methods": {"forward": {"operators": entries}}}).encode()


def compiled(actions: Sequence[Action]) -> dict[str, str]:
    """Return each source that is compiled with the folder of its selected_dtypes.h."""
    found = {}
    for action in actions:
        if action.mnemonic == "CcCompile":
            folders = [word for word in action.argv if "/dtypes/" in word]
            found[action.argv[action.argv.index("-c") + 1]] = folders[0].rpartition("/")[2] if folders else ""
    return found


def written(actions: Sequence[Action], name: str) -> str:
    [action] = (action for action in actions if action.outputs[0].path.endswith(name))
    return "\n".join(action.argv[4:])


def test_the_sources_of_called_operators_are_compiled_for_their_dtypes() -> None:
    actions = expanded(made(programs=("//m:mlp",)), mlp=MLP)
    assert compiled(actions) == {
        "k/op_addmm.cpp": "40",
        "k/op_relu.cpp": "40",
        "c/shapes.cpp": "all",
        "app/_et/it/it.cpp": "",
    }
    assert "kDtypes = 0x40ULL;" in written(actions, "40/selected_dtypes.h")


def test_what_no_called_operator_comes_to_is_not_compiled() -> None:
    actions = expanded(made(programs=("//m:cnn",)), cnn=[("aten::relu.out", "float32")])
    assert list(compiled(actions)) == ["k/op_relu.cpp", "app/_et/it/it.cpp"]


def test_a_source_that_programs_share_serves_the_dtypes_of_all() -> None:
    actions = expanded(made(programs=("//m:mlp", "//m:cnn")), mlp=MLP, cnn=(*CNN, ("aten::mul.Scalar_out", "int64")))
    assert compiled(actions)["k/op_mul.cpp"] == f"{(1 << 6) + (1 << 11) + (1 << 4):x}"
    assert compiled(actions)["k/op_relu.cpp"] == "40"


def test_on_a_board_kernels_that_declare_no_temporary_memory_are_kept_from_it() -> None:
    text = TOML.replace('arguments = "tttsst"', 'arguments = "tttsst", temp = "products"')
    guarded = {}
    for toolchain in (TOOLCHAIN, without(is_bare_metal=True)):
        actions = expanded(made(programs=("//m:mlp",), toolchain=toolchain), [text], mlp=MLP)
        compiles = [action for action in actions if action.mnemonic == "CcCompile"]
        words = [" ".join(map(str, action.argv)) for action in compiles]
        guarded[toolchain.is_bare_metal] = [each for each in ("addmm", "relu", "shapes") for word in words
                                            if f"{each}.cpp" in word and "undeclared_temp.h" in word]  # fmt: skip
    assert guarded == {False: [], True: ["relu"]}


def test_a_further_program_compiles_what_it_adds_and_nothing_else() -> None:
    before = expanded(made(programs=("//m:mlp",)), mlp=MLP)
    after = expanded(made(programs=("//m:mlp", "//m:cnn")), mlp=MLP, cnn=[("aten::mul.out", "float32 float32")])
    keys = {(action.argv, action.env, frozenset(action.inputs)) for action in before}
    new = [action for action in after if (action.argv, action.env, frozenset(action.inputs)) not in keys]
    assert [action.mnemonic for action in new] == ["CcCompile", "EtWrite", "CcArchive", "EtWrite"]
    assert list(compiled(new)) == ["k/op_mul.cpp"]


def test_the_table_is_sorted_and_names_functions_and_arguments() -> None:
    text = written(expanded(made(programs=("//m:mlp",)), mlp=tuple(reversed(MLP))), "it.cpp")
    names = [line.partition('"')[2].partition('"')[0] for line in text.splitlines() if "runtime::Kernel(" in line]
    assert names == ["aten::addmm.out", "aten::relu.out"]
    assert 'Kernel("aten::relu.out", ::etbuild::kernels::relu_out)' in text
    assert '{"aten::addmm.out", "tttsst"}' in text
    assert "programs {" in text


def test_a_program_that_calls_nothing_gets_an_empty_table() -> None:
    actions = expanded(made(programs=("//m:mlp",)), mlp=())
    assert "return {};" in written(actions, "it.cpp")
    assert "k/op_relu.cpp" not in compiled(actions)


def test_et_kernels_has_all_for_all_dtypes() -> None:
    actions = expanded(made(et_kernels))
    assert set(compiled(actions).values()) == {"all", ""}
    assert len(compiled(actions)) == 6
    assert "kEverything = true;" in written(actions, "selected_dtypes.h")


def test_kernels_that_the_runtime_has_are_named_and_not_compiled() -> None:
    actions = expanded(made(programs=("//m:mlp",), catalogs=[catalog(feature="tracer")]), mlp=MLP)
    assert list(compiled(actions)) == ["app/_et/it/it.cpp"]
    assert "::etbuild::kernels::relu_out" in written(actions, "it.cpp")


def test_what_catalogues_share_is_compiled_once() -> None:
    toml = '"my::f.out" = { source = "op_f.cpp", arguments = "tt" }'
    other = catalog("z", ("f",))
    actions = expanded(
        made(programs=("//m:mlp",), catalogs=[other, catalog()]), (toml, TOML), mlp=(*MLP, ("my::f.out", "int8"))
    )
    assert compiled(actions)["z/op_f.cpp"] == "2"
    assert sum(action.mnemonic == "CcCompile" for action in actions) == 5


def test_a_kernel_with_a_schema_is_compiled_with_what_unpacks_its_arguments() -> None:
    toml = """
        "my::f.out" = { source = "op_f.cpp", schema = "my::f.out(Tensor x, int n, *, Tensor(a!) out) -> Tensor(a!)" }
    """
    actions = expanded(
        made(programs=("//m:mlp",), catalogs=[catalog("z", ("f",))]), (toml,), mlp=[("my::f.out", "int8")]
    )
    [source] = (source for source in compiled(actions) if source.endswith("/boxed_op_f.cpp"))
    [compile_] = (action for action in actions if source in action.argv and action.mnemonic == "CcCompile")
    assert "z/op_f.cpp" in {file.path for file in compile_.inputs}
    text = written(actions, source)
    assert '#include "z/op_f.cpp"' in text
    assert "takes<Types<Tensor, int64_t, Tensor>>(&::my::f_out)" in text
    assert 'Kernel("my::f.out", ::etbuild::boxed::my_f_out_of_values)' in written(actions, "it.cpp")


def refused(texts: Sequence[str] = (TOML,), catalogs: Sequence[KernelCatalog] = (catalog(),), **calls: Calls) -> str:
    with pytest.raises(EtbuildError) as raised:
        expanded(made(programs=tuple(f"//m:{name}" for name in calls), catalogs=catalogs), texts, **calls)
    return str(raised.value)


def test_a_missing_kernel_is_told_with_dtypes_program_method_and_line() -> None:
    assert refused(mlp=[("aten::sin.out", "float32 int64")]) == (
        "error[missing-kernel]: no catalogue has a kernel for 'aten::sin.out': method 'forward' of '//m:mlp' calls "
        "'aten::sin.out' with int64, float32 at net.py:7\n"
        "  hint: add a catalogue that has one, or an et_kernel_catalog of your own"
    )


def test_a_missing_overload_is_told_with_those_that_there_are() -> None:
    assert "hint: there is one for aten::mul.Scalar_out, aten::mul.out" in refused(mlp=[("aten::mul.int", "int8")])


def test_a_dtype_that_no_kernel_takes_is_told() -> None:
    text = refused(mlp=[("aten::exp.out", "float16 float16")])
    assert "the kernel of 'aten::exp.out' must take float16, takes float32: method 'forward' of '//m:mlp'" in text
    assert "note: it is at k/operators.toml:6" in text


def test_all_that_is_missing_is_told_at_once() -> None:
    text = refused(mlp=[("aten::sin.out", "float32")], cnn=[("aten::cos.out", "float32")])
    assert text.count("error[missing-kernel]") == 2


def test_two_catalogues_may_not_have_one_operator() -> None:
    text = refused((TOML, TOML), [catalog(), catalog("other")], mlp=MLP)
    message = "'aten::relu.out' must have one kernel, has one at k/operators.toml:5 and one at other/operators.toml:5"
    assert f"error[kernel-twice]: {message}" in text


def test_the_source_of_an_operator_is_one_of_the_catalogue() -> None:
    text = refused(('"a::b.out" = { source = "op_b.cpp", arguments = "t" }',), mlp=MLP)
    assert "k/operators.toml:1: the source 'op_b.cpp' must be in srcs of '//k'" in text


def test_kernels_are_called_as_cpp_can() -> None:
    with pytest.raises(EtbuildError, match="the name of kernels must be one in C\\+\\+ too, is 'my-kernels'"):
        analyze(
            et_kernels,
            {"catalogs": ("//k:k",), "runtime": "//r:r"},
            deps={"//r:r": [RUNTIME, EtRuntimeInfo("source", (), (), ())], "//k:k": [KernelCatalogInfo((catalog(),))]},
            toolchains={"cc": [TOOLCHAIN]},
            label="//app:my-kernels",
        )


def test_a_catalogue_offers_those_that_it_includes() -> None:
    other = catalog("other")
    analyzed = analyze(
        et_kernel_catalog,
        {"operators": "operators.toml", "srcs": ("op_a.cpp",), "catalogs": ("//other:other", "//more:more")},
        deps={"//other:other": [KernelCatalogInfo((other,))], "//more:more": [KernelCatalogInfo((other,))]},
        label="//mine:mine",
    )
    offered = analyzed.get(KernelCatalogInfo).catalogs
    assert [str(each.label) for each in offered] == ["//mine", "//other"]
    assert [file.path for file in offered[0].srcs] == ["mine/op_a.cpp"]


def test_a_source_without_operators_serves_the_dtypes_of_all_programs() -> None:
    given = catalog(sources=("addmm", "mul", "relu", "exp", "convert"))
    actions = expanded(made(programs=("//m:mlp", "//m:cnn"), catalogs=[given]), mlp=MLP, cnn=CNN)
    assert compiled(actions)["k/op_convert.cpp"] == "840"
    assert compiled(actions)["k/op_addmm.cpp"] == "40"


def test_what_is_compiled_for_some_dtypes_may_leave_something_unused() -> None:
    actions = expanded(made(programs=("//m:mlp",)), mlp=MLP)
    lenient = {action.argv[action.argv.index("-c") + 1] for action in actions if "-Wno-unused" in action.argv}
    assert lenient == {"k/op_addmm.cpp", "k/op_relu.cpp"}


def test_of_a_catalogue_without_called_kernels_nothing_is_compiled_unless_another_includes_it() -> None:
    base = catalog("base", ("shared",), operators=None, common=())
    other = catalog("other", ("shared",), operators=None, common=())
    given = [catalog(included=frozenset({base.label})), other, base]
    found = compiled(expanded(made(programs=("//m:mlp",), catalogs=given), mlp=MLP))
    assert "base/op_shared.cpp" in found
    assert "other/op_shared.cpp" not in found


def test_words_for_speed_are_left_out_where_size_counts() -> None:
    analyzed = analyze(
        et_kernels,
        {"catalogs": ("//k:k",), "runtime": "//r:r"},
        deps={"//r:r": [RUNTIME, EtRuntimeInfo("source", (), (), ())], "//k:k": [KernelCatalogInfo((catalog(),))]},
        toolchains={"cc": [without(modes=(("size", CcFlags(compile=("-Os",))),))]},
        label="//app:it",
        mode="size",
    )
    kernels = [action for action in expanded(analyzed) if any("/op_" in word for word in action.argv)]
    assert kernels
    assert all(
        "-Os" in action.argv and "-O2" not in action.argv for action in kernels if action.mnemonic == "CcCompile"
    )


def test_a_shared_library_registers_its_kernels() -> None:
    analyzed = made(et_kernels, shared=True)
    assert [file.path for file in analyzed.outputs] == ["app/libit.so"]
    assert analyzed.action("CcLink").argv.count("-Wl,--whole-archive") == 1
    assert "register_kernels(programs::it())" in written(expanded(analyzed), "it.cpp")
    assert "register_kernels" not in written(expanded(made(et_kernels)), "it.cpp")


def test_defines_reach_kernels_and_name_their_objects() -> None:
    plain, small = (
        [action for action in expanded(made(et_kernels, **attrs)) if "k/op_relu.cpp" in action.argv]
        for attrs in ({}, {"kernel_defines": ("ET_KERNELS_SIMD=0",)})
    )
    assert "-DET_KERNELS_SIMD=0" in small[0].argv
    assert small[0].outputs != plain[0].outputs
