"""Affected targets: two analyses compared by what their targets declare. Executes nothing; reads through digests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from etbuild.model.action import Action, Mount
from etbuild.model.artifact import Artifact
from etbuild.model.attrs import as_tables
from etbuild.model.configured import Analysis, ConfiguredKey, ConfiguredTarget
from etbuild.model.frozen import frozen
from etbuild.model.rule import DefaultInfo, RunInfo
from etbuild.model.target import TargetSpec

TOOLS = "_exec/"


@frozen
class Revision:
    """A state of the workspace."""

    analysis: Analysis
    digest: Callable[[str], str]
    """Says what a source file holds, by its absolute path."""
    rule_code: Callable[[TargetSpec], str] = lambda _spec: ""
    """Says which code a target's rule has: a digest."""
    mounted: Callable[[Mount], tuple[str, str]] = lambda mount: (mount.provenance or mount.path, mount.digest)
    """Says what a mount is called, and what it holds: a digest."""


@frozen
class Affected:
    """A target that the newer revision builds otherwise, or that it has alone."""

    label: ConfiguredKey
    reasons: tuple[str, ...]
    """Such as `attribute 'dtype'`, `input a/b.py`, `tool …`, `rule pte`, `toolchain …`, `dependency //a:b`."""


def affected(before: Revision, after: Revision) -> tuple[Affected, ...]:
    """Return the targets of `after` that differ from `before`'s, each with its reasons, dependencies first."""
    found: dict[ConfiguredKey, Affected] = {}
    for key, target in after.analysis.targets.items():
        old = before.analysis.targets.get(key)
        if old is None:
            found[key] = Affected(key, ("new",))
            continue
        reasons = list(_differences(_facts(old, before), _facts(target, after)))
        needs = [f"dependency {needed[0]}" for needed in target.dependencies if needed in found]
        # A command may follow from what is depended on.
        reasons = [each for each in reasons if not (needs and each.startswith("command"))] + needs
        if reasons:
            found[key] = Affected(key, tuple(dict.fromkeys(reasons)))
    return tuple(found.values())


def _differences(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    changed = [reason for reason in {**before, **after} if before.get(reason) != after.get(reason)]
    # A command follows from attributes, inputs and toolchains: on its own it tells that the rule makes another one.
    yield from [reason for reason in changed if not reason.startswith("command")] or changed


def _facts(target: ConfiguredTarget, revision: Revision) -> dict[str, object]:
    spec = target.spec
    facts: dict[str, object] = {
        f"rule {spec.rule.name}": revision.rule_code(spec),
        "attribute 'compatible_with'": spec.compatible_with,
        "compatibility": target.incompatible,
    }
    # Plain: the families of two revisions are loaded apart, and values of two classes are never equal.
    values = as_tables(spec.attrs) if spec.attrs is not None else spec.raw
    facts |= {f"attribute '{name}'": value for name, value in values.items()}
    actions = [revision.analysis.actions.actions[index] for index in target.actions]
    actions += [target.test] if target.test else []
    for resolution in target.resolutions:
        facts[f"toolchain {resolution.request.type}"] = resolution.chosen
    for index, action in enumerate(actions):
        facts[f"command {index + 1} ({action.mnemonic})"] = (action.argv, action.env, action.outputs)
    info, run = target.get(DefaultInfo), target.get(RunInfo)
    facts["command: files"] = (info.files, info.validations, info.names) if info else None
    facts["command: run"] = (run.argv, run.env) if run else None
    mounts = (*(mount for action in actions for mount in action.mounts), *(run.mounts if run else ()))
    facts |= {f"toolchain {name}": digest for name, digest in map(revision.mounted, dict.fromkeys(mounts))}
    facts |= {_reason(source): revision.digest(source.location) for source in _sources(actions, info, run)}
    return facts


def _sources(actions: Iterable[Action], info: DefaultInfo | None, run: RunInfo | None) -> Iterator[Artifact]:
    files = (*(info.files if info else ()), *(a for action in actions for a in action.inputs))
    ran = (*run.inputs, *(word for word in run.argv if isinstance(word, Artifact))) if run else ()
    return (artifact for artifact in dict.fromkeys((*files, *ran)) if artifact.is_source)


def _reason(source: Artifact) -> str:
    return f"tool {source.path.removeprefix(TOOLS)}" if source.path.startswith(TOOLS) else f"input {source.path}"
