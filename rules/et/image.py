"""et_image: programs, kernels, a runtime and an app's sources as one program, or image for flash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeVar

from etbuild.api import (
    Artifact,
    DefaultInfo,
    Dep,
    InputSet,
    Limits,
    Provider,
    PythonEnvironmentInfo,
    Request,
    RuleContext,
    RunInfo,
    Size,
    Src,
    as_written,
    given,
    provides,
    rule,
)
from rules.cc.actions import (
    DEFAULT_STANDARDS,
    CcDeps,
    CcProgramAttrs,
    Compilation,
    Sources,
    compile_sources,
    make_program,
    make_test,
    occasions,
)
from rules.cc.providers import CcInfo, CcToolchainInfo
from rules.et.actions import GENERATED_COPTS, PYTHON_ENV, repeated
from rules.et.device_run import run_on_device
from rules.et.image_sizes import Image, size_image
from rules.et.image_tiers import MemoryId, memory_flags
from rules.et.kernel_catalog import KernelCatalogInfo, catalogs_of
from rules.et.kernel_compilation import KernelChoice, kernel_facts, programs_of, select_kernels
from rules.et.lowering_profile import profile_of
from rules.et.providers import EtRuntimeInfo, ImageInfo, ProgramInfo

TIMEOUT = 300
"""After how many seconds a run of an image has failed, where nothing is said."""


class EtImageAttrs(CcProgramAttrs):
    """Attributes of et_image."""

    programs: Annotated[tuple[Dep, ...], provides(ProgramInfo), Limits(min_length=1)]
    """The programs that it holds. Its sources find them in `programs.h`, as `programs::<name>::data` and `size`, with
    the memory of each method, such as `programs::<name>::forward::memory()`, where the runtime is etbuild's own."""

    runtime: Annotated[Dep, provides(CcInfo, EtRuntimeInfo)]
    """What runs them: an et_runtime, of whatever provider."""

    catalogs: Annotated[tuple[Dep, ...], provides(KernelCatalogInfo)] = as_written(("@etbuild//runtime/kernels",))
    """Kernels to choose from: what the programs call is compiled, for the dtypes they call it with, and offered by
    `kernels.h` as `programs::kernels()`. A runtime that is not etbuild's own has kernels: then the default is none."""

    kernel_defines: tuple[str, ...] = ()
    """NAME or NAME=VALUE for the sources of `catalogs`, such as `ET_KERNELS_SIMD=0`: plain loops, where size is all
    that counts."""

    kernels: CcDeps = ()
    """Libraries of further kernels and backends."""

    backends: tuple[str, ...] = ()
    """Backends for delegates that its sources, `deps` or `kernels` register, by the names that programs call them, such
    as "EthosUBackend". A program that needs another is refused; of a runtime that is not etbuild's own nothing is
    known."""

    plan: Literal["loaded", "compiled"] = "loaded"
    """What is made of the methods. Loaded: the image holds the programs, and loads them as any app does. Compiled: it
    holds tables instead, `programs::<name>::forward::plan`, and no parser; see docs/runtime.md for what they can be.
    It takes a runtime with the feature `compiled`."""

    temp_memory: Size | None = None
    """Memory for what kernels need while they run, such as "4KiB".  [default: where there is no operating system what
    they ask for, by the shapes of their calls (docs/kernels.md); elsewhere none] With less they are slower; less than
    they cannot do without is refused."""

    files: tuple[Src, ...] = ()
    """Further files that it holds, such as a tokenizer: `programs::files::words_tokenizer::data` and `size` of
    `words.tokenizer`."""

    proofs: bool = False
    """Whether it holds what each method was proven with, too, as `programs::<name>::forward::calls()`."""

    expected_of: Literal["graph", "program"] = "graph"
    """Whose outputs `proofs` hold: those of the graph that the program was made of, which it keeps within tolerances,
    or its own on the host, such as those of int8 programs, which are the same bits on every device."""

    tiers: dict[MemoryId, str] = {}
    """Memories of the platform for planned memory, by memory id, such as `{ 1 = "dtcm", 2 = "ddr" }`; `ram` where
    nothing is said. Where there is no memory map nothing comes of it, nor of `hot`."""

    hot: dict[str, str] = {}
    """Memories of the platform that programs are copied to at the start, by the program's name, such as
    `{ mlp = "dtcm" }`; of a compiled plan its weights. All others are read in flash."""

    flash: Size = 0
    """The most that it may take of memory that is not written to, such as "256K", where there is no operating system;
    0 for no budget. What takes more is not placed; see docs/design/budgets.md."""

    ram: Size = 0
    """The most that it may take of memory that is written to, its stack and heap included; as `flash`."""

    stack: Size = 0
    """What is kept for the stack where there is no operating system, such as "4K", beside a guard of up to 1 KiB: a
    program that outgrows it fails.  [default: a quarter of the memory, at most 64 KiB, with the guard]"""


