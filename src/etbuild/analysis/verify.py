"""Invariants of what analysis hands on: inputs have producers, paths have one meaning, nothing names this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from etbuild.analysis.register import Registered
from etbuild.model.action import Action, ActionGraph
from etbuild.model.artifact import Artifact
from etbuild.model.configured import ConfiguredTarget
from etbuild.model.diagnostics import Diagnostic, Span, raise_all
from etbuild.model.label import Label
from etbuild.model.rule import DefaultInfo
from etbuild.model.target import TargetSpec


def verify(
    registered: Registered, targets: Sequence[ConfiguredTarget], sources: frozenset[str], machine: Iterable[str]
) -> None:
    """Raise all violations at once.

    `sources` are the paths of source files; `machine` are absolute folders that no action may name.
    """
    graph = registered.graph
    tests = [target.test for target in targets if target.test is not None]
    folders = tuple(folder for folder in machine if folder.count("/") > 1)
    raise_all(
        [
            *(
                _unmade(file, f"an input of {action.mnemonic} of '{action.owner}'")
                for action, file in registered.unmade
            ),
            *_clashing_outputs(graph, sources),
            *_machine_paths([*graph.actions, *tests], folders, {target.label: target.spec for target in targets}),
            *_unmade_files(targets, graph.producers),
        ]
    )


def _unmade_files(targets: Iterable[ConfiguredTarget], producers: Mapping[Artifact, int]) -> Iterator[Diagnostic]:
    for target in targets:
        info = target.providers.get(DefaultInfo)
        if isinstance(info, DefaultInfo):
            more = (*info.validations, *info.beside, *((info.summary,) if info.summary else ()))
            for artifact in (*info.files, *more) if more else info.files:
                if not artifact.location and artifact not in producers:
                    yield _unmade(artifact, f"a file of '{target.label}'")


def _unmade(artifact: Artifact, what: str) -> Diagnostic:
    return Diagnostic("missing-producer", f"'{artifact}', {what}, must be made by an action, is made by none")


def _clashing_outputs(graph: ActionGraph, sources: frozenset[str]) -> Iterator[Diagnostic]:
    """Yield outputs that stand where a source does, or below another output."""
    places: dict[str, dict[str, None]] = {}
    for output in graph.producers:
        places.setdefault(output.configuration, {})[output.path] = None
    free: set[tuple[str, str]] = set()
    for output, index in graph.producers.items():
        if output.path in sources:
            owner = graph.actions[index].owner
            yield Diagnostic("output-conflict", f"output '{output}' of '{owner}' must differ from source files, is one")
        where, folder = output.configuration, output.path.rpartition("/")[0]
        while folder and (folder, where) not in free:
            if folder in places[where]:
                owner = graph.actions[index].owner
                message = f"output '{output}' of '{owner}' must not stand below the output '{folder}'"
                yield Diagnostic("output-conflict", message)
                break
            free.add((folder, where))
            folder = folder.rpartition("/")[0]


def _machine_paths(
    actions: Iterable[Action], folders: tuple[str, ...], specs: Mapping[Label | None, TargetSpec]
) -> Iterator[Diagnostic]:
    """Yield actions whose key would differ on another machine."""
    for action in actions:
        words = "\n".join([*action.argv, *[value for _, value in action.env]])
        for folder in folders:
            if folder in words:
                word = next(word for word in words.split("\n") if folder in word)
                where = f"'{folder}'" if word == folder else f"'{folder}' in '{word}'"
                message = f"{action.mnemonic} of '{action.owner}' must name no folder of this machine, names {where}"
                yield Diagnostic("absolute-path", message, _place(specs.get(action.owner), folder))


def _place(spec: TargetSpec | None, folder: str) -> Span | None:
    """Return where a target names the folder; the target's own place if its rule does."""
    return spec.span(next((name for name, value in spec.raw.items() if folder in str(value)), None)) if spec else None
