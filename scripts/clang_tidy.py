"""Runs clang-tidy over the C and C++ sources of the repository, as their targets compile them.

    python scripts/clang_tidy.py [--headers]      With --headers it makes those that targets make, and no more.

What was clean stays so until its source, a declared header, its flags, .clang-tidy or clang-tidy change: then etbuild's
key of the compile, which the results are kept by, is another.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rules/cc/tools"))

from ide import compile_commands as ide

ROOT = Path(__file__).resolve().parents[1]
TIDY = "clang-tidy-14"
ENV = {**os.environ, "ETBUILD": str(ROOT / "etbuild")}
ON_REQUEST = (
    "//benchmarks:cortex_m_calls",
    "//benchmarks:kernel_entry",
    "//benchmarks/images:compiled_mlp",
    "//benchmarks/images:mlp",
    "//benchmarks:kernel_rounds",
    "//examples/googletest:tensor_test",
    "//runtime/kernels/math:math_bench",
    "//runtime/kernels/portable:replay_test",
    "//runtime/kernels/proof:official_replay",
)
"""Targets that no pattern means."""

COMPILED = (
    ("host", f"//... + {' + '.join(ON_REQUEST)}"),
    ("cortex_m55", "//examples/hello/..."),
    ("linux_aarch64", "//examples/hello/..."),
)
"""Platforms, and the targets that are compiled for them; a source counts as in the first."""

ELSEWHERE = (
    "examples/consumers/",
    "toolchains/zig/",
    "examples/own_kernel/op_",
    "runtime/image/tiers_test",
    "tests/golden/",
)
"""Sources that other build systems and zig compile, tests do, or nobody; kernels of a schema, which what is generated
includes; what includes a board's `programs.h`, whose arrays are held to be initialized there."""

FOR_TESTS = ("--checks=-clang-analyzer-*",)
"""Paths through a test are few, and all are run; in loops over values the analyzer would follow each for seconds."""

GCC_ONLY = ("-specs", "-ffat-lto-objects")
"""Words that clang does not know, which change nothing of what a source says."""

EVERY_DTYPE = ("-I", "runtime/kernels/common/all")
"""Kernels find here which dtypes they serve, where no image says it: that header stands below no output."""

Entry = Mapping[str, Any]


def compiles(platform: str, pattern: str) -> Iterator[tuple[Entry, str]]:
    """Yield how each source is compiled, and the key of that; headers that targets make are made."""
    flags = ("--platform", platform)
    query = ("query", "--actions", "--json", f"deps({pattern})", *flags)
    actions = _answer(query)
    if made := ide.makers(actions, platform):
        _answer(("build", "--json", *made, *flags))
        actions = _answer(query)
    keys = {
        dict(each["places"]).get(each["argv"][-3], each["argv"][-3]): each["key"]
        for each in reversed(actions)
        if each["mnemonic"] == "CcCompile"
    }
    for entry in ide.entries(actions, ROOT, platform):
        yield entry, str(keys[entry["file"]])


def _answer(words: Sequence[str]) -> Any:
    done = ide.ask(words, ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def findings(entry: Entry, known: Path) -> str:
    """Return what clang-tidy says of a source, nothing if it is clean; that is written down."""
    compiler, *words = (word for word in entry["arguments"] if not word.startswith(GCC_ONLY))
    options = FOR_TESTS if entry["file"].endswith("_test.cpp") else ()
    command = [TIDY, "--quiet", *options, entry["file"], "--", compiler, *_target(compiler), *words, *EVERY_DTYPE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        known.touch()
        return ""
    return done.stdout + done.stderr


@cache
def _target(compiler: str) -> Sequence[str]:
    """Return what clang must be told of what a compiler is for: of bare metal, where its library is."""
    machine = subprocess.run([compiler, "-dumpmachine"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    said = subprocess.run([compiler, "-E", "-v", "-xc++", os.devnull], capture_output=True, text=True, check=True)
    folders = said.stderr.partition("> search starts here:")[2].partition("End of")[0].split()
    # What is GCC's own has another shape in clang.
    used = [each for each in folders if machine.endswith("eabi") and "/lib/gcc/" not in os.path.normpath(each)]
    return f"--target={machine}", *(f"-isystem{folder}" for folder in used)


def _listed(*patterns: str) -> Sequence[str]:
    command = ["git", "ls-files", *patterns]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def main() -> int:
    """Check what is not known to be clean, as many at once as there are cores."""
    configs = [(ROOT / name).read_text() for name in _listed(".clang-tidy", "*/.clang-tidy")]
    version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    results = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "etbuild-checks"
    results.mkdir(parents=True, exist_ok=True)
    found = {entry["file"]: (entry, key) for each in reversed(COMPILED) for entry, key in compiles(*each)}
    if sys.argv[1:] == ["--headers"]:
        return 0
    sources = [name for name in _listed("*.c", "*.cpp") if not name.startswith(ELSEWHERE)]
    if unknown := [name for name in sources if name not in found]:
        wanted = f"a target of {', '.join(pattern for _, pattern in COMPILED)} must compile each source"
        raise SystemExit(f"{wanted}, none compiles {', '.join(unknown)}")
    todo = []
    for name in sources:
        entry, key = found[name]
        digest = hashlib.sha256(
            "\0".join((version, *FOR_TESTS, *configs, key, *entry["arguments"])).encode()
        ).hexdigest()
        if not (results / digest).exists():
            todo.append((entry, results / digest))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        said = [text for text in pool.map(lambda each: findings(*each), todo) if text]
    print(*said, sep="\n")
    print(f"{len(sources)} sources, {len(sources) - len(todo)} known, {len(said)} with findings")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
