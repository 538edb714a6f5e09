"""EtSelectKernels: the actions that compile an image's kernels, once its programs say which. Words no C++."""

from __future__ import annotations

import functools
import json
import posixpath
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from etbuild.api import Artifact, Attrs, DynamicContext, EtbuildError, InputSet, Label, RuleContext, frozen
from rules.cc.actions import (
    DEFAULT_STANDARDS,
    Compilation,
    Lto,
    Sources,
    compile_sources,
    has_lto,
    library_of,
    make_archive,
    merge,
    occasions,
    sort_sources,
)
from rules.cc.providers import CcFlags, CcInfo, CcToolchainInfo
from rules.et.actions import GENERATED_COPTS, spec_digest
from rules.et.kernel_calls import ChosenKernel, all_kernels, calls_of, choose_kernels, dtype_mask
from rules.et.kernel_catalog import KernelCatalog
from rules.et.kernel_offer import needed_by, offers_of, used_catalogs
from rules.et.kernel_operators import Operator
from rules.et.kernel_table import header, registration, selected_dtypes, shim, table
from rules.et.providers import EtRuntimeInfo, ProgramInfo

AttrsT = TypeVar("AttrsT", bound=Attrs)
Programs = tuple[tuple[Label, Artifact], ...]
"""Programs, each with its operators.json."""
LENIENT = ("-Wno-unused",)
"""Of sources that are compiled for some dtypes: they may have no use for all that they define."""
WRITE = 'printf "%s\\n" "$@" >"$0"'


@frozen
class KernelChoice:
    """What kernels are chosen for, and from."""

    programs: Programs | None
    """None takes all kernels."""
    catalogs: tuple[KernelCatalog, ...]
    runtime: CcInfo
    runtime_facts: EtRuntimeInfo
    function: str
    """What gives the table, in C++: with one namespace."""
    lto: Lto = False
    defines: tuple[str, ...] = ()
    """NAME or NAME=VALUE for the kernels' sources."""
    registers: bool = False
    """Whether it has a C function that registers the table."""


@frozen
class _Build:
    """What the expansion knows."""

    choice: KernelChoice
    toolchain: CcToolchainInfo
    flags: tuple[CcFlags, ...]
    boxed_call: Artifact
    undeclared: Artifact
    """Keeps kernels from temporary memory that nobody is told of."""


def select_kernels(ctx: RuleContext[AttrsT], choice: KernelChoice) -> CcInfo:
    """Register the choice of kernels and all that follows from it; return their archive and its header."""
    toolchain = ctx.toolchain("cc", CcToolchainInfo)
    headers = [ctx.tool("kernels/boxed_call.h"), ctx.tool("kernels/undeclared_temp.h")]
    tools = [*headers, ctx.tool("compile.sh", "cc"), ctx.tool("archive.sh", "cc")]
    given = _given(choice)
    build = _Build(choice, toolchain, occasions(ctx, toolchain, lto=choice.lto), *(tool.script for tool in headers))
    library = library_of(ctx, toolchain)
    texts = [text for each in choice.catalogs for text in (each.operators, each.includes) if text]
    files = [file for catalog in choice.catalogs for file in (*catalog.srcs, *catalog.common)]
    ctx.dynamic(
        "EtSelectKernels",
        read=(*(operators for _, operators in choice.programs or ()), *texts),
        choose_from=(*files, given.headers, given.exports, *tools),
        outputs=tuple(file for file in (library.archive, library.symbols, kernel_facts(ctx)) if file),
        expand=functools.partial(_expand, build=build),
        progress="choosing kernels",
    )
    declared = ctx.output(f"_et/{ctx.label.name}/{choice.function.rpartition('::')[2]}.h")
    _write(ctx, declared, header(str(ctx.label), choice.function))
    return CcInfo(
        headers=InputSet((declared,)),
        direct_headers=(declared,),
        includes=(posixpath.dirname(declared.path),),
        libraries=(library, *given.libraries),
        linkopts=given.linkopts,
    )


