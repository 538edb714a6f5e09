"""What a rule family may import from the engine, and nothing else. docs/api.txt pins the signatures."""

from __future__ import annotations

from etbuild.analysis.context import RuleContext
from etbuild.analysis.dynamic import DynamicContext
from etbuild.model.action import Action, Mount, Resources
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.attrs import Attrs, Dep, Entry, EntryPoint, Size, Src, as_tables, given
from etbuild.model.attrs_schema import attributes_of
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import field, frozen
from etbuild.model.install import Installation, InstalledArtifact
from etbuild.model.label import Label
from etbuild.model.markers import DEVICE, EXEC, Limits, after, as_written, before, per_platform, provides
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
    "Limits",
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
    "after",
    "as_tables",
    "as_written",
    "attributes_of",
    "before",
    "field",
    "frozen",
    "given",
    "per_platform",
    "provides",
    "rule",
]
