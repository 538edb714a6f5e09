"""What `etbuild install` takes of C and C++ targets: headers, libraries, and the texts by which builds find them.

Headers and libraries keep the places they have while etbuild builds, so that no two can be confused and a shared
library finds those it needs.
"""

from __future__ import annotations

import shlex

from etbuild.api import Artifact, Installation, InstalledArtifact, Label
from rules.cc.providers import CcInfo, LinkedLibrary
from rules.core.actions import consumer_texts, parts_of, quoted_list


def install_cc(label: Label, info: CcInfo) -> Installation:
    """Return what a target with CcInfo installs: all that compiling against it and linking with it needs."""
    headers = tuple(InstalledArtifact("header", f"include/{header.path}", header) for header in info.headers)
    linked = tuple(file for one in info.libraries for file in (one.archive, one.shared) if file is not None)
    libraries = tuple(InstalledArtifact("library", _place(library), library) for library in linked)
    includes = _include_folders(info)
    facts = {
        "include_directories": includes,
        "defines": info.defines,
        "libraries": tuple(_place(_chosen(one)) for one in info.libraries),
        "link_options": info.linkopts,
    }
    texts = (
        *consumer_texts(label, _cmake(info, includes), _bazel(label, headers, libraries)),
        (f"lib/pkgconfig/{'-'.join(('etbuild', *parts_of(label)))}.pc", _pkg_config(label, info, includes)),
        ("cc.BUILD", _CC_BUILD),
        ("cc.BUILD", _bazel_cc(label, info, includes)),
    )
    return Installation((*headers, *libraries), texts, {"cc": facts})


def _place(library: Artifact) -> str:
    return f"lib/{library.path}"


def _chosen(library: LinkedLibrary) -> Artifact:
    """Return what is linked: the archive where there is one, so that an app stands alone."""
    found = library.archive or library.shared
    if found is None:
        raise ValueError(f"{library.label} gives neither archive nor shared library")
    return found


def _include_folders(info: CcInfo) -> tuple[str, ...]:
    """Return the folders for -I that hold headers: CMake refuses one that is not there."""
    headers = tuple(info.headers)
    folders = [folder.rstrip("/") for folder in dict.fromkeys((*info.includes, *info.system_includes))]
    found = [each for each in folders if any(_holds(each, header) for header in headers)]
    if not all(any(_holds(each, header) for each in found) for header in headers):
        found.append(".")  # Where etbuild compiles, the root is looked at anyway.
    return tuple(dict.fromkeys(f"include/{each}".removesuffix("/.").removesuffix("/") for each in found))


def _holds(folder: str, header: Artifact) -> bool:
    if folder in ("", "."):
        return True
    inside = header.is_tree and f"{folder}/".startswith(f"{header.path}/")
    return inside or header.path.startswith(f"{folder}/")


def _cmake(info: CcInfo, includes: tuple[str, ...]) -> str:
    lines = [
        *_cmake_property("INTERFACE_INCLUDE_DIRECTORIES", [f"${{etbuild_artifacts_ROOT}}/{each}" for each in includes])
    ]
    lines += _cmake_property("INTERFACE_COMPILE_DEFINITIONS", info.defines)
    for library in info.libraries:
        place = f"${{etbuild_artifacts_ROOT}}/{_place(_chosen(library))}"
        if library.alwayslink and library.archive is not None:
            # All of it, as one word: what stands in a list of words may be moved or dropped. As an option, since CMake
            # quotes the spaces of options and files, and of no other word among libraries.
            lines += [
                "if(APPLE)",
                f'  set(_whole "-Wl,-force_load,{place}")',
                "else()",
                f'  set(_whole "-Wl,--whole-archive,{place},--no-whole-archive")',
                "endif()",
                *_cmake_property("INTERFACE_LINK_OPTIONS", ["${_whole}"]),
                *_cmake_property("INTERFACE_LINK_DEPENDS", [place]),
            ]
        else:
            lines += _cmake_property("INTERFACE_LINK_LIBRARIES", [place])
    options = [word for word in info.linkopts if not word.startswith("-l")]
    lines += _cmake_property("INTERFACE_LINK_OPTIONS", [*_keep_shared(info, _CMAKE_ELF), *options])
    lines += _cmake_property("INTERFACE_LINK_LIBRARIES", [word for word in info.linkopts if word.startswith("-l")])
    return "".join(f"{line}\n" for line in lines)


