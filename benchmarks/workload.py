"""Writes one synthetic graph as a workspace of etbuild, of ninja and of Bazel. Runs nothing.

`n` targets stand in ten layers, ten to a package. Each reads two source files of its own and two outputs of the layer
above, and writes their checksums: one process, a small output that depends on all content. A changed source of the
first target rebuilds 55 of them, one of the last target rebuilds 1.

    python benchmarks/workload.py etbuild 1000 DIR
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from pathlib import Path

LAYERS = 10
PER_PACKAGE = 10
FAN_IN = 2
SOURCES = 2
SOURCE_BYTES = 200


@dataclass(frozen=True, slots=True)
class Node:
    """A target of the graph."""

    package: str
    name: str
    sources: tuple[str, ...]
    """Names of files in its package."""
    dependencies: tuple[int, ...]
    """Indices of targets."""

    @property
    def output(self) -> str:
        """Its output's path below the workspace."""
        return f"{self.package}/{self.name}.out"

    @property
    def paths(self) -> list[str]:
        """Its sources' paths below the workspace."""
        return [f"{self.package}/{source}" for source in self.sources]


def graph(n: int) -> list[Node]:
    """Return the targets, dependencies before dependents."""
    layers = min(LAYERS, n)
    width = n // layers
    nodes = []
    for index in range(n):
        layer, place = divmod(index, width)
        if layer >= layers:  # What is left over after the division widens the last layer.
            layer, place = layers - 1, width + index - layers * width
        above = {(layer - 1) * width + (place + step) % width for step in range(min(FAN_IN, width))}
        sources = tuple(f"s{index % PER_PACKAGE}_{number}.txt" for number in range(SOURCES))
        package = f"p{index // PER_PACKAGE:05d}"
        nodes.append(Node(package, f"t{index % PER_PACKAGE}", sources, tuple(sorted(above)) if layer else ()))
    return nodes


def write_etbuild(folder: Path, n: int) -> list[Node]:
    """Write WORKSPACE, BUILD.toml files and sources; build with `etbuild //...`."""
    nodes = graph(n)
    _write_sources(folder, nodes)
    (folder / "WORKSPACE").write_text('name = "synthetic"\nfamilies = ["core"]\n')
    texts: dict[str, str] = {}
    for node in nodes:
        above = [f"//{nodes[index].package}:{nodes[index].name}" for index in node.dependencies]
        text = texts.setdefault(node.package, '[package]\nvisibility = ["//visibility:public"]\n')
        texts[node.package] = text + (
            f"\n[genrule.{node.name}]\nsrcs = [{_quoted([*node.sources, *above])}]\n"
            f'outs = ["{node.name}.out"]\ncmd = "cksum $SRCS > $OUT"\n'
        )
    for package, text in texts.items():
        (folder / package / "BUILD.toml").write_text(text)
    return nodes


def write_ninja(folder: Path, n: int) -> list[Node]:
    """Write build.ninja and sources; build with `ninja`."""
    nodes = graph(n)
    _write_sources(folder, nodes)
    lines = ["rule checksum", "  command = cksum $in > $out", ""]
    for node in nodes:
        above = [nodes[index].output for index in node.dependencies]
        lines.append(f"build {node.output}: checksum {' '.join([*node.paths, *above])}")
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")
    return nodes


def write_bazel(folder: Path, n: int) -> list[Node]:
    """Write WORKSPACE, BUILD files and sources; build with `bazel build //...`."""
    nodes = graph(n)
    _write_sources(folder, nodes)
    (folder / "WORKSPACE").write_text('workspace(name = "synthetic")\n')
    texts: dict[str, str] = {}
    for node in nodes:
        above = [f"//{nodes[index].package}:{nodes[index].name}" for index in node.dependencies]
        text = texts.setdefault(node.package, 'package(default_visibility = ["//visibility:public"])\n')
        texts[node.package] = text + (
            f'genrule(name = "{node.name}", srcs = [{_quoted([*node.sources, *above])}],\n'
            f'        outs = ["{node.name}.out"], cmd = "cksum $(SRCS) > $@")\n'
        )
    for package, text in texts.items():
        (folder / package / "BUILD").write_text(text)
    return nodes


def _quoted(words: list[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _write_sources(folder: Path, nodes: list[Node]) -> None:
    chance = random.Random(1)  # noqa: S311 - the same bytes for every tool.
    for node in nodes:
        (folder / node.package).mkdir(parents=True, exist_ok=True)
        for path in node.paths:
            (folder / path).write_text(f"{path} {chance.getrandbits(64):0{SOURCE_BYTES - len(path) - 2}x}\n")


if __name__ == "__main__":
    tool, count, target = sys.argv[1:]
    {"etbuild": write_etbuild, "ninja": write_ninja, "bazel": write_bazel}[tool](Path(target), int(count))
