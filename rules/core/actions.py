"""The texts by which CMake and Bazel find what `etbuild install` put into a folder. Knows no kind of target."""

from __future__ import annotations

import json

from etbuild.api import Label

CMAKE = "lib/cmake/etbuild_artifacts"
_CONFIG = """\
# What find_package(etbuild_artifacts) reads. Each target that was installed is an imported one:
# //examples/llama:runtime is etbuild::examples::llama::runtime.
get_filename_component(etbuild_artifacts_ROOT "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
file(GLOB _etbuild_files LIST_DIRECTORIES false "${CMAKE_CURRENT_LIST_DIR}/targets/*.cmake")
foreach(_etbuild_file IN LISTS _etbuild_files)
  include("${_etbuild_file}")
endforeach()
unset(_etbuild_files)
unset(_etbuild_file)
"""
_BAZEL = """\
# What another Bazel workspace may name: each target's files. cc.BUILD holds a form for rules_cc.
package(default_visibility = ["//visibility:public"])

exports_files(glob(["**"]))
"""


def parts_of(label: Label) -> tuple[str, ...]:
    """Return what a target's name in another build system is made of."""
    packages = label.package.split("/") if label.package else []
    return tuple(filter(None, [label.repository, *packages, label.name]))


def consumer_texts(label: Label, cmake: str, bazel: str) -> tuple[tuple[str, str], ...]:
    """Return path and text of files for CMake and Bazel; `cmake` and `bazel` are what they hold of this target.

    In `cmake`, the target is ${_target} and the folder is ${etbuild_artifacts_ROOT}.
    """
    parts = parts_of(label)
    head = f"# {label}\nset(_target {'::'.join(('etbuild', *parts))})\nif(TARGET ${{_target}})\n  return()\nendif()\n"
    return (
        (f"{CMAKE}/etbuild_artifactsConfig.cmake", _CONFIG),
        (f"{CMAKE}/targets/{'.'.join(parts)}.cmake", f"{head}add_library(${{_target}} INTERFACE IMPORTED)\n{cmake}"),
        ("BUILD.bazel", _BAZEL),
        ("BUILD.bazel", f"# {label}\n{bazel}"),
        ("WORKSPACE.bazel", 'workspace(name = "etbuild_artifacts")\n'),
        ("MODULE.bazel", 'module(name = "etbuild_artifacts")\n'),
    )


def quoted_list(values: tuple[str, ...], indent: str = "        ") -> str:
    """Return a Starlark list of texts, one a line."""
    return "[\n" + "".join(f"{indent}{json.dumps(value)},\n" for value in values) + indent[4:] + "]"
