"""What kernels need of what they share: a header stands for the sources that are called as it is."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from etbuild.api import Artifact
from rules.et.kernel_includes import SCAN, needed_sources, read_includes

FILES = (
    "m/gemm.h", "m/gemm.cpp", "m/gemm_avx2.cpp", "m/gemm_body.h", "m/rounding.h", "m/rounding.cpp",
    "c/sums.h", "c/sums.cpp", "c/start.cpp", "c/gemm_sums.cpp",
)  # fmt: skip
INCLUDES = {
    "k/op_mm.cpp": ("gemm.h",),
    "k/op_sum.cpp": ("c/sums.h",),
    "m/gemm_avx2.cpp": ("gemm_body.h",),
    "m/gemm_body.h": ("rounding.h",),
}


ALWAYS = {"c/start.cpp", "c/gemm_sums.cpp"}
"""No header beside them is called like them."""


def needed(*start: str, includes: Mapping[str, Sequence[str]] = INCLUDES) -> set[str]:
    found = needed_sources(start, tuple(Artifact(path, "", "/w") for path in FILES), includes)
    return {path for path in found if path.endswith(".cpp")} - {*start}


def test_a_header_brings_its_sources_and_what_these_include() -> None:
    assert needed("k/op_mm.cpp") == {"m/gemm.cpp", "m/gemm_avx2.cpp", "m/rounding.cpp", *ALWAYS}


def test_a_header_is_found_by_its_path_too() -> None:
    assert needed("k/op_sum.cpp") == {"c/sums.cpp", *ALWAYS}


def test_what_no_header_beside_it_is_called_like_is_needed_always() -> None:
    assert needed() == ALWAYS


def test_files_that_include_one_another_come_to_an_end() -> None:
    ring = {"k/op_sum.cpp": ("sums.h",), "c/sums.h": ("sums.cpp",), "c/sums.cpp": ("sums.h",)}
    assert needed("k/op_sum.cpp", includes=ring) == {"c/sums.cpp", *ALWAYS}


def test_a_header_in_angle_brackets_counts(tmp_path: Path) -> None:
    (tmp_path / "a.cpp").write_text("#include <m/gemm.h>\n#include <vector>\n")
    subprocess.run(["/bin/sh", "-ec", SCAN, "scan", "out", "a.cpp"], cwd=tmp_path, check=True)
    assert read_includes((tmp_path / "out").read_text()) == {"a.cpp": ["m/gemm.h"]}


def test_files_are_read_by_what_is_on_the_machine(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text('#pragma once\n#include "b.h"\n  #  include "x/c d.h" // for it\n#include <vector>\n')
    (tmp_path / "b.h").write_text("int b;\n")
    subprocess.run(["/bin/sh", "-ec", SCAN, "scan", "out", "a.h", "b.h"], cwd=tmp_path, check=True)
    assert read_includes((tmp_path / "out").read_text()) == {"a.h": ["b.h", "x/c d.h"]}
    subprocess.run(["/bin/sh", "-ec", SCAN, "scan", "out", "b.h"], cwd=tmp_path, check=True)
    assert (tmp_path / "out").read_text() == ""
    gone = subprocess.run(["/bin/sh", "-ec", SCAN, "scan", "out", "c.h"], cwd=tmp_path, check=False)
    assert gone.returncode != 0
