"""What a rule family may import from the engine, and nothing else. docs/api.txt pins the signatures."""

from __future__ import annotations

from etbuild.analysis.context import RuleContext
from etbuild.analysis.dynamic import DynamicContext
from etbuild.model.action import Action, Mount, Resources
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.attrs import DEVICE, EXEC, Attrs, Dep, Entry, EntryPoint, Size, Src, per_platform, provides
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import field, frozen
from etbuild.model.install import Installation, InstalledArtifact
from etbuild.model.label import Label
from etbuild.model.rule import (
    Command,
    DefaultInfo,
    Family,
    Provider,
    PythonEnvironmentInfo,
    RunInfo,
    TestInfo,
    TestSuiteInfo,
    rule,
)
from etbuild.model.toolchain import Request

__all__ = [
    "DEVICE",
    "EXEC",
    "Action",
    "Artifact",
    "Attrs",
    "Command",
    "DefaultInfo",
    "Dep",
    "Diagnostic",
    "DynamicContext",
    "Entry",
    "EntryPoint",
    "EtbuildError",
    "Family",
    "InputSet",
    "Installation",
    "InstalledArtifact",
    "Label",
    "Mount",
    "Provider",
    "PythonEnvironmentInfo",
    "Request",
    "Resources",
    "RuleContext",
    "RunInfo",
    "Size",
    "Src",
    "TestInfo",
    "TestSuiteInfo",
    "field",
    "frozen",
    "per_platform",
    "provides",
    "rule",
]
