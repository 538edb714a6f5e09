"""The texts by which CMake and Bazel find what `etbuild install` put into a folder. Knows no kind of target."""

from __future__ import annotations

import json

from etbuild.api import Label

CMAKE = "lib/cmake/etbuild_artifacts"
_CONFIG = """\
# What find_package(etbuild_artifacts) reads. Each target that was installed is an imported one:
# //examples/llama:runtime is etbuild::examples::llama::runtime.
get_filename_component(etbuild_artifacts_ROOT "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
include("${CMAKE_CURRENT_LIST_DIR}/platform.cmake")
if(etbuild_artifacts_NOT_FOUND_MESSAGE)
  set(etbuild_artifacts_FOUND FALSE)
  return()
endif()
file(GLOB _etbuild_files LIST_DIRECTORIES false "${CMAKE_CURRENT_LIST_DIR}/targets/*.cmake")
foreach(_etbuild_file IN LISTS _etbuild_files)
  include("${_etbuild_file}")
endforeach()
unset(_etbuild_files)
unset(_etbuild_file)
"""
_PLATFORM = """\
# Refuses what was built for another system: the linker would, with less to say. Where several platforms stand side by
# side, each has a folder of its name.
set(etbuild_artifacts_NOT_FOUND_MESSAGE "")
set(_etbuild_manifest "${etbuild_artifacts_ROOT}/manifest.json")
set(_etbuild_platform "")
if(NOT EXISTS "${_etbuild_manifest}")
  get_filename_component(_etbuild_platform "${etbuild_artifacts_ROOT}" NAME)
  set(_etbuild_manifest "${etbuild_artifacts_ROOT}/../manifest.json")
endif()
file(READ "${_etbuild_manifest}" _etbuild_text)
string(JSON _etbuild_last LENGTH "${_etbuild_text}" targets)
math(EXPR _etbuild_last "${_etbuild_last} - 1")
set(_etbuild_os_Linux linux)
set(_etbuild_os_Darwin macos)
set(_etbuild_os_Windows windows)
string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" _etbuild_cpu)
string(REGEX REPLACE "^amd64$" "x86_64" _etbuild_cpu "${_etbuild_cpu}")
string(REGEX REPLACE "^arm64$" "aarch64" _etbuild_cpu "${_etbuild_cpu}")
string(REGEX REPLACE "^arm(v7.*)?$" "armv7" _etbuild_cpu "${_etbuild_cpu}")
set(_etbuild_here "${_etbuild_os_${CMAKE_SYSTEM_NAME}} ${_etbuild_cpu}")
foreach(_etbuild_index RANGE ${_etbuild_last})
  string(JSON _etbuild_name GET "${_etbuild_text}" targets ${_etbuild_index} platform)
  string(JSON _etbuild_os ERROR_VARIABLE _ GET "${_etbuild_text}" targets ${_etbuild_index} constraints os)
  string(JSON _etbuild_cpu ERROR_VARIABLE _ GET "${_etbuild_text}" targets ${_etbuild_index} constraints cpu)
  # What has another name for its system or processor is believed.
  if((_etbuild_platform STREQUAL "" OR _etbuild_platform STREQUAL _etbuild_name)
      AND _etbuild_here MATCHES "^(linux|macos|windows) (x86_64|aarch64|armv7|riscv64)$"
      AND NOT _etbuild_here STREQUAL "${_etbuild_os} ${_etbuild_cpu}")
    string(CONCAT etbuild_artifacts_NOT_FOUND_MESSAGE
      "${etbuild_artifacts_ROOT} holds what was built for ${_etbuild_name} (${_etbuild_os} ${_etbuild_cpu}), this build"
      " is for ${_etbuild_here}: install for that, with `etbuild install --platform=...`")
  endif()
endforeach()
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
        (f"{CMAKE}/platform.cmake", _PLATFORM),
        (f"{CMAKE}/targets/{'.'.join(parts)}.cmake", f"{head}add_library(${{_target}} INTERFACE IMPORTED)\n{cmake}"),
        ("BUILD.bazel", _BAZEL),
        ("BUILD.bazel", f"# {label}\n{bazel}"),
        ("WORKSPACE.bazel", 'workspace(name = "etbuild_artifacts")\n'),
        ("MODULE.bazel", 'module(name = "etbuild_artifacts")\n'),
    )


def quoted_list(values: tuple[str, ...], indent: str = "        ") -> str:
    """Return a Starlark list of texts, one a line."""
    return "[\n" + "".join(f"{indent}{json.dumps(value)},\n" for value in values) + indent[4:] + "]"
