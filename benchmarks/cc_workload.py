"""Writes one C++ tree as a workspace of etbuild, of ninja and of Bazel. Runs nothing.

`n` sources stand in ten libraries, which one program links. Each source includes twenty headers: ten of its library,
and every second one of the twenty of a common library. So a common header has n / 2 includers, and each library has
thirty headers declared of which a source uses twenty. Nothing of the C++ library is included: compiles are short, so
that what a tool adds is seen.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

LIBRARIES = 10
HEADERS = 10
COMMON = 20
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}


def source(index: int, n: int) -> str:
    """Return the path of a source."""
    return f"lib{index * LIBRARIES // n}/s{index}.cc"


def header(library: str, number: int) -> str:
    """Return the path of a header of a library, or of "common"."""
    return f"{library}/h{number}.h"


def source_text(index: int, n: int, result: int = 0) -> str:
    """Return a source: a function that uses what its headers declare. With another `result` its object differs."""
    library = source(index, n).partition("/")[0]
    headers = [header(library, number) for number in range(HEADERS)]
    headers += [header("common", number) for number in range(index % 2, COMMON, 2)]
    sums = " + ".join(f"sum_{path.replace('/', '_')[:-2]}(x)" for path in headers)
    return (
        "".join(f'#include "{path}"\n' for path in headers) + f"int f{index}(int x) {{ return {result} + {sums}; }}\n"
    )


def header_text(path: str) -> str:
    """Return a header: a guard, a template and a function that uses it."""
    name = path.replace("/", "_")[:-2]
    return (
        f"#pragma once\n/* Adds, in a way of {name}'s own. */\ntemplate <typename T, int N>\n"
        f"struct Add_{name} {{\n  static T to(T x) {{ return x + Add_{name}<T, N - 1>::to(x); }}\n}};\n"
        f"template <typename T>\nstruct Add_{name}<T, 0> {{\n  static T to(T x) {{ return x; }}\n}};\n"
        f"inline int sum_{name}(int x) {{ return Add_{name}<int, 3>::to(x); }}\n"
    )


def main_text(n: int) -> str:
    """Return the program, which calls a function of each library."""
    called = [index for index in range(n) if index % (n // LIBRARIES) == 0]
    return "".join(f"int f{index}(int);\n" for index in called) + (
        f"int main() {{ return ({' + '.join(f'f{index}(0)' for index in called)}) & 1; }}\n"
    )


def write_sources(folder: Path, n: int) -> None:
    """Write sources and headers."""
    texts = {source(index, n): source_text(index, n) for index in range(n)}
    paths = [header("common", number) for number in range(COMMON)]
    paths += [header(f"lib{number}", each) for number in range(LIBRARIES) for each in range(HEADERS)]
    texts |= {path: header_text(path) for path in paths}
    texts["app/main.cc"] = main_text(n)
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def write_etbuild(folder: Path, n: int) -> None:
    """Write WORKSPACE, BUILD.toml files and sources; build with `etbuild //...`."""
    write_sources(folder, n)
    toolchains = 'toolchains = ["@etbuild//toolchains:cc"]'
    (folder / "WORKSPACE").write_text(f'name = "cc"\nfamilies = ["core", "cc"]\n{toolchains}\n')
    public = '[package]\nvisibility = ["//visibility:public"]\n'
    all_headers = 'hdrs = [{ glob = ["*.h"] }]\n'
    (folder / "common/BUILD.toml").write_text(f"{public}[cc_library.common]\n{all_headers}")
    names = [f"lib{number}" for number in range(LIBRARIES)]
    for name in names:
        table = f'[cc_library.{name}]\nsrcs = [{{ glob = ["*.cc"] }}]\n{all_headers}deps = ["//common"]\n'
        (folder / name / "BUILD.toml").write_text(public + table)
    needs = ", ".join(f'"//{name}"' for name in names)
    (folder / "app/BUILD.toml").write_text(f'[cc_binary.app]\nsrcs = ["main.cc"]\ndeps = [{needs}]\n')


def commands(compiler: Sequence[str], n: int) -> list[tuple[str, list[str], list[str]]]:
    """Return each compile, archive and link as its output, inputs and command; `compiler` holds all but the files."""
    found: list[tuple[str, list[str], list[str]]] = []
    objects: dict[str, list[str]] = {f"lib{number}": [] for number in range(LIBRARIES)} | {"app": []}
    for path in [*(source(index, n) for index in range(n)), "app/main.cc"]:
        made = f"out/{path}.o"
        objects[path.partition("/")[0]].append(made)
        found.append((made, [path], [*compiler, "-MD", "-MF", f"{made}.d", "-c", path, "-o", made]))
    main = objects.pop("app")
    for name, parts in objects.items():
        found.append((f"out/{name}.a", parts, ["ar", "rcsD", f"out/{name}.a", *parts]))
    archives = [f"out/{name}.a" for name in objects]
    found.append(("out/app.bin", [*main, *archives], [compiler[0], "-o", "out/app.bin", *main, *archives]))
    return found


def write_ninja(folder: Path, n: int, compiler: Sequence[str]) -> None:
    """Write build.ninja and sources; build with `ninja`."""
    write_sources(folder, n)
    lines = ["rule cxx", "  command = $line", "  depfile = $out.d", "  deps = gcc", "rule any", "  command = $line"]
    for made, inputs, argv in commands(compiler, n):
        rule = "cxx" if made.endswith(".o") else "any"
        lines += [f"build {made}: {rule} {' '.join(inputs)}", f"  line = {_shell(argv)}"]
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")


def write_bazel(folder: Path, n: int, compiler: Sequence[str]) -> None:
    """Write WORKSPACE, one BUILD file of genrules, and sources; build with `bazel build //...`."""
    write_sources(folder, n)
    (folder / "WORKSPACE").write_text('workspace(name = "cc")\n')
    lines = []
    for made, inputs, argv in commands(compiler, n):
        plain = [word for word in argv if word not in ("-MD", "-MF", f"{made}.d")]
        words = [f"$(RULEDIR)/{word}" if word.startswith("out/") else word for word in plain]
        given = ", ".join(f'"{path}"' for path in inputs)
        globs = f'"common/*.h", "{inputs[0].partition("/")[0]}/*.h"'
        headers = f" + glob([{globs}])" if made.endswith(".o") else ""
        # Of what it reads beside the sources Bazel knows no more than what is declared.
        lines.append(
            f'genrule(name = "{made}_", srcs = [{given}]{headers}, outs = ["{made}"], cmd = """{_shell(words)}""")\n'
        )
    (folder / "BUILD").write_text("".join(lines))


def _shell(argv: Sequence[str]) -> str:
    return shlex.join(argv).replace("'$(RULEDIR)/", "$(RULEDIR)/'")
