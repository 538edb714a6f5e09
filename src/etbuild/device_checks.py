"""What this workspace's compilers and emulators lack on this machine, for `doctor`. Runs none of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etbuild.analysis.platforms import platform_label
from etbuild.doctoring import Check
from etbuild.execution.system_programs import NotInstalledError
from etbuild.model.label import parse_label
from etbuild.model.target import TargetGraph
from etbuild.session import Session


def examine_devices(session: Session) -> Iterator[Check]:
    """Look for what the toolchains of WORKSPACE and etbuild's platforms need; what one package brings is one check."""
    graph = session.load((*map(str, session.workspace.toolchains), str(platform_label("all", session.workspace))))
    lacking: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for program, what, name, hint in (*_compilers(session, graph), *_emulators(session, graph)):
        programs, names = lacking.setdefault((what, hint), ([], []))
        programs.append(program)
        names.append(name)
    for (what, hint), (programs, names) in lacking.items():
        yield Check(False, ", ".join(dict.fromkeys(programs)), f"{what} {', '.join(names)}", hint)
    if not lacking:
        yield Check(True, "compilers and emulators of every platform", "", "")


def _compilers(session: Session, graph: TargetGraph) -> Iterator[tuple[str, str, str, str]]:
    for mistake in session.analyze_all(graph).mistakes:
        if mistake.code == "missing-program":
            _, toolchain, _, program, _ = mistake.message.split("'")
            yield program, "the toolchains", parse_label(toolchain).name, mistake.hint or ""


def _emulators(session: Session, graph: TargetGraph) -> Iterator[tuple[str, str, str, str]]:
    for spec in graph.targets.values():
        if spec.rule.name == "platform":
            attrs: Any = spec.attrs  # The schema is core's.
            try:
                session.provisions.system_mount(attrs.programs, attrs.packages)
            except NotInstalledError as error:
                yield str(error), "running programs for", spec.label.name, attrs.hint
