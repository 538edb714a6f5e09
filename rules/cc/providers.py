"""What C and C++ targets give their dependents. Knows no actions."""

from __future__ import annotations

from etbuild.api import Artifact, InputSet, Label, Mount, Provider, field, frozen


@frozen
class LinkedLibrary:
    """A library as a link takes it: an archive, a shared library, or either."""

    label: Label
    """The target that made it: for messages."""
    archive: Artifact | None = None
    shared: Artifact | None = None
    """Found at run time by a path relative to what loads it; its file name is its soname."""
    alwayslink: bool = False
    """Link all of the archive, also what nothing refers to: registration by static initialisers."""
    symbols: Artifact | None = None
    """The strong symbols that the archive defines, one a line: what two libraries may not share."""


@frozen
class CcInfo(Provider):
    """What compiles against a target, and what links with it, need. Paths are relative to the execution root."""

    headers: InputSet = field(default_factory=InputSet)
    """All that its dependents' sources can reach: its own exported headers, and those of `deps` at any depth."""
    direct_headers: tuple[Artifact, ...] = ()
    """Those that it exports itself: only these may its direct dependents include. A folder stands for all in it."""
    includes: tuple[str, ...] = ()
    """Folders for -I, its own first, then those of `deps` at any depth."""
    system_includes: tuple[str, ...] = ()
    """As `includes`, for foreign headers: the compiler does not warn of what is in them."""
    defines: tuple[str, ...] = ()
    """NAME or NAME=VALUE, of its own and of `deps` at any depth."""
    libraries: tuple[LinkedLibrary, ...] = ()
    """Each once, dependents before what they depend on; `implementation_deps` are among them."""
    linkopts: tuple[str, ...] = ()
    """Words for the link, such as -lpthread."""
    data: InputSet = field(default_factory=InputSet)
    """Files that its code reads when it runs."""
    exports: InputSet = field(default_factory=InputSet)
    """Files that say which target exports which header: for messages."""


@frozen
class CcFlags:
    """Words for the compiler and the linker, of one occasion: always, a mode, link-time optimization."""

    compile: tuple[str, ...] = ()
    """For every source."""
    c: tuple[str, ...] = ()
    cxx: tuple[str, ...] = ()
    asm: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    link_shared: tuple[str, ...] = ()
    """Beside `link`, for a shared library."""
    link_program: tuple[str, ...] = ()
    """Beside `link`, for a program."""


@frozen
class CcToolchainInfo(Provider):
    """A compiler for one target: commands as words, flags by occasion, and where all of it comes from."""

    label: Label
    c: tuple[str, ...]
    """Words that start the compiler for C and for assembly with a preprocessor (.S)."""
    cxx: tuple[str, ...]
    link: tuple[str, ...]
    archive: tuple[str, ...]
    """The archiver's words, operation included: `ar rcsD`; the archive and the objects follow."""
    flags: CcFlags
    modes: tuple[tuple[str, CcFlags], ...]
    """By mode; a mode that is not here cannot be built."""
    lto: CcFlags | None
    """None if it has no link-time optimization."""
    standards: frozenset[str]
    """Such as c11, c++17."""
    mounts: tuple[Mount, ...]
    env: tuple[tuple[str, str], ...] = ()
    objcopy: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    nm: tuple[str, ...] = ()
    """Empty: it has no such program."""
    program_suffix: str = ""
    """Such as .elf, .exe or .wasm."""
    shared_suffix: str = ".so"
    """Empty: it makes no shared libraries."""
    maps: bool = False
    """Its linker writes maps in GNU ld's form."""
    is_bare_metal: bool = False
    """No operating system: programs get start-up code, a linker script, and images for flash."""
    startup: tuple[Artifact, ...] = ()
    """Sources that are compiled for, and linked into, every program; headers among them are theirs."""
    linker_script: Artifact | None = None
    link_inputs: tuple[Artifact, ...] = ()
    """Further files that every link reads."""
    assembler: str = ""
    """Such as gnu, which can say what it reads; empty: not known."""

    def writes_map(self, mode: str) -> bool:
        """Say whether programs get a map of what lies where."""
        return self.is_bare_metal or (self.maps and mode == "size")

    def mode(self, name: str) -> CcFlags | None:
        """Return the flags of a mode, or None if it has no such mode."""
        return dict(self.modes).get(name)