def kernel_facts(ctx: RuleContext[AttrsT] | DynamicContext) -> Artifact:
    """Return the JSON that says of each chosen kernel its operator, function, object, and for which dtypes it is."""
    return ctx.output(f"_et/{ctx.label.name}/kernels.json")


def programs_of(ctx: RuleContext[AttrsT], labels: Sequence[Label]) -> Programs:
    """Return programs with what says which operators they call."""
    return tuple((label, ctx.provider(label, ProgramInfo).operators) for label in labels)


def _given(choice: KernelChoice) -> CcInfo:
    return merge([*(library for catalog in choice.catalogs for library in catalog.libraries), choice.runtime])


def _write(ctx: RuleContext[AttrsT] | DynamicContext, made: Artifact, lines: Iterable[str]) -> None:
    ctx.run("EtWrite", argv=["/bin/sh", "-c", WRITE, made, *lines], outputs=(made,), mounts=(ctx.system(),))


def _expand(ctx: DynamicContext, files: Mapping[Artifact, bytes], build: _Build) -> None:
    """Register the compiles of the kernels that are called, of their table, and the archive of both."""
    choice = build.choice
    offers = offers_of(choice.catalogs, files)
    operators = {name: offer.operator for name, offer in offers.items()}
    if choice.programs is None:
        chosen = all_kernels(operators)
    else:
        calls = [call for label, file in choice.programs for call in calls_of(label, files[file])]
        try:
            chosen = choose_kernels(operators, calls)
        except EtbuildError as error:
            raise _at(ctx, "programs", error) from None
    objects: list[Artifact] = []
    shared: dict[Artifact, None] = {}
    taken = [offers[each.operator.name] for each in chosen]
    needed = needed_by(taken, offers.values(), choice.catalogs, files)
    for catalog in used_catalogs(choice.catalogs, taken, choice.runtime_facts.features):
        own = [each for each in offers.values() if each.catalog is catalog]
        by_source: dict[Artifact, list[ChosenKernel]] = {}
        for kernel, offer in zip(chosen, taken, strict=True):
            if offer.catalog is catalog:
                by_source.setdefault(offer.source, []).append(kernel)
        asking = {each.source for each in own if each.operator.temp}
        objects += _compile_kernels(ctx, build, catalog, by_source, asking)
        named = {each.source for each in own}
        for some, mask in ((catalog.srcs, dtype_mask(chosen)), (catalog.common, None)):
            there = (file for file in _sources_of(some) if file not in named and file not in shared)
            sources = [file for file in there if file.path in needed]
            shared.update(dict.fromkeys(sources))
            objects += _compile(ctx, build, catalog, sources, mask)
    make_archive(ctx, build.toolchain, [_compile_table(ctx, build, chosen), *objects], alwayslink=False)
    _write(ctx, kernel_facts(ctx), json.dumps([_facts(each, chosen) for each in chosen], indent=1).splitlines())


def _at(ctx: DynamicContext, attribute: str, error: EtbuildError) -> EtbuildError:
    """Return a mistake with the place of an attribute."""
    [here] = ctx.mistake("missing-kernel", "", attribute).diagnostics
    return EtbuildError(*(replace(each, span=here.span) for each in error.diagnostics))


def _facts(kernel: ChosenKernel, chosen: Sequence[ChosenKernel]) -> dict[str, str]:
    operator = kernel.operator
    shim = "boxed_" if operator.schema else ""
    mask = dtype_mask([each for each in chosen if each.operator.source == operator.source])
    name = f"{shim}{posixpath.basename(operator.source)}.o"
    dtypes = "all" if mask is None else f"{mask:x}"
    return {"operator": operator.name, "function": operator.function, "object": name, "dtypes": dtypes}


def _sources_of(files: Iterable[Artifact]) -> tuple[Artifact, ...]:
    return tuple(source for source, _ in sort_sources(files).compiled)