EtImageAttrsT = TypeVar("EtImageAttrsT", bound=EtImageAttrs)


def _toolchains(attrs: EtImageAttrs) -> tuple[Request, ...]:
    del attrs
    return (Request("cc"), Request("python_environment"))


@rule(attrs=EtImageAttrs, toolchains=_toolchains)
def et_image(ctx: RuleContext[EtImageAttrs]) -> Sequence[Provider]:
    """Link an app with the programs that it runs, each in read-only memory, and with static memory for each method."""
    return _image(ctx)


class EtImageTestAttrs(EtImageAttrs):
    """Attributes of et_image_test."""

    timeout: Annotated[int, Limits(ge=1)] = TIMEOUT
    """After how many seconds it fails."""


@rule(attrs=EtImageTestAttrs, toolchains=_toolchains)
def et_image_test(ctx: RuleContext[EtImageTestAttrs]) -> Sequence[Provider]:
    """Link an app as et_image does, and run it as a test: exit code 0 passes."""
    made = _image(ctx)
    [run] = (each for each in made if isinstance(each, RunInfo))
    return [*made, make_test(ctx, run, ctx.attrs.timeout)]


def _image(ctx: RuleContext[EtImageAttrsT]) -> list[Provider]:
    attrs = ctx.attrs
    runtime = ctx.provider(attrs.runtime, CcInfo)
    own = _is_own(ctx)
    programs = ctx.providers(attrs.programs, ProgramInfo)
    _check_profiles(ctx, programs)
    sources = _write_sources(ctx, programs, attrs.plan if own else "held")
    header = CcInfo(
        headers=InputSet((sources[0],)),
        direct_headers=(sources[0],),
        includes=(_folder(ctx),),
        linkopts=_stack_words(ctx),
    )
    objects = _compile(ctx, sources[:3], runtime, _held(ctx, programs))
    selected = [_select(ctx, runtime)] if attrs.catalogs and (own or "catalogs" in given(attrs)) else []
    kernels = [*selected, *ctx.providers(attrs.kernels, CcInfo)]
    program = make_program(ctx, [header, *kernels, runtime], objects, contents=sources[3] if own else None)
    named = tuple((label.name, each.program) for label, each in zip(attrs.programs, programs, strict=True))
    image = Image(program, runtime, tuple(kernels), (kernel_facts(ctx),) if selected else (), named)
    sized = size_image(ctx, image, {"flash": attrs.flash, "ram": attrs.ram})
    headers = (header for each in selected for header in each.direct_headers)
    run = RunInfo((program.file,), program.inputs, mounts=program.toolchain.mounts)
    said = run_on_device(ctx, run, getattr(attrs, "timeout", TIMEOUT))
    found = (said, "") if isinstance(said, Artifact) else (None, said)
    return [
        DefaultInfo(
            (program.file,),
            validations=(*(each.verdict for each in programs), *sized.verdicts),
            beside=(*program.beside, *sized.beside, sources[0], *headers),
            summary=sized.summary,
        ),
        run,
        ImageInfo(sized.sizes, sized.budgets, *found),
    ]


