"""et_image: what is laid out, compiled and linked, and which runtime it takes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from etbuild.api import Artifact, DefaultInfo, EtbuildError, InputSet, Label, Provider, RunInfo
from etbuild.testing import PYTHON_ENVIRONMENT, Analyzed, analyze
from rules.cc.providers import CcInfo, LinkedLibrary
from rules.et.image import et_image, et_image_test
from rules.et.kernel_catalog import KernelCatalogInfo
from rules.et.providers import EtRuntimeInfo, MethodProof, ProgramInfo
from tests.rules.cc.compiler import TOOLCHAIN, without

HEADERS = Artifact("runtime/sources/include", "host", is_tree=True)
RUNTIME = CcInfo(
    headers=InputSet((HEADERS,)),
    direct_headers=(HEADERS,),
    defines=("ET_LOG_ENABLED=0",),
    libraries=(LinkedLibrary(Label("", "runtime", "source"), Artifact("runtime/libsource.a", "host")),),
)
KERNELS = CcInfo(libraries=(LinkedLibrary(Label("", "k", "k"), Artifact("k/libk.a", "host")),))

BARE = without(
    program_suffix=".elf",
    is_bare_metal=True,
    linker_script=Artifact("tools/sections.ld", location="/workspace/tools/sections.ld"),
)


def made(name: str) -> Artifact:
    return Artifact(f"tiny/{name}", "host")


PROGRAM = ProgramInfo(
    *(made(f"mlp.{part}") for part in ("pte", "operators", "plan", "facts", "verdict")),
    "",
    made("mlp.inputs"),
    made("mlp.expected"),
    proofs=(
        MethodProof("forward", made("mlp.facts"), made("mlp.measure"), made("mlp.inputs"), made("mlp.expected"), ()),
    ),
)


def image(
    rule: Any = et_image,
    provider: str = "source",
    *,
    constraints: tuple[str, ...] = (),
    toolchain: Any = TOOLCHAIN,
    memory: dict[str, tuple[int, int]] | None = None,
    program: ProgramInfo = PROGRAM,
    features: tuple[str, ...] = ("compiled",),
    **attrs: Any,
) -> Analyzed:
    given = {"programs": ("//tiny:mlp",), "runtime": "//r:r", "kernels": ("//k:k",), "srcs": ("main.cpp",), **attrs}
    deps: dict[str, list[Provider]] = {
        "//tiny:mlp": [program],
        "//r:r": [RUNTIME, EtRuntimeInfo(provider, features, (), ())],
        "//k:k": [KERNELS],
        "//c:c": [KernelCatalogInfo(())],
        "@etbuild//runtime/kernels": [KernelCatalogInfo(())],
    }
    return analyze(
        rule,
        given,
        deps=deps,
        toolchains={"cc": [toolchain], "python_environment": [PYTHON_ENVIRONMENT]},
        label="//app:it",
        platform="//p:p" if constraints else "host",
        constraints=constraints,
        memory=memory,
    )


def test_programs_are_laid_out_compiled_and_linked_with_kernels_before_the_runtime() -> None:
    analyzed = image()
    compiled = [
        action.argv[action.argv.index("-c") + 1] for action in analyzed.actions if action.mnemonic == "CcCompile"
    ]
    assert compiled == ["app/_et/it/programs.cpp", "app/_et/it/programs.s", "app/main.cpp"]
    words = analyzed.action("CcLink").argv
    assert words.index("k/libk.a") < words.index("runtime/libsource.a")
    assert any(word.endswith("programs.s.o") for word in words)
    assert [str(file) for file in analyzed.outputs] == ["app/it"]
    assert analyzed.get(DefaultInfo).validations == (made("mlp.verdict"),)
    assert [str(word) for word in analyzed.get(RunInfo).argv] == ["app/it"]


def test_the_assembly_is_compiled_anew_when_a_program_changes() -> None:
    [assembly] = (a for a in image().actions if a.mnemonic == "CcCompile" and "app/_et/it/programs.s" in a.argv)
    assert "tiny/mlp.pte" in {file.path for file in assembly.inputs}
    assert assembly.depfile is None


def test_all_sources_are_compiled_with_what_the_runtime_defines() -> None:
    compiles = [action for action in image().actions if action.mnemonic == "CcCompile"]
    assert all("-DET_LOG_ENABLED=0" in action.argv for action in compiles)


def test_the_sources_of_an_image_find_its_header() -> None:
    [main] = (a for a in image().actions if a.mnemonic == "CcCompile" and "app/main.cpp" in a.argv)
    assert "-Iapp/_et/it" in main.argv
    assert "app/_et/it/programs.h" in {file.path for file in main.inputs}


def test_proofs_are_held_if_asked_for() -> None:
    words = image(proofs=True).action("EtEmbedPrograms").argv
    at = words.index("--proof")
    assert words[at + 1 : at + 6] == ("mlp", "forward", "tiny/mlp.facts", "tiny/mlp.inputs", "tiny/mlp.expected")
    assert "--proof" not in image().action("EtEmbedPrograms").argv


def test_recorded_outputs_are_the_graphs_unless_the_programs_own_are_asked_for() -> None:
    assert "--expected-of" not in image(proofs=True).action("EtEmbedPrograms").argv
    words = image(proofs=True, expected_of="program").action("EtEmbedPrograms").argv
    assert words[words.index("--expected-of") + 1] == "program"


def test_a_program_for_other_extensions_of_the_processor_is_refused() -> None:
    program = replace(PROGRAM, profile="cortex_m-mve")
    m55 = ("//toolchains/os:none", "//toolchains/isa:mve")
    assert image(constraints=m55, program=program).outputs
    with pytest.raises(EtbuildError) as raised:
        image(constraints=("//toolchains/os:none", "//toolchains/isa:dsp"), program=program)
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "wrong-profile"
    wanted = "program '//tiny:mlp' must be lowered for cortex_m-dsp, as '//p' wants, is for cortex_m-mve"
    assert diagnostic.message == wanted
    assert diagnostic.hint == "leave 'cpu_features' of its pte out: then it is what the platform has"


MEMORY = {"flash": (0, 1 << 20), "ram": (1 << 29, 1 << 16), "dtcm": (1 << 28, 1 << 12)}
BOARD: dict[str, Any] = {"constraints": ("//toolchains/os:none",), "memory": MEMORY}


def test_memories_and_memory_for_kernels_reach_the_layout() -> None:
    tiers: dict[str, Any] = {"tiers": {"2": "dtcm"}, "hot": {"mlp": "dtcm"}}
    words = image(**BOARD, **tiers, temp_memory="4KiB").action("EtEmbedPrograms").argv
    assert words[words.index("--temp-memory") + 1] == "4096"
    assert words[words.index("--memory=dtcm=4096") :] == (
        "--memory=dtcm=4096",
        "--memory=ram=65536",
        "--tier=2=dtcm",
        "--hot=mlp=dtcm",
    )
    hosted = image(**tiers).action("EtEmbedPrograms").argv
    assert not any(word.startswith(("--memory", "--tier", "--hot")) for word in hosted)


@pytest.mark.parametrize(
    ("attrs", "code", "message", "hint"),
    [
        (
            {"tiers": {"1": "dtmc"}},
            "unknown-tier",
            "'tiers.1' must be a memory of '//p' that holds variables, dtcm or ram; is 'dtmc'",
            "did you mean 'dtcm'?",
        ),
        (
            {"tiers": {"1": "flash"}},
            "unknown-tier",
            "'tiers.1' must be a memory of '//p' that holds variables, dtcm or ram; is 'flash'",
            None,
        ),
        (
            {"hot": {"mlp": "ram"}},
            "unknown-tier",
            "'hot.mlp' must be a memory of '//p' beside flash and ram, dtcm; is 'ram'",
            None,
        ),
        (
            {"hot": {"mpl": "dtcm"}},
            "unknown-program",
            "'hot' of '//app:it' must name its programs, mlp; names 'mpl'",
            "did you mean 'mlp'?",
        ),
    ],
)
def test_a_memory_or_program_that_is_not_there_is_told_with_those_that_are(
    attrs: dict[str, Any], code: str, message: str, hint: str | None
) -> None:
    with pytest.raises(EtbuildError) as raised:
        image(**BOARD, **attrs)
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.message, diagnostic.hint) == (code, message, hint)


@pytest.mark.parametrize(
    ("constraint", "form"),
    [("os:linux", "elf"), ("os:none", "bare"), ("cpu:wasm32", "wasm"), ("os:windows", "coff"), ("os:macos", "macho")],
)
def test_the_form_of_objects_follows_the_platform(constraint: str, form: str) -> None:
    words = image(constraints=(f"//toolchains/{constraint}",)).action("EtEmbedPrograms").argv
    assert words[words.index("--form") + 1] == form


def test_an_image_test_is_run() -> None:
    test = image(et_image_test, timeout=9).test
    assert test is not None
    assert test.argv == ("app/it",)
    assert test.timeout == 9


@pytest.mark.parametrize("attrs", [{"plan": "compiled"}, {"tiers": {"2": "dtcm"}}, {"temp_memory": "4KiB"}])
def test_memory_is_laid_out_for_a_runtime_from_sources_only(attrs: dict[str, Any]) -> None:
    with pytest.raises(EtbuildError) as raised:
        image(provider="wheel", **attrs)
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "wrong-runtime"
    [name] = attrs
    wanted = f"'runtime' of '//app:it' must be compiled from sources for '{name}', '//r' is not"
    assert diagnostic.message == wanted


def test_a_compiled_plan_wants_a_runtime_that_runs_one() -> None:
    with pytest.raises(EtbuildError) as raised:
        image(features=("tracer",), plan="compiled")
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.hint) == ("wrong-runtime", 'say features = ["compiled"] in //r')
    assert diagnostic.message == (
        "'runtime' of '//app:it' must have feature 'compiled' for plan = \"compiled\", has tracer"
    )


def test_another_runtime_gets_programs_without_memory_and_has_its_kernels() -> None:
    analyzed = image(provider="wheel")
    words = analyzed.action("EtEmbedPrograms").argv
    assert words[words.index("--plan") + 1] == "held"
    assert "EtSelectKernels" not in {action.mnemonic for action in analyzed.actions}
    asked = image(provider="wheel", catalogs=("//c:c",))
    assert "tiny/mlp.operators" in asked.inputs("EtSelectKernels")


def test_kernels_are_chosen_from_those_that_come_with_etbuild_unless_others_are_named() -> None:
    assert "tiny/mlp.operators" in image().inputs("EtSelectKernels")
    assert "EtSelectKernels" not in {action.mnemonic for action in image(catalogs=()).actions}


@pytest.mark.parametrize(
    ("constraint", "bits"), [("cpu:aarch64", "64"), ("cpu:armv7", "32"), ("cpu:wasm32", "32"), ("", "64")]
)
def test_what_is_too_large_depends_on_the_processor(constraint: str, bits: str) -> None:
    constraints = ("//toolchains/os:linux", f"//toolchains/{constraint}") if constraint else ()
    words = image(constraints=constraints).action("EtEmbedPrograms").argv
    assert words[words.index("--pointer-bits") + 1] == bits


def test_a_hosted_image_says_what_of_it_is_whose() -> None:
    analyzed = image()
    words = analyzed.action("EtImageSizes").argv
    archives = [word for before, word in pairwise(words) if before == "--archive"]
    assert archives == ["runtime=runtime/libsource.a", "kernels=app/libit.a", "kernels=k/libk.a"]
    assert "--page" not in words
    info = analyzed.get(DefaultInfo)
    assert info.summary in analyzed.action("EtImageSummary").outputs
    assert "app/it.sizes.json" in [file.path for file in info.beside]


def firmware(**attrs: Any) -> Analyzed:
    """Analyse an image for a platform without an operating system."""
    memory = {"flash": (0x8000000, 1 << 20), "ram": (0x20000000, 1 << 16)}
    return image(constraints=("//toolchains/os:none",), toolchain=BARE, memory=memory, **attrs)


def test_budgets_are_judged_apart_from_what_is_measured() -> None:
    budgets = firmware(flash="24K", ram="6K", stack="2K")
    judge, free = budgets.action("EtBudget"), firmware(stack="2K")
    assert [word for before, word in pairwise(judge.argv) if before == "--budget"] == ["flash=24576", "ram=6144"]
    assert judge.outputs[0] in budgets.get(DefaultInfo).validations
    assert judge.before == "p/app/it.sizes.json"
    assert "EtBudget" not in [action.mnemonic for action in free.actions]
    assert budgets.action("EtImageSizes").argv == free.action("EtImageSizes").argv
    assert "-Wl,--defsym=__stack_size=0x800" in budgets.action("CcLink").argv


def test_where_there_is_an_operating_system_there_are_no_budgets() -> None:
    analyzed = image(flash="24K", stack="2K")
    assert "EtBudget" not in [action.mnemonic for action in analyzed.actions]
    assert not any("__stack_size" in word for word in analyzed.action("CcLink").argv)


def test_files_are_held_and_known_to_the_assembly() -> None:
    analyzed = image(files=("words.tokenizer",))
    words = analyzed.action("EtEmbedPrograms").argv
    assert words[words.index("--file") + 1] == "app/words.tokenizer"
    [assembly] = (a for a in analyzed.actions if a.mnemonic == "CcCompile" and "app/_et/it/programs.s" in a.argv)
    assert "app/words.tokenizer" in {file.path for file in assembly.inputs}


def test_kernels_are_chosen_from_catalogues_and_linked_before_the_runtime() -> None:
    analyzed = image(catalogs=("//c:c",))
    assert "tiny/mlp.operators" in analyzed.inputs("EtSelectKernels")
    words = analyzed.action("CcLink").argv
    assert words.index("app/libit.a") < words.index("k/libk.a") < words.index("runtime/libsource.a")
    [main] = (a for a in analyzed.actions if a.mnemonic == "CcCompile" and "app/main.cpp" in a.argv)
    assert "app/_et/it/kernels.h" in {file.path for file in main.inputs}
