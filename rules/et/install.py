"""What `etbuild install` takes of programs: the .pte, what it calls, and the texts by which builds find it."""

from __future__ import annotations

from etbuild.api import Installation, InstalledArtifact, Label
from rules.core.actions import consumer_texts, parts_of
from rules.et.providers import EtRuntimeInfo, ProgramInfo


def install_runtime(_label: Label, info: EtRuntimeInfo) -> Installation:
    """Return what the manifest tells of a target with EtRuntimeInfo; its files are those of its CcInfo."""
    return Installation(facts={"runtime": {"provider": info.provider, "features": info.features, "abi": info.defines}})


def install_program(label: Label, info: ProgramInfo) -> Installation:
    """Return what a target with ProgramInfo installs."""
    path = f"{label.package}/{label.name}.pte".lstrip("/")
    cmake = f'set_target_properties(${{_target}} PROPERTIES ETBUILD_PROGRAM "${{etbuild_artifacts_ROOT}}/{path}")\n'
    bazel = f'filegroup(\n    name = "{"/".join(parts_of(label))}",\n    srcs = ["{path}"],\n)\n'
    return Installation(
        (InstalledArtifact("program", path, info.program),),
        consumer_texts(label, cmake, bazel),
        {"program": path, "task": info.task},
        (("operators", info.operators),),
    )