def _stack_words(ctx: RuleContext[EtImageAttrsT]) -> tuple[str, ...]:
    """Return what tells the linker script of the stack."""
    stack, toolchain = ctx.attrs.stack, ctx.toolchain("cc", CcToolchainInfo)
    return (f"-Wl,--defsym=__stack_size={stack:#x}",) if stack and toolchain.is_bare_metal else ()


def _is_own(ctx: RuleContext[EtImageAttrsT]) -> bool:
    """Say whether the runtime is compiled from our sources. Raises `wrong-runtime` for what only such a one can do."""
    runtime, plan = ctx.provider(ctx.attrs.runtime, EtRuntimeInfo), ctx.attrs.plan
    if runtime.provider == "source":
        if plan == "compiled" and plan not in runtime.features:
            message = f"'runtime' of '{ctx.label}' must have feature '{plan}' for plan = \"{plan}\", has "
            hint = f'say features = ["{plan}"] in {ctx.attrs.runtime}'
            has = ", ".join(runtime.features) or "none"
            raise ctx.mistake("wrong-runtime", message + has, attribute="runtime", hint=hint)
        return True
    for name in ("plan", "tiers", "hot", "temp_memory"):
        if getattr(ctx.attrs, name) not in ("loaded", {}, None):
            message = (
                f"'runtime' of '{ctx.label}' must be compiled from sources for '{name}', '{ctx.attrs.runtime}' is not"
            )
            hint = 'runtime = "@etbuild//runtime:source"'
            raise ctx.mistake("wrong-runtime", message, attribute="runtime", hint=hint)
    return False


def _check_profiles(ctx: RuleContext[EtImageAttrsT], programs: Sequence[ProgramInfo]) -> None:
    """Raise `wrong-profile` for a program that was lowered for what the platform's processor does not have."""
    for label, program in zip(ctx.attrs.programs, programs, strict=True):
        wanted = profile_of("cortex_m", ctx.platform.constraints.values())
        if program.profile.startswith("cortex_m-") and program.profile != wanted:
            where = ctx.platform.label or ctx.platform.name
            message = f"program '{label}' must be lowered for {wanted}, as '{where}' wants, is for {program.profile}"
            hint = "leave 'cpu_features' of its pte out: then it is what the platform has"
            raise ctx.mistake("wrong-profile", message, attribute="programs", hint=hint)


def _select(ctx: RuleContext[EtImageAttrsT], runtime: CcInfo) -> CcInfo:
    attrs = ctx.attrs
    facts = ctx.provider(attrs.runtime, EtRuntimeInfo)
    programs, catalogs = programs_of(ctx, attrs.programs), catalogs_of(ctx, attrs.catalogs)
    function, defines = "programs::kernels", attrs.kernel_defines
    choice = KernelChoice(programs, catalogs, runtime, facts, function, attrs.lto, defines)
    return select_kernels(ctx, choice)


def _held(ctx: RuleContext[EtImageAttrsT], programs: Sequence[ProgramInfo]) -> tuple[Artifact, ...]:
    """Return the files whose bytes are in the image."""
    proofs = [proof for each in programs for proof in each.proofs] if ctx.attrs.proofs else []
    return (
        *(each.program for each in programs),
        *ctx.files(ctx.attrs.files),
        *(file for proof in proofs for file in (proof.inputs, proof.expected)),
    )


def _folder(ctx: RuleContext[EtImageAttrsT]) -> str:
    return ctx.output(f"_et/{ctx.label.name}/programs.h").path.rpartition("/")[0]


