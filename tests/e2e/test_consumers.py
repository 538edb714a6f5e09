"""Apps of other build systems take what `etbuild install` wrote, built by the real tools; none knows etbuild."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSUMERS = ROOT / "examples/consumers"
WANTED = ("//tiny:mlp_xnnpack", "//runtime:official", "//examples/foreign:qdldl", "//examples/hello:tensor")
MESON = (sys.executable, "-m", "mesonbuild.mesonmain")
QEMU = "qemu-aarch64-static"
QEMU_WORDS = (QEMU, "-L", "/usr/aarch64-linux-gnu")


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> str:
    """Run a command that must succeed, and return what it printed."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def newer_cmake() -> str:
    """Return the CMake of the tests' environment: the first of a major version that Debian does not have."""
    found = importlib.util.find_spec("cmake")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).with_name("data") / "bin/cmake")


def install(folder: Path, *words: str) -> None:
    run(ROOT / "etbuild", "install", *words, "--to", folder)


@pytest.fixture(scope="module")
def et(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an installed folder that was moved since."""
    first = tmp_path_factory.mktemp("install") / "et"
    install(first, *WANTED, "--platform=linux_x86_64")
    moved = tmp_path_factory.mktemp("moved") / "et"
    shutil.move(first, moved)
    return moved


@pytest.fixture(scope="module")
def aarch64(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("aarch64") / "et"
    install(folder, *WANTED, "--platform=linux_aarch64")
    return folder


def test_the_manifest_tells_every_file_and_what_it_is(et: Path) -> None:
    manifest = json.loads((et / "manifest.json").read_text())
    there = {str(path.relative_to(et)) for path in et.rglob("*") if path.is_file()} - {"manifest.json"}
    assert there == {each["path"] for each in manifest["files"]}
    for each in manifest["files"]:
        content = (et / each["path"]).read_bytes()
        assert (each["sha256"], each["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    targets = {each["label"]: each for each in manifest["targets"]}
    assert tuple(targets) == WANTED
    assert {each["platform"] for each in manifest["targets"]} == {"linux_x86_64"}
    assert targets["//tiny:mlp_xnnpack"]["program"] == "tiny/mlp_xnnpack.pte"
    assert targets["//tiny:mlp_xnnpack"]["operators"]["delegates"] == {"XnnpackBackend": 1}
    assert "ET_EVENT_TRACER_ENABLED" in targets["//runtime:official"]["runtime"]["abi"]


def test_no_text_names_the_machine_that_wrote_it(et: Path) -> None:
    manifest = json.loads((et / "manifest.json").read_text())
    for each in manifest["files"]:
        if each["kind"] == "build file":
            text = (et / each["path"]).read_text()
            assert str(ROOT) not in text
            assert str(et) not in text


@pytest.mark.parametrize("cmake", ["/usr/bin/cmake", newer_cmake()], ids=["debian", "newer"])
def test_a_cmake_app_runs_a_program(et: Path, tmp_path: Path, cmake: str) -> None:
    run(cmake, "-G", "Ninja", "-S", CONSUMERS / "cmake", "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={et}")
    run(cmake, "--build", tmp_path)
    assert "100% tests passed" in run("ctest", "--test-dir", tmp_path)
    assert "10 answers, first 0.605138, ratio to itself 1.000000" in run(tmp_path / "app", et / "tiny/mlp_xnnpack.pte")


def test_a_cmake_app_is_cross_compiled(aarch64: Path, tmp_path: Path) -> None:
    compilers = {"C": "aarch64-linux-gnu-gcc-12", "CXX": "aarch64-linux-gnu-g++-12"}
    crossed = ["-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64"]
    crossed += [f"-DCMAKE_{language}_COMPILER={program}" for language, program in compilers.items()]
    folders = ("-S", CONSUMERS / "cmake", "-B", tmp_path)
    run("cmake", "-G", "Ninja", *folders, f"-DCMAKE_PREFIX_PATH={aarch64}", *crossed)
    run("cmake", "--build", tmp_path)
    libraries = f"LD_LIBRARY_PATH={aarch64}/lib/runtime/official/lib:/usr/aarch64-linux-gnu/lib"
    said = run(*QEMU_WORDS, "-E", libraries, tmp_path / "app", aarch64 / "tiny/mlp_xnnpack.pte")
    assert "10 answers, first 0.605138" in said


def test_a_cmake_app_for_another_system_is_told_what_to_install(aarch64: Path, tmp_path: Path) -> None:
    command = ["cmake", "-G", "Ninja", "-S", CONSUMERS / "gradle", "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={aarch64}"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    said = " ".join(refused.stderr.split())
    assert "built for linux_aarch64 (linux aarch64), this build is for linux x86_64: install for that" in said


def test_a_cmake_app_continues_a_text(tmp_path: Path) -> None:
    et = tmp_path / "et"
    install(et, "//tiny:llama_xnnpack", "//runtime/runner:bytes", "//examples/llama:runtime")
    run("cmake", "-G", "Ninja", "-S", CONSUMERS / "text", "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={et}")
    run("cmake", "--build", tmp_path / "build")
    files = (et / "tiny/llama_xnnpack.pte", et / "runtime/runner/bytes.tokenizer")
    said = run(tmp_path / "build/app", *files, "The capital of France is")
    assert re.search(r"\n\d+ tokens after \d+\n$", said)
    assert "executorch" not in said


def test_a_meson_app_finds_all_by_pkg_config(et: Path, tmp_path: Path) -> None:
    run(*MESON, "setup", tmp_path, CONSUMERS / "meson", f"--pkg-config-path={et}/lib/pkgconfig")
    run(*MESON, "test", "-C", tmp_path)
    assert "4 6, hundreds of kernels" in run(tmp_path / "app")


def test_a_bazel_app_takes_headers_libraries_and_programs(et: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "app"
    shutil.copytree(CONSUMERS / "bazel", workspace)
    (workspace / "et").symlink_to(et)
    bazel = ("bazel", f"--output_user_root={tmp_path}/bazel", "--batch")
    run(*bazel, "build", "//app:report", cwd=workspace)
    size = (et / "tiny/mlp_xnnpack.pte").stat().st_size
    assert (workspace / "bazel-bin/app/report.txt").read_text() == f"4 6, a program of {size} bytes\n"
    run("chmod", "-R", "u+w", tmp_path / "bazel")


def test_gradle_tasks_copy_programs_and_build_with_cmake(et: Path, tmp_path: Path) -> None:
    workspace, own = tmp_path / "app", tmp_path / "et"
    shutil.copytree(CONSUMERS / "gradle", workspace)
    shutil.copytree(et, own)
    gradle = ("gradle", "--offline", "--no-daemon", "-g", tmp_path / "home", f"-Pet={own}", "assets", "native")
    run(*gradle, cwd=workspace)
    assert run(workspace / "build/native/app") == "4 6\n"
    program = "tiny/mlp_xnnpack.pte"
    assert (workspace / "build/assets" / program).read_bytes() == (own / program).read_bytes()
    (own / program).write_bytes(b"another")
    again = [str(word) for word in (*gradle, "--continue")]
    refused = subprocess.run(again, cwd=workspace, capture_output=True, text=True, check=False)
    assert f"{program} must have sha256" in refused.stderr
    assert "1 executed, 2 up-to-date" in refused.stdout


def test_an_installation_of_less_takes_the_rest_away(aarch64: Path, tmp_path: Path) -> None:
    folder = tmp_path / "et"
    shutil.copytree(aarch64, folder)
    (folder / "mine.txt").write_text("mine")
    install(folder, "//examples/hello:tensor", "--platform=linux_aarch64")
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {"mine.txt", "lib/examples/hello/libtensor.a", "include/examples/hello/tensor.h"} <= there
    assert not any("runtime" in path or "qdldl" in path or path.endswith(".pte") for path in there)
    assert not (folder / "tiny").exists()


def test_a_program_is_installed_with_what_it_loads_and_firmware_with_its_images(tmp_path: Path) -> None:
    install(tmp_path / "first", "//runtime/program_runner")
    moved = (tmp_path / "first").rename(tmp_path / "moved")
    assert "Runs a method of an ExecuTorch program." in run(moved / "runtime/program_runner/program_runner", "--help")
    install(tmp_path / "board", "//examples/hello:app", "--platform=cortex_m55")
    names = {path.name for path in (tmp_path / "board/examples/hello").iterdir()}
    assert names == {"app.elf", "app.bin", "app.hex", "app.map", "app.sizes.txt"}


def test_several_platforms_stand_side_by_side(tmp_path: Path) -> None:
    install(tmp_path / "et", "//examples/hello:tensor", "--platform=linux_aarch64", "--platform=linux_x86_64")
    for platform in ("linux_aarch64", "linux_x86_64"):
        assert (tmp_path / "et" / platform / "lib/examples/hello/libtensor.a").is_file()
        assert (tmp_path / "et" / platform / "lib/cmake/etbuild_artifacts/etbuild_artifactsConfig.cmake").is_file()
    files = json.loads((tmp_path / "et/manifest.json").read_text())["files"]
    assert {each["platform"] for each in files if each["kind"] == "library"} == {"linux_aarch64", "linux_x86_64"}


REGISTERED = {
    "WORKSPACE": 'name = "kept"\nfamilies = ["core", "cc"]\ntoolchains = ["@etbuild//toolchains:cc"]\n',
    "a/BUILD.toml": """
[package]
visibility = ["//visibility:public"]

[cc_library.base]
srcs = ["base.cc"]
hdrs = ["base.h"]
linkopts = ["-lm"]

[cc_library.same]
srcs = ["first.cc"]
deps = [":base"]
alwayslink = true

[cc_library.all]
deps = [":same", "//b:same", ":base"]
""",
    "a/base.h": "void enter(int);\nint sum();\n",
    "a/base.cc": "static int held;\nvoid enter(int one) { held += one; }\nint sum() { return held; }\n",
    "a/first.cc": '#include "base.h"\nstatic const int entered = (enter(1), 0);\n',
    "b/BUILD.toml": """
[package]
visibility = ["//visibility:public"]

[cc_library.same]
srcs = ["second.cc"]
deps = ["//a:base"]
alwayslink = true
""",
    "b/second.cc": '#include "a/base.h"\nstatic const int entered = (enter(2), 0);\n',
}
APP = {
    "main.cc": '#include <a/base.h>\n#include <cstdio>\nint main() { std::printf("%d\\n", sum()); }\n',
    "CMakeLists.txt": """
cmake_minimum_required(VERSION 3.25)
project(app CXX)
find_package(etbuild_artifacts REQUIRED)
add_library(own STATIC main.cc)
target_link_libraries(own PRIVATE etbuild::a::all etbuild::b::same)
add_executable(app main.cc)
target_link_libraries(app PRIVATE etbuild::a::all etbuild::b::same own)
""",
    "meson.build": """
project('app', 'cpp')
executable('app', 'main.cc', dependencies: dependency('etbuild-a-all', method: 'pkg-config'))
""",
}


@pytest.fixture(scope="module")
def spaced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an installed folder whose path has a space, beside an app."""
    folder = tmp_path_factory.mktemp("with spaces")
    for name, text in {**REGISTERED, **{f"my app/{name}": text for name, text in APP.items()}}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    run(ROOT / "etbuild", "install", "//a:all", "//b:same", "--to", folder / "in stalled", cwd=folder)
    return folder


@pytest.mark.parametrize("generator", ["Ninja", "Unix Makefiles"])
def test_a_folder_with_a_space_is_linked_by_cmake_with_all_that_registers_itself(spaced: Path, generator: str) -> None:
    build = spaced / f"by {generator}"
    run("cmake", "-G", generator, "-S", spaced / "my app", "-B", build, f"-DCMAKE_PREFIX_PATH={spaced}/in stalled")
    run("cmake", "--build", build)
    assert run(build / "app") == "3\n"


def test_a_folder_with_a_space_is_linked_by_pkg_config_with_all_that_registers_itself(spaced: Path) -> None:
    found = {"PKG_CONFIG_PATH": f"{spaced}/in stalled/lib/pkgconfig"}
    words = "$(pkg-config --cflags --libs etbuild-a-all etbuild-b-same)"
    run("sh", "-c", f'eval "c++ -o plain main.cc {words}"', cwd=spaced / "my app", **found)
    assert run(spaced / "my app/plain") == "3\n"
    run(*MESON, "setup", spaced / "by meson", spaced / "my app", **found)
    run(*MESON, "compile", "-C", spaced / "by meson")
    assert run(spaced / "by meson/app") == "3\n"
