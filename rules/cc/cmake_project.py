"""cmake_project: a foreign CMake tree, built as one action. Knows no project; its toolchain is the resolved one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from etbuild.api import (
    Artifact,
    Attrs,
    DefaultInfo,
    InputSet,
    Label,
    Provider,
    Request,
    Resources,
    RuleContext,
    Src,
    rule,
)
from rules.cc.cmake_toolchain import cmake_toolchain
from rules.cc.compile_action import ENV
from rules.cc.providers import CcInfo, CcToolchainInfo, LinkedLibrary

Words = tuple[str, ...]
PLACES = ("source", "build", "install")
_HINT = "apt install cmake ninja-build"
_SHARED = (".dylib", ".dll")


class CmakeProjectAttrs(Attrs):
    """Attributes of cmake_project."""

    src: Src
    """The project's files, such as a filegroup of all that a repository holds."""

    root: str = "."
    """The folder of CMakeLists.txt, relative to the package of `src`."""

    targets: Words = ("install",)
    """CMake targets to build; `install` is all of them, with what the project installs."""

    options: Mapping[str, str | bool] = {}
    """Cache variables, as `cmake -D` takes them; true is ON, false is OFF."""

    includes: Words = ("install/include",)
    """Folders of headers, for -I: `install/…` as installed, `source/…` and `build/…` as they stand in the tree."""

    libraries: Words
    """Archives and shared libraries, dependents before what they depend on, named as in `includes`."""

    alwayslink: Words = ()
    """Those of `libraries` that are linked whole: what registers itself by static initialisers."""

    defines: Words = ()
    """NAME or NAME=VALUE that whoever includes its headers must define: its ABI."""

    linkopts: Words = ()
    """Words for the link of whoever uses it, such as `-lpthread`."""

    timeout: int = 0
    """In seconds; 0 for none."""


@rule(attrs=CmakeProjectAttrs, toolchains=lambda _attrs: (Request("cc"),), provides=(CcInfo,))
def cmake_project(ctx: RuleContext[CmakeProjectAttrs]) -> Sequence[Provider]:
    """Build a CMake project with the toolchain of the platform, and offer its headers and libraries."""
    attrs = ctx.attrs
    _check(ctx)
    headers = tuple(ctx.output_tree(f"{ctx.label.name}/{folder}") for folder in attrs.includes)
    libraries = {path: ctx.output(f"{ctx.label.name}/{path}") for path in attrs.libraries}
    _build(ctx, (*zip(attrs.includes, headers, strict=True), *libraries.items()))
    linked = tuple(_linked(ctx, path, library) for path, library in libraries.items())
    return [
        DefaultInfo((*headers, *libraries.values())),
        CcInfo(
            headers=InputSet(headers),
            direct_headers=headers,
            system_includes=tuple(header.path for header in headers),
            defines=attrs.defines,
            libraries=linked,
            linkopts=attrs.linkopts,
        ),
    ]


def _check(ctx: RuleContext[CmakeProjectAttrs]) -> None:
    for name in ("includes", "libraries"):
        for index, path in enumerate(getattr(ctx.attrs, name)):
            if path.partition("/")[0] not in PLACES:
                message = f"'{path}' must begin with source/, build/ or install/"
                raise ctx.mistake("bad-cmake-path", message, attribute=name, index=index)
    for index, path in enumerate(ctx.attrs.alwayslink):
        if path not in ctx.attrs.libraries:
            message = f"'{path}' must be one of 'libraries', is not"
            raise ctx.mistake("bad-cmake-path", message, attribute="alwayslink", index=index)


def _linked(ctx: RuleContext[CmakeProjectAttrs], path: str, library: Artifact) -> LinkedLibrary:
    always = path in ctx.attrs.alwayslink
    is_shared = ".so" in PurePosixPath(path).suffixes or path.endswith(_SHARED)
    if is_shared:
        return LinkedLibrary(ctx.label, shared=library, alwayslink=always)
    return LinkedLibrary(ctx.label, library, alwayslink=always)


def _build(ctx: RuleContext[CmakeProjectAttrs], wanted: Sequence[tuple[str, Artifact]]) -> None:
    attrs = ctx.attrs
    toolchain = ctx.toolchain("cc", CcToolchainInfo)
    src = attrs.src
    source = str(PurePosixPath(Label(src.repository, src.package, "x").path).parent / attrs.root)
    options = [f"-D{name}={_value(value)}" for name, value in sorted(attrs.options.items())]
    env: dict[str, str | Sequence[str]] = {"CMAKE_TOOLCHAIN": cmake_toolchain(ctx, toolchain)}
    if toolchain.link_inputs and not toolchain.is_bare_metal:
        env["CMAKE_LINK"] = toolchain.link
    ctx.run(
        "CmakeProject",
        argv=[
            "/bin/sh",
            ctx.tool("cmake_project.sh"),
            source,
            *options,
            "--targets",
            *attrs.targets,
            "--wanted",
            *(word for pair in wanted for word in pair),
        ],
        inputs=(*ctx.files((src,)), *toolchain.link_inputs),
        outputs=tuple(output for _, output in wanted),
        env={**ENV, **dict(toolchain.env), **env},
        mounts=(*toolchain.mounts, ctx.system(("cmake", "ninja"), ("cmake", "cmake-data", "ninja-build"), hint=_HINT)),
        resources=Resources(cpu=2),
        progress=f"building the CMake project {source}",
        timeout=attrs.timeout,
    )


def _value(value: str | bool) -> str:
    return value if isinstance(value, str) else "ON" if value else "OFF"
