"""What compilers make is equal byte for byte, wherever it is made: every toolchain, debug information included."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "etbuild"
HOSTED = ("linux_x86_64", "linux_aarch64", "linux_armv7", "linux_riscv64")
CORTEX = ("cortex_m0", "cortex_m3", "cortex_m4f", "cortex_m7", "cortex_m33", "cortex_m55")
BARE = (*CORTEX, "riscv32", "riscv32f", "riscv64")

APP = """
[cc_library.lib]
srcs = [":lib.cpp", ":part.c"]
hdrs = [":lib.h"]

[cc_binary.app]
srcs = [":app.cpp"]
deps = [":lib"]
"""
SOURCES = {
    "lib.h": "int twice(int);\n",
    "lib.cpp": '#include <string>\n#include "lib.h"\nint twice(int x) { return 2 * std::string(x, 65).size(); }\n',
    "part.c": "const char* built_at(void) { return __FILE__ __DATE__ __TIME__; }\n",
    "app.cpp": '#include <cstdio>\n#include "lib.h"\nint main() { std::printf("%d\\n", twice(21)); }\n',
}
ZIG_TOOLCHAIN = """
# Only its name for what it unpacks differs from etbuild's own: what takes minutes to make is not made twice more.
[cc_toolchain.{name}]
repository = "ziglang"
c = ["{{repository}}/ziglang/zig", "cc", "-target", "{target}"]
cxx = ["{{repository}}/ziglang/zig", "c++", "-target", "{target}"]
link = [
    "sh",
    "-c",
    "mkdir -p $HOME/.cache/zig && tar -xf {{link_inputs}} -C $HOME/.cache/zig && exec \\"$0\\" \\"$@\\"",
    "{{repository}}/ziglang/zig",
    "c++",
    "-target",
    "{target}",{strip}
]
link_inputs = [":{name}.tar"]
archive = ["{{repository}}/ziglang/zig", "ar", "rcsD"]
standards = ["c17", "c++17"]
shared_suffix = ""
target_compatible_with = ["@etbuild//toolchains/cpu:{cpu}", "@etbuild//toolchains/os:{os}"]

[cc_toolchain.{name}.flags]
compile = ["-O1", "-g", "-Wno-builtin-macro-redefined", "-D__DATE__=\\"\\"", "-D__TIME__=\\"\\""]
cxx = ["-fno-exceptions"]
link = ["-O1"]
"""
TARGETS = {
    "linux_x86_64_musl": ("x86_64-linux-musl", "x86_64", "linux"),
    "windows_x86_64": ("x86_64-windows-gnu", "x86_64", "windows"),
    "wasi": ("wasm32-wasi", "wasm32", "wasi"),
    "macos_aarch64": ("aarch64-macos", "aarch64", "macos"),
}
"""One a C library that zig brings."""


def built(folder: Path, toolchains: Sequence[str], *words: str, files: Sequence[Path] = (), build: str = APP) -> Path:
    """Build the same sources in a folder, with a cache of its own; what was fetched is shared. Return the outputs."""
    cache = folder.parent / f"cache-of-{folder.name}"
    cache.mkdir(parents=True)
    for shared in ("repositories", "tool"):
        (CACHE / shared).mkdir(parents=True, exist_ok=True)
        (cache / shared).symlink_to(CACHE / shared)
    package = folder / "pkg"
    package.mkdir(parents=True)
    listed = ", ".join(f'"{toolchain}"' for toolchain in toolchains)
    (folder / "WORKSPACE").write_text(f'name = "equal"\nfamilies = ["core", "cc"]\ntoolchains = [{listed}]\n')
    (package / "BUILD.toml").write_text(build)
    for name, text in SOURCES.items():
        (package / name).write_text(text.replace('"lib.h"', '"pkg/lib.h"'))
    for file in files:
        shutil.copy(file, package)
    env = {**os.environ, "ETBUILD_CACHE": str(cache)}
    command = [str(ROOT / "etbuild"), "//pkg:app", "//pkg:lib", *words]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "etbuild-out"


def digests(outputs: Path) -> dict[str, str]:
    """Return the digest of each file that was built, objects included, by its path."""
    found = {str(path.relative_to(outputs)): path for path in outputs.rglob("*") if path.is_file()}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items() if not name.startswith(".")
    }


def assert_equal(one: Path, other: Path, least: int) -> None:
    """Hold two folders of outputs to be the same `least` files or more."""
    first, second = digests(one), digests(other)
    assert len(first) >= least, sorted(first)
    assert [name for name in first if first[name] != second.get(name)] == []
    assert first.keys() == second.keys()


def test_every_gcc_and_its_archiver_make_the_same_in_two_folders_sandboxed_or_not(tmp_path: Path) -> None:
    platforms = [f"--platform={name}" for name in (*HOSTED, *BARE)]
    toolchains = ["@etbuild//toolchains:cc"]
    one = built(tmp_path / "one", toolchains, "--mode=dbg", *platforms)
    other = built(tmp_path / "deeper/down/the/other", toolchains, "--mode=dbg", "--sandbox=none", *platforms)
    assert_equal(one, other, least=2 * len(HOSTED) + 6 * len(BARE))


def test_clang_makes_the_same_in_two_folders(tmp_path: Path) -> None:
    toolchains = ["@etbuild//toolchains/clang:linux_x86_64"]
    one = built(tmp_path / "one", toolchains, "--mode=dbg")
    other = built(tmp_path / "deeper/down/the/other", toolchains, "--mode=dbg", "--sandbox=none")
    assert b"clang version 14" in (one / "host-dbg/pkg/liblib.a").read_bytes()
    assert_equal(one, other, least=2)


def test_zig_makes_the_same_in_two_folders_for_each_c_library(tmp_path: Path) -> None:
    libraries = [f"//toolchains/zig:{name}_libraries" for name in TARGETS]
    made = subprocess.run([str(ROOT / "etbuild"), *libraries], cwd=ROOT, check=False, timeout=1800)
    assert made.returncode == 0
    build = APP + "".join(
        ZIG_TOOLCHAIN.format(name=name, target=target, cpu=cpu, os=system, strip=' "-s",' * (system == "windows"))
        for name, (target, cpu, system) in TARGETS.items()
    )
    files = [ROOT / f"etbuild-out/host/toolchains/zig/{name}.tar" for name in TARGETS]
    toolchains = [f"//pkg:{name}" for name in TARGETS]
    platforms = [f"--platform={name}" for name in TARGETS]
    one = built(tmp_path / "one", toolchains, *platforms, files=files, build=build)
    other = built(tmp_path / "deeper/down/the/other", toolchains, *platforms, files=files, build=build)
    assert_equal(one, other, least=2 * len(TARGETS))
