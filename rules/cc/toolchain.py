"""cc_toolchain: a C and C++ compiler, as data. Runs none: others' actions do.

A compiler is described without code: the words that start it, flags by occasion, what installs it.

    [cc_toolchain.gcc_aarch64]
    target_compatible_with = ["//toolchains/os:linux", "//toolchains/cpu:aarch64"]
    c = ["aarch64-linux-gnu-gcc-12"]
    cxx = ["aarch64-linux-gnu-g++-12"]
    archive = ["aarch64-linux-gnu-ar", "rcsD"]
    nm = ["aarch64-linux-gnu-nm"]
    packages = ["g++-12-aarch64-linux-gnu", "libc6-dev-arm64-cross"]
    hint = "apt install g++-aarch64-linux-gnu"
    standards = ["c11", "c17", "c++17", "c++20"]
    flags = { compile = ["-fPIC", "-Wall"], link_program = ["-pie"] }
    modes.opt = { compile = ["-O2", "-DNDEBUG"] }
    modes.asan = { compile = ["-O1", "-g", "-fsanitize=address"], link = ["-fsanitize=address"] }
    lto = { compile = ["-flto", "-ffat-lto-objects"], link = ["-flto=auto"] }

A first word without a slash is a program in /usr/bin. In all words, `{repository}` stands for the folder of
`repository`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from etbuild.api import Attrs, DefaultInfo, Dep, Mount, Provider, RuleContext, Src, attributes_of, rule
from rules.cc.providers import CcFlags, CcToolchainInfo

Words = tuple[str, ...]


class FlagsAttrs(Attrs):
    """Words for one occasion."""

    compile: Words = ()
    """For every source."""

    c: Words = ()
    """For C sources."""

    cxx: Words = ()
    """For C++ sources."""

    asm: Words = ()
    """For assembly sources."""

    link: Words = ()
    """For every link."""

    link_shared: Words = ()
    """For the link of a shared library, beside `link`."""

    link_program: Words = ()
    """For the link of a program, beside `link`."""


class CcToolchainAttrs(Attrs):
    """Attributes of cc_toolchain."""

    c: Words
    """Words that start the compiler for C and assembly (.S)."""

    cxx: Words
    """Words that start the compiler for C++."""

    link: Words = ()
    """Words that start the linker.  [default: those of `cxx`]
    In them, `{link_inputs}` stands for the paths of those."""

    archive: Words
    """Words that start the archiver, operation included, such as `["ar", "rcsD"]`; archive and objects follow."""

    objcopy: Words = ()
    """Words that start objcopy: needed on bare metal."""

    size: Words = ()
    """Words that start size: needed on bare metal."""

    nm: Words = ()
    """Words that start nm: without it, a symbol that two libraries define is found only by the linker, and images get
    no report of their sizes."""

    flags: FlagsAttrs = FlagsAttrs()
    """Words of every compile and link."""

    modes: Mapping[str, FlagsAttrs] = {}
    """Words by mode, each with the keys of `flags`: fastbuild, dbg, opt, size, asan, ubsan, tsan. A mode that is not
    here cannot be built, but `fastbuild`."""

    lto: FlagsAttrs | None = None
    """Words for targets that ask for link-time optimization, with the keys of `flags`."""

    standards: Words
    """The language standards that it knows, such as `c17` and `c++20`."""

    packages: Words = ()
    """Debian packages that it consists of: their versions and files are in each action's key."""

    hint: str = ""
    """What brings it, for who lacks it, such as `apt install g++`."""

    repository: str | None = None
    """A repository of WORKSPACE that holds it; actions see its folder read-only."""

    env: Mapping[str, str] = {}
    """Environment variables of its actions."""

    program_suffix: str = ""
    """What the name of a program ends in, such as `.elf`."""

    shared_suffix: str = ".so"
    """What the name of a shared library ends in; empty if it makes none."""

    maps: bool = False
    """Its linker writes maps as GNU ld's do (`-Map`): programs get one in mode `size`, for `etbuild size`. Those for
    bare metal have one in every mode."""

    bare_metal: bool = False
    """There is no operating system: programs get start-up code, a linker script and images for flash."""

    startup: tuple[Src, ...] = ()
    """Sources (and headers) of start-up code, compiled for and linked into every program."""

    linker_script: Src | None = None
    """The linker script of every program. A platform's memory `flash` reaches it as the symbols
    `__memory_flash_origin` and `__memory_flash_size`, and so on by name. Memories beside `flash` and `ram` need its
    lines `/* tiers */`: one in MEMORY, one in SECTIONS, as in `toolchains/bare/sections.ld`."""

    assembler: Literal["", "gnu"] = ""
    """Whose assembler it has: GNU's says which files `.incbin` and `.include` read. Where that is not known, a source
    that has these words, or includes what has them, is compiled again after a change of any header that it could
    read."""

    link_inputs: tuple[Src, ...] = ()
    """Further files that links read."""

    features: tuple[str, ...] = ()
    """What it can be asked for."""

    exec_compatible_with: tuple[Dep, ...] = ()
    """Constraint values that the machine must have on which it runs."""

    target_compatible_with: tuple[Dep, ...] = ()
    """Constraint values that the platform must have for which it compiles."""


