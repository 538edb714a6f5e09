"""TargetNode and Scope: a target in one configuration while it is analysed, and what a configuration remembers."""

from __future__ import annotations

from collections.abc import Mapping

from etbuild.analysis.label_uses import LabelField, LabelUse
from etbuild.model.artifact import Artifact
from etbuild.model.attrs import Attrs
from etbuild.model.configured import ConfiguredTarget
from etbuild.model.frozen import field, mutable
from etbuild.model.label import Label
from etbuild.model.platform import Configuration
from etbuild.model.rule import DefaultInfo, Provider
from etbuild.model.target import TargetSpec
from etbuild.model.toolchain import Request, Resolution


@mutable
class Scope:
    """A configuration, with its targets and resolutions so far."""

    configuration: Configuration
    name: str
    values: frozenset[Label]
    """Its platform's constraint values."""
    nodes: dict[Label, TargetNode] = field(default_factory=dict)
    resolutions: dict[Request, Resolution] = field(default_factory=dict)


class TargetNode:
    """A target in one configuration. Compared by identity: there is one of each."""

    __slots__ = (
        "attrs", "dependencies", "exec_found", "failed", "found", "gates", "incompatible", "per_platform",
        "resolutions", "scope", "spec", "target", "toolchains", "uses",
    )  # fmt: skip

    def __init__(self, spec: TargetSpec, scope: Scope) -> None:
        self.spec = spec
        self.scope = scope
        self.attrs: Attrs | None = spec.attrs
        self.uses: list[LabelUse] = []
        self.found: dict[Label, TargetNode | Artifact] = {}
        self.exec_found: dict[Label, TargetNode | Artifact] = {}
        """Those of attributes for the exec platform, where that is another one."""
        self.per_platform: dict[Label, tuple[TargetNode | Artifact, ...]] = {}
        """Those of attributes for platforms that another attribute names, in its order."""
        self.toolchains: dict[Request, TargetNode] = {}
        self.resolutions: tuple[Resolution, ...] = ()
        self.dependencies: list[TargetNode] = []
        self.incompatible = ""
        self.failed = False
        self.gates: Mapping[Artifact, tuple[Artifact, ...]] = {}
        """Verdicts without which its files, and those handed on by it, are not used."""
        self.target: ConfiguredTarget | None = None

    @property
    def providers(self) -> Mapping[type[Provider], Provider]:
        """What its rule gave; it has been analysed."""
        if self.target is None:
            raise LookupError(f"{self.spec.label} has not been analysed")
        return self.target.providers

    @property
    def files(self) -> tuple[Artifact, ...]:
        """What it is for anyone."""
        info = self.providers.get(DefaultInfo)
        return info.files if isinstance(info, DefaultInfo) else ()

    def dependency(self, label: Label, for_exec: bool) -> TargetNode | Artifact:
        """Return what `label`, one of its own attributes', means here."""
        first, second = (self.exec_found, self.found) if for_exec else (self.found, self.exec_found)
        found = first.get(label) or second.get(label)
        if found is None:
            raise LookupError(f"{label} is in no attribute of {self.spec.label}")
        return found

    def meant(self, label: Label, field: LabelField) -> tuple[TargetNode | Artifact, ...]:
        """Return what `label` means in the attribute `field`: several things where that is for several platforms."""
        return self.per_platform[label] if field.platforms else (self.dependency(label, field.for_exec),)

    def place(self, label: Label) -> tuple[str | None, int | None]:
        """Return the attribute that `label` stands in, and its index there."""
        for used, field_, index in self.uses:
            if used == label:
                # What a select put into a list has moved the indices.
                return field_.name, index if index >= 0 and self.spec.attrs is not None else None
        return None, None
