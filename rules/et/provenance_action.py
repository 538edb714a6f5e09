"""The EtProvenance action: a program's materials, by their digests. Knows nothing of what was done with them."""

from __future__ import annotations

from collections.abc import Mapping

from etbuild.api import Artifact, Entry, PythonEnvironmentInfo, RuleContext, as_tables
from rules.et.actions import PYTHON_ENV, own_operators, repeated
from rules.et.export_action import Exported
from rules.et.lower_action import Lowered
from rules.et.pte_attrs import PteAttrs


def provenance(
    ctx: RuleContext[PteAttrs], lowered: Lowered, methods: Mapping[str, Exported], environment: PythonEnvironmentInfo
) -> Artifact:
    """Register the statement of what the program was made from."""
    statement = ctx.output(f"{ctx.label.name}.provenance.json")
    of_models = (word for one in methods.values() for word in (*one.model.flags, *one.model.inputs))
    materials = {file.path: file for file in (*of_models, *_own_files(ctx)) if isinstance(file, Artifact)}
    environments = {"python_environment": environment.mount.digest}
    if lowered.environment != environment:
        environments["lowering_environment"] = lowered.environment.mount.digest
    parameters = {key: str(value) for key, value in as_tables(ctx.attrs, defaults=False).items()}
    ctx.run(
        "EtProvenance",
        argv=[
            environment.python,
            ctx.tool("provenance/provenance.py"),
            *("--subject", lowered.program),
            *repeated("--material", [f"{path}={path}" for path in materials]),
            *repeated("--material", [f"{name}=sha256:{digest}" for name, digest in environments.items()]),
            *repeated("--parameter", [f"{key}={value}" for key, value in sorted(parameters.items())]),
            *repeated("--facts", [one.facts for one in methods.values()]),
            *("--output", statement),
        ],
        inputs=tuple(materials.values()),
        outputs=(statement,),
        env=PYTHON_ENV,
        mounts=(environment.mount,),
        progress="writing provenance",
    )
    return statement


def _own_files(ctx: RuleContext[PteAttrs]) -> tuple[Artifact, ...]:
    """Return the files that a program's own attributes name: those of its hooks, what they read, recorded inputs."""
    attrs = ctx.attrs
    transforms = [entry for method in (attrs, *attrs.methods.values()) for entry in method.source_transforms]
    hooks = [*transforms, attrs.partitioner, *attrs.edge_passes, attrs.memory_planner]
    named = [each for each in (*hooks, *attrs.calibration, *attrs.inputs) if each is not None]
    files = ctx.files([*(each.file if isinstance(each, Entry) else each for each in named), *attrs.data])
    # Kernels serve the proof; what defines the operators decides what the program calls.
    return (*files, *(file for file in own_operators(ctx) if file.is_source))