def _write_sources(ctx: RuleContext[EtImageAttrsT], programs: Sequence[ProgramInfo], plan: str) -> tuple[Artifact, ...]:
    """Register what writes the header, the C++ source and the assembly that hold programs, and what fills memory."""
    environment = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    files = ("programs.h", "programs.cpp", "programs.s", "contents.txt")
    made = tuple(ctx.output(f"_et/{ctx.label.name}/{file}") for file in files)
    flags: list[str | Artifact] = ["--owner", str(ctx.label), "--form", _form(ctx), "--output", _folder(ctx)]
    flags += ["--plan", plan, *_temp_memory_flags(ctx, plan)]
    flags += ["--pointer-bits", str(_pointer_bits(ctx)), *(f"--backend={name}" for name in sorted(ctx.attrs.backends))]
    for label, program in zip(ctx.attrs.programs, programs, strict=True):
        flags += ["--program", f"{label.name}={program.program.path}"]
        for proof in program.proofs if ctx.attrs.proofs else ():
            flags += ["--proof", label.name, proof.method, proof.facts, proof.inputs, proof.expected]
    if ctx.attrs.expected_of != "graph":
        flags += ["--expected-of", ctx.attrs.expected_of]
    flags += repeated("--file", ctx.files(ctx.attrs.files))
    flags += memory_flags(ctx, ctx.attrs.programs, ctx.attrs.tiers, ctx.attrs.hot)
    ctx.run(
        "EtEmbedPrograms",
        argv=[environment.python, ctx.tool("image/embed_programs.py"), *flags],
        inputs=[*(each.program for each in programs), *ctx.files(ctx.attrs.files)],
        outputs=made,
        env=PYTHON_ENV,
        mounts=(environment.mount,),
        progress="laying out programs and their memory",
    )
    return made


def _temp_memory_flags(ctx: RuleContext[EtImageAttrsT], plan: str) -> tuple[str | Artifact, ...]:
    """Return the flags of temporary memory: on a board the kernels' catalogues say how much calls take."""
    given = ctx.attrs.temp_memory
    if not ctx.platform.memory or plan == "held":
        return ("--temp-memory", str(given or 0))
    flags: tuple[str | Artifact, ...] = () if given is None else ("--temp-memory", str(given))
    names = {value.name for value in ctx.platform.constraints.values()}
    plain = "ET_KERNELS_SIMD=0" in ctx.attrs.kernel_defines
    flags += ("--vectors", "plain" if plain else "mve" if "mve" in names else "none")
    for catalog in catalogs_of(ctx, ctx.attrs.catalogs):
        if catalog.operators and catalog.temp_memory:
            flags += ("--temp-memory-of", catalog.operators, catalog.temp_memory)
    return flags


def _pointer_bits(ctx: RuleContext[EtImageAttrsT]) -> int:
    names = [value.name for value in ctx.platform.constraints.values()]
    return 64 if not names or any(name.endswith("64") for name in names) else 32


def _form(ctx: RuleContext[EtImageAttrsT]) -> str:
    """Return the form of the platform's objects."""
    names = {value.name for value in ctx.platform.constraints.values()}
    forms = {"wasm32": "wasm", "windows": "coff", "macos": "macho", "none": "bare"}
    return next((form for name, form in forms.items() if name in names), "elf")


def _compile(
    ctx: RuleContext[EtImageAttrsT], sources: Sequence[Artifact], runtime: CcInfo, programs: tuple[Artifact, ...]
) -> tuple[Artifact, ...]:
    toolchain = ctx.toolchain("cc", CcToolchainInfo)
    header, source, assembly = sources
    flags = occasions(ctx, toolchain, lto=ctx.attrs.lto)
    how = Compilation(toolchain, CcInfo(), runtime, flags, DEFAULT_STANDARDS, (), GENERATED_COPTS)
    # Assembly that is not preprocessed says nothing of what it includes: all that it is given is its input.
    held = Sources(((source, "cxx"),), (header,), (), ())
    bytes_ = Sources(((assembly, "asm"),), programs, (), ())
    return (*compile_sources(ctx, held, how, ctx.label), *compile_sources(ctx, bytes_, how, ctx.label))