_CMAKE_ELF = "$<$<NOT:$<BOOL:${APPLE}>>:-Wl,--no-as-needed>"


def _keep_shared(info: CcInfo, word: str) -> tuple[str, ...]:
    """Return the word that keeps the linker from dropping shared libraries which only register themselves."""
    return (word,) if any(one.alwayslink and one.archive is None for one in info.libraries) else ()


def _cmake_property(name: str, values: tuple[str, ...] | list[str]) -> list[str]:
    words = "".join(f'\n  "{_cmake_escaped(value)}"' for value in values)
    return [f"set_property(TARGET ${{_target}} APPEND PROPERTY {name}{words})"] if values else []


def _cmake_escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace(";", "\\;")


def _pkg_config(label: Label, info: CcInfo, includes: tuple[str, ...]) -> str:
    cflags = [*(f"-I${{prefix}}/{each}" for each in includes), *(shlex.quote(f"-D{each}") for each in info.defines)]
    # Archives by their places below one -L: pkgconf does not quote the spaces of a file that stands behind a word. All
    # of one is one word, and alone between -L: it drops equal words, but takes neighbours that begin with -Wl for one.
    archives = any(library.archive is not None for library in info.libraries)
    libs = [*_keep_shared(info, "-Wl,--no-as-needed"), *(("-L${prefix}/lib",) if archives else ())]
    for library in info.libraries:
        if library.archive is None:
            folder, _, name = _place(_chosen(library)).rpartition("/")
            libs += [f"-L${{prefix}}/{folder}", f"-l{name.removeprefix('lib').partition('.')[0]}"]
        elif library.alwayslink:
            libs += [f"-Wl,--whole-archive,${{prefix}}/{_place(library.archive)},--no-whole-archive", "-L${prefix}/lib"]
        else:
            libs.append(f"-l:{library.archive.path}")
    libs += info.linkopts
    return (
        "# The folder may be moved: all is relative to where this file is.\n"
        "prefix=${pcfiledir}/../..\n\n"
        f"Name: {label}\nDescription: built by etbuild\nVersion: 0\n"
        f"Cflags: {' '.join(cflags)}\nLibs: {' '.join(libs)}\n"
    )


def _bazel(label: Label, headers: tuple[InstalledArtifact, ...], libraries: tuple[InstalledArtifact, ...]) -> str:
    name = "/".join(parts_of(label))
    return _filegroup(f"{name}.headers", headers) + _filegroup(f"{name}.libraries", libraries)


def _filegroup(name: str, files: tuple[InstalledArtifact, ...]) -> str:
    plain = tuple(file.path for file in files if not file.artifact.is_tree)
    globs = tuple(f"{file.path}/**" for file in files if file.artifact.is_tree)
    srcs = f"{quoted_list(plain)}{f' + glob({quoted_list(globs)})' if globs else ''}"
    return f'filegroup(\n    name = "{name}",\n    srcs = {srcs},\n)\n'


_CC_BUILD = """\
# Not tried: no rules_cc was at hand. For new_local_repository(build_file = "cc.BUILD").
load("@rules_cc//cc:defs.bzl", "cc_import", "cc_library")

package(default_visibility = ["//visibility:public"])
"""


def _bazel_cc(label: Label, info: CcInfo, includes: tuple[str, ...]) -> str:
    name = "/".join(parts_of(label))
    imports = [_cc_import(f"{name}.{index}", library) for index, library in enumerate(info.libraries)]
    deps = tuple(f":{name}.{index}" for index in range(len(imports)))
    return "".join(imports) + (
        f'cc_library(\n    name = "{name}",\n    hdrs = glob(["include/**"]),\n'
        f"    includes = {quoted_list(includes)},\n"
        f"    defines = {quoted_list(info.defines)},\n    linkopts = {quoted_list(info.linkopts)},\n"
        f"    deps = {quoted_list(deps)},\n)\n"
    )


def _cc_import(name: str, library: LinkedLibrary) -> str:
    kind = "static_library" if library.archive is not None else "shared_library"
    place, always = _place(_chosen(library)), str(library.alwayslink)
    return f'cc_import(\n    name = "{name}",\n    {kind} = "{place}",\n    alwayslink = {always},\n)\n'