_INSIDE = "{repository}/"


@rule(attrs=CcToolchainAttrs, toolchain_type="cc", provides=(CcToolchainInfo,))
def cc_toolchain(ctx: RuleContext[CcToolchainAttrs]) -> Sequence[Provider]:
    """Describe a C and C++ compiler: how it is started, with which flags, and what it is keyed by."""
    attrs = ctx.attrs
    commands = {name: getattr(attrs, name) for name in ("c", "cxx", "link", "archive", "objcopy", "size", "nm")}
    programs = tuple(dict.fromkeys(words[0] for words in commands.values() if words))
    hint = attrs.hint or None
    own = tuple(program for program in programs if "/" not in program or program.startswith("/"))
    mounts: tuple[Mount, ...] = (ctx.system(own, attrs.packages, hint=hint),)
    folder = ""
    if attrs.repository:
        inside = tuple(each.removeprefix(_INSIDE) for each in programs if each.startswith(_INSIDE))
        mounts = (*mounts, ctx.repository(attrs.repository, inside, hint=hint))
        folder = mounts[-1].path
    startup, link_inputs = ctx.files(attrs.startup), ctx.files(attrs.link_inputs)
    paths = " ".join(file.path for file in link_inputs)
    return [
        DefaultInfo(),
        CcToolchainInfo(
            ctx.label,
            _command(attrs.c, folder),
            _command(attrs.cxx, folder),
            tuple(word.replace("{link_inputs}", paths) for word in _command(attrs.link or attrs.cxx, folder)),
            _command(attrs.archive, folder),
            _flags(attrs.flags, folder),
            tuple((name, _flags(mode, folder)) for name, mode in sorted(attrs.modes.items())),
            _flags(attrs.lto, folder) if attrs.lto else None,
            frozenset(attrs.standards),
            mounts,
            tuple(sorted((name, _placed(value, folder)) for name, value in attrs.env.items())),
            _command(attrs.objcopy, folder),
            _command(attrs.size, folder),
            _command(attrs.nm, folder),
            attrs.program_suffix,
            attrs.shared_suffix,
            attrs.maps,
            attrs.bare_metal,
            startup,
            ctx.file(attrs.linker_script) if attrs.linker_script else None,
            link_inputs,
            attrs.assembler,
        ),
    ]


def _placed(word: str, folder: str) -> str:
    return word.replace("{repository}", folder)


def _command(words: Words, folder: str) -> Words:
    """Return a command with its program as a path; a bare name is one of the machine's own programs."""
    placed = tuple(_placed(word, folder) for word in words)
    return (f"/usr/bin/{placed[0]}", *placed[1:]) if placed and "/" not in placed[0] else placed


def _flags(attrs: FlagsAttrs, folder: str) -> CcFlags:
    return CcFlags(*(tuple(_placed(w, folder) for w in getattr(attrs, name)) for name in attributes_of(FlagsAttrs)))
