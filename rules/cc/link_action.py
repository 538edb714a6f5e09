"""CcArchive and CcLink: from objects to archives, shared libraries and programs. Knows nothing of sources."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from etbuild.api import Artifact, DynamicContext, InputSet, RuleContext, frozen
from rules.cc.compile_action import ENV, AttrsT
from rules.cc.providers import CcFlags, CcToolchainInfo, LinkedLibrary


@frozen
class Link:
    """What goes into a link, beside its objects."""

    toolchain: CcToolchainInfo
    occasions: tuple[CcFlags, ...]
    libraries: tuple[LinkedLibrary, ...]
    linkopts: tuple[str, ...] = ()
    prefer_shared: bool = False
    """Where a library is both archive and shared library."""
    map: Artifact | None = None
    """Where the linker says what lies where."""
    words: tuple[str | Artifact, ...] = ()
    """Further words for a program, such as where its memory is."""
    contents: Artifact | None = None
    """Lines "memory text": what fills pieces of the map, told where these do not fit."""

    def takes_shared(self, library: LinkedLibrary) -> bool:
        """Tell whether a library is linked as a shared one."""
        return library.shared is not None and (self.prefer_shared or library.archive is None)

    @property
    def shared(self) -> tuple[Artifact, ...]:
        """The shared libraries that must be there at run time."""
        return tuple(each.shared for each in self.libraries if each.shared is not None and self.takes_shared(each))


def library_of(
    ctx: RuleContext[AttrsT] | DynamicContext, toolchain: CcToolchainInfo, *, alwayslink: bool = False
) -> LinkedLibrary:
    """Return the archive of a target, which make_archive() makes."""
    archive = ctx.output(f"lib{ctx.label.name}.a")
    symbols = ctx.output(f"_cc/{ctx.label.name}.symbols") if toolchain.nm else None
    return LinkedLibrary(ctx.label, archive, alwayslink=alwayslink, symbols=symbols)


def make_archive(
    ctx: RuleContext[AttrsT] | DynamicContext,
    toolchain: CcToolchainInfo,
    objects: Sequence[Artifact],
    *,
    alwayslink: bool,
) -> LinkedLibrary:
    """Register the archive of a library's objects."""
    library = library_of(ctx, toolchain, alwayslink=alwayslink)
    outputs = tuple(file for file in (library.archive, library.symbols) if file)
    words: list[str | Artifact] = [*toolchain.archive, outputs[0], *objects]
    env = _env(toolchain)
    if library.symbols is None:
        ctx.run("CcArchive", argv=words, outputs=outputs, env=env, mounts=toolchain.mounts)
        return library
    env |= {"CC_NM": " ".join(toolchain.nm), "CC_ARCHIVE": str(library.archive), "CC_SYMBOLS": str(library.symbols)}
    ctx.run(
        "CcArchive",
        argv=["/bin/sh", ctx.tool("archive.sh", "cc"), *words],
        outputs=outputs,
        env=env,
        mounts=toolchain.mounts,
    )
    return library


def link_shared(ctx: RuleContext[AttrsT], how: Link, objects: Sequence[Artifact]) -> Artifact:
    """Register the link of a shared library. Raises `no-shared-libraries`."""
    toolchain = how.toolchain
    if not toolchain.shared_suffix:
        message = f"toolchain '{toolchain.label}' must make shared libraries for '{ctx.label}', makes none"
        raise ctx.mistake("no-shared-libraries", message, attribute="linkstatic")
    made = ctx.output(f"lib{ctx.label.name}{toolchain.shared_suffix}")
    flags = [word for each in how.occasions for word in (*each.link, *each.link_shared)]
    name = made.path.rpartition("/")[2]
    start = [*toolchain.link, "-shared", f"-Wl,-soname,{name}", *flags]
    _link(ctx, how, [*start, "-o", made, *objects, *_libraries(how, made)], (made,))
    return made


def link_program(ctx: RuleContext[AttrsT], how: Link, objects: Sequence[Artifact]) -> Artifact:
    """Register the link of a program."""
    toolchain = how.toolchain
    made = ctx.output(f"{ctx.label.name}{toolchain.program_suffix}")
    flags = [word for each in how.occasions for word in (*each.link, *each.link_program)]
    words = [*toolchain.link, *flags, *how.words, *([f"-Wl,-Map={how.map}"] if how.map else ())]
    outputs = (made, how.map) if how.map else (made,)
    _link(ctx, how, [*words, "-o", made, *objects, *_libraries(how, made)], outputs)
    return made


def _link(ctx: RuleContext[AttrsT], how: Link, words: Sequence[str | Artifact], outputs: tuple[Artifact, ...]) -> None:
    known = [(file, library) for library in how.libraries for file in (library.archive, library.symbols) if file]
    symbols = [library.symbols for library in how.libraries if library.symbols and not how.takes_shared(library)]
    inputs = [InputSet((*symbols, *how.toolchain.link_inputs))]
    env = {
        **_env(how.toolchain),
        "CC_TARGET": str(ctx.label),
        "CC_LIBRARIES": "".join(f"{file.path} {library.label}\n" for file, library in known),
        "CC_SYMBOLS": "\n".join(file.path for file in symbols),
    }
    if how.map:
        sizes = ctx.tool("sizes.sh", "cc")
        inputs.append(sizes.inputs)
        env |= {"CC_MAP": how.map.path, "CC_SIZES": str(sizes)}
    if how.contents:
        inputs.append(InputSet((how.contents,)))
        env["CC_CONTENTS"] = how.contents.path
    ctx.run(
        "CcLink",
        argv=["/bin/sh", ctx.tool("link.sh", "cc"), *words, *how.linkopts],
        inputs=inputs,
        outputs=outputs,
        env=env,
        mounts=how.toolchain.mounts,
        warns=True,
    )


def _libraries(how: Link, made: Artifact) -> Iterable[str | Artifact]:
    """Yield the words for libraries, and where the shared ones are found from where `made` is."""
    for library in how.libraries:
        if library.shared is not None and how.takes_shared(library):
            # It registers itself when it is loaded, which some linkers spare where nothing refers to it.
            yield from ("-Wl,--no-as-needed",) if library.alwayslink else ()
            yield library.shared
        elif library.archive is not None and library.alwayslink:
            yield from ("-Wl,--whole-archive", library.archive, "-Wl,--no-whole-archive")
        elif library.archive is not None:
            yield library.archive
    here = posixpath.dirname(made.path)
    folders = dict.fromkeys(posixpath.relpath(posixpath.dirname(file.path) or ".", here or ".") for file in how.shared)
    if folders:
        yield "-Wl,--enable-new-dtags"
    for folder in folders:
        yield "-Wl,-rpath," + ("$ORIGIN" if folder == "." else f"$ORIGIN/{folder}")


def _env(toolchain: CcToolchainInfo) -> dict[str, str]:
    return {**ENV, **dict(toolchain.env)}