def _compile_kernels(
    ctx: DynamicContext,
    build: _Build,
    catalog: KernelCatalog,
    by_source: Mapping[Artifact, Sequence[ChosenKernel]],
    asking: Collection[Artifact],
) -> Sequence[Artifact]:
    """Register the compile of each source, for the dtypes that its kernels are called with.

    On a board those that are not `asking` for temporary memory get none.
    """
    objects: list[Artifact] = []
    for source, kernels in sorted(by_source.items(), key=lambda item: item[0].path):
        mask = dtype_mask(kernels)
        boxed = [each.operator for each in kernels if each.operator.schema]
        compiled = _shim(ctx, build, catalog, source, boxed) if boxed else source
        also = (source,) if boxed else ()
        if build.toolchain.is_bare_metal and source not in asking:
            also = (*also, build.undeclared)
        objects += _compile(ctx, build, catalog, [compiled], mask, also=also)
    return objects


def _shim(
    ctx: DynamicContext, build: _Build, catalog: KernelCatalog, source: Artifact, operators: Sequence[Operator]
) -> Artifact:
    lines = tuple(shim(source.path, operators, build.boxed_call.path))
    # Not named as the source: it would include itself.
    name = f"boxed_{posixpath.basename(source.path)}"
    made = ctx.output(f"_et/{catalog.label.name}/{spec_digest(lines)}/{name}", catalog.label)
    _write(ctx, made, lines)
    return made


def _compile(
    ctx: DynamicContext,
    build: _Build,
    catalog: KernelCatalog,
    sources: Sequence[Artifact],
    mask: int | None,
    also: tuple[Artifact, ...] = (),
) -> Sequence[Artifact]:
    """Register compiles of a catalogue's sources. What they make is named by what decides it: images share it."""
    if not sources:
        return ()
    name = "all" if mask is None else f"{mask:x}"
    dtypes = ctx.output(f"_et/{catalog.label.name}/dtypes/{name}/selected_dtypes.h", catalog.label)
    _write(ctx, dtypes, selected_dtypes(mask))
    includes = dict.fromkeys(posixpath.dirname(file.path) or "." for file in (dtypes, *catalog.headers))
    own = CcInfo(direct_headers=(dtypes, *catalog.headers, *also, build.boxed_call), includes=tuple(includes))
    given = merge([*catalog.libraries, build.choice.runtime])
    how = Compilation(
        build.toolchain,
        own,
        given,
        build.flags,
        DEFAULT_STANDARDS,
        build.choice.defines,
        (*_copts(ctx, catalog, mask), *(("-include", build.undeclared.path) if build.undeclared in also else ())),
        f"{_digest(given, build)}/{name}",
    )
    found = sort_sources(sources)
    return compile_sources(ctx, Sources(found.compiled, (), (), ()), how, catalog.label)


def _copts(ctx: DynamicContext, catalog: KernelCatalog, mask: int | None) -> tuple[str, ...]:
    small = ctx.configuration.mode == "size"
    words = [word for word in catalog.copts if not (small and word.startswith("-O"))]
    return (*words, *(() if mask is None else LENIENT))


def _digest(given: CcInfo, build: _Build) -> str:
    """Return what tells apart the runtimes, and ways, for which a source is compiled."""
    headers = [file.path for file in given.headers]
    lto = str(has_lto(build.toolchain, build.flags))
    return spec_digest([*given.includes, *given.system_includes, *given.defines, *build.choice.defines, *headers, lto])


def _compile_table(ctx: DynamicContext, build: _Build, chosen: Sequence[ChosenKernel]) -> Artifact:
    choice = build.choice
    name = choice.function.rpartition("::")[2]
    source = ctx.output(f"_et/{ctx.label.name}/{name}.cpp")
    own = choice.runtime_facts.provider == "source"
    lines = [*table(str(ctx.label), choice.function, chosen, signatures=own)]
    _write(ctx, source, [*lines, *(registration(choice.function) if choice.registers else ())])
    how = Compilation(build.toolchain, CcInfo(), choice.runtime, build.flags, DEFAULT_STANDARDS, (), GENERATED_COPTS)
    [made] = compile_sources(ctx, Sources(((source, "cxx"),), (), (), ()), how, ctx.label)
    return made
