"""Sources by what is done with them, told by their names."""

from __future__ import annotations

from collections.abc import Iterable

from etbuild.api import Artifact, frozen

C = "c"
CXX = "cxx"
ASM = "asm"
LANGUAGES = {
    ".c": C,
    ".cc": CXX,
    ".cpp": CXX,
    ".cxx": CXX,
    ".c++": CXX,
    ".C": CXX,
    ".S": ASM,
    ".s": ASM,
}
"""The language of a source that is compiled, by what its name ends in."""
HEADERS = (".h", ".hh", ".hpp", ".hxx", ".h++", ".inc", ".inl", ".ipp", ".tcc", ".def")
OBJECTS = (".o", ".obj", ".a", ".lo")


@frozen
class Sources:
    """What `srcs` hold."""

    compiled: tuple[tuple[Artifact, str], ...]
    """Each with its language."""
    headers: tuple[Artifact, ...]
    objects: tuple[Artifact, ...]
    """Linked as they are."""
    unknown: tuple[Artifact, ...]


def sort_sources(files: Iterable[Artifact]) -> Sources:
    """Tell apart what is compiled, included and linked."""
    compiled, headers, objects, unknown = [], [], [], []
    for file in files:
        ending = _ending(file)
        if ending in LANGUAGES:
            compiled.append((file, LANGUAGES[ending]))
        elif ending in HEADERS or file.is_tree:
            headers.append(file)
        elif ending in OBJECTS:
            objects.append(file)
        else:
            unknown.append(file)
    return Sources(tuple(compiled), tuple(headers), tuple(objects), tuple(unknown))


def _ending(file: Artifact) -> str:
    return file.path[file.path.rfind(".") :] if "." in file.path.rpartition("/")[2] else ""
