"""CcCompile: from sources to objects, for one target. Knows nothing of links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from etbuild.api import Artifact, Attrs, DynamicContext, InputSet, Label, RuleContext, frozen
from rules.cc.attrs import CcAttrsT, Lto
from rules.cc.providers import CcFlags, CcInfo, CcToolchainInfo
from rules.cc.sources import ASM, CXX, C, Sources

AttrsT = TypeVar("AttrsT", bound=Attrs)
DEFAULT_STANDARDS = {C: "c17", CXX: "c++17"}
ENV = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin", "SOURCE_DATE_EPOCH": "0", "TZ": "UTC"}
"""Every compile's and link's environment: compilers find their assembler and linker by PATH."""


@frozen
class Compilation:
    """What all sources of a target have in common."""

    toolchain: CcToolchainInfo
    own: CcInfo
    """The target's own headers, include folders and defines."""
    given: CcInfo
    """What it takes from its dependencies."""
    occasions: tuple[CcFlags, ...]
    """Always, the mode, link-time optimization, if it is asked for."""
    standards: dict[str, str]
    """By language."""
    local_defines: tuple[str, ...] = ()
    copts: tuple[str, ...] = ()
    variant: str = ""
    """Where the objects are made, below the folder of their owner's: of sources that are compiled in several ways."""

    @property
    def lto(self) -> bool:
        """Whether what is compiled is optimized when it is linked."""
        return has_lto(self.toolchain, self.occasions)


def occasions(ctx: RuleContext[AttrsT], toolchain: CcToolchainInfo, *, lto: Lto) -> tuple[CcFlags, ...]:
    """Return the flags that hold for a target. Raises `no-mode`, `no-lto`."""
    mode = ctx.configuration.mode
    flags = toolchain.mode(mode)
    if flags is None and mode != "fastbuild":
        has = ", ".join(name for name, _ in toolchain.modes) or "none"
        raise ctx.mistake("no-mode", f"toolchain '{toolchain.label}' must have mode '{mode}', has {has}")
    if lto is True and toolchain.lto is None:
        message = f"toolchain '{toolchain.label}' must have 'lto', has none"
        hint = 'lto = "if-available" asks for it where it is'
        raise ctx.mistake("no-lto", message, attribute="lto", hint=hint)
    return tuple(each for each in (toolchain.flags, flags, toolchain.lto if lto else None) if each)


def has_lto(toolchain: CcToolchainInfo, occasions: tuple[CcFlags, ...]) -> bool:
    """Tell whether link-time optimization is among the flags that hold."""
    return any(each is toolchain.lto for each in occasions)


def standards(ctx: RuleContext[CcAttrsT], toolchain: CcToolchainInfo) -> dict[str, str]:
    """Return the language standards of a target's sources. Raises `no-standard`."""
    found, wanted = dict(DEFAULT_STANDARDS), ctx.attrs.std
    if wanted:
        found[CXX if "++" in wanted else C] = wanted
        plain = wanted.replace("gnu", "c", 1)
        if plain not in toolchain.standards:
            has = ", ".join(sorted(each for each in toolchain.standards if ("++" in each) == ("++" in wanted)))
            message = f"toolchain '{toolchain.label}' must know the standard '{wanted}', knows {has}"
            raise ctx.mistake("no-standard", message, attribute="std")
    return found


def compile_sources(
    ctx: RuleContext[AttrsT] | DynamicContext, sources: Sources, how: Compilation, owner: Label
) -> tuple[Artifact, ...]:
    """Register the compile of each source; return the objects, in order. `owner` is whose sources they are."""
    own = (*sources.headers, *how.own.direct_headers)
    direct = how.given.direct_headers
    env = {
        **ENV,
        "CC_TARGET": str(owner),
        "CC_OWN": _lines(file.path for file in own),
        "CC_MAY_INCLUDE": _lines(file.path for file in direct),
        "CC_FOLDERS": "\n".join(f"{file.path}/" for file in (*own, *direct) if file.is_tree),
        "CC_ASSEMBLER": how.toolchain.assembler,
        **dict(how.toolchain.env),
    }
    headers = InputSet((*sources.headers, *how.own.direct_headers), (how.given.headers, how.given.exports))
    words = {language: _words(how, language) for _, language in sources.compiled}
    tool = ctx.tool("compile.sh", "cc")
    objects = []
    for source, language in sources.compiled:
        name = object_name(owner, source, how.variant)
        made = ctx.output(f"{name}.o", owner)
        seed = (f"-frandom-seed={made.path}",) if how.lto else ()
        # What is not preprocessed has nobody who says what it includes: each header counts.
        used = None if source.path.endswith(".s") else ctx.output(f"{name}.d", owner)
        ctx.run(
            "CcCompile",
            argv=["/bin/sh", tool, *words[language], *seed, *_depfile(used), "-c", source, "-o", made],
            outputs=(made,),
            env={**env, "CC_USED": used.path if used else ""},
            mounts=how.toolchain.mounts,
            depfile=used,
            headers=headers,
            progress=f"compiling {source.path}",
            warns=True,
        )
        objects.append(made)
    return tuple(objects)


def object_name(label: Label, source: Artifact, variant: str = "") -> str:
    """Return where the object of a source of `label` is made, below its package, without its ending."""
    package = Label(label.repository, label.package, "x").path[:-1]
    own = source.path.startswith(package)
    folder = f"_cc/{label.name}/{variant}/" if variant else f"_cc/{label.name}/"
    return folder + (source.path.removeprefix(package) if own else f"_of/{source.path}")


def _depfile(used: Artifact | None) -> Sequence[str | Artifact]:
    return ("-MD", "-MF", used) if used else ()


def _words(how: Compilation, language: str) -> Sequence[str]:
    """Return the compiler's command for a language, all but the files."""
    toolchain, own, given = how.toolchain, how.own, how.given
    words = [*(toolchain.cxx if language == CXX else toolchain.c)]
    for flags in how.occasions:
        words += (*flags.compile, *getattr(flags, language))
    if language != ASM:
        words.append(f"-std={how.standards[language]}")
    words += ["-iquote", "."]
    words += [f"-I{folder}" for folder in dict.fromkeys((*own.includes, *given.includes))]
    words += [word for f in dict.fromkeys((*own.system_includes, *given.system_includes)) for word in ("-isystem", f)]
    defines = dict.fromkeys((*given.defines, *own.defines, *how.local_defines))
    words += [f"-D{define}" for define in defines]
    return (*words, *how.copts)


def _lines(paths: Iterable[str]) -> str:
    return "".join(("\n", *(f"{path}\n" for path in dict.fromkeys(paths))))
