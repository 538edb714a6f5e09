"""ConfiguredTarget and Analysis: what analysis hands to execution. Knows nothing of keys or results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from etbuild.model.action import Action, ActionGraph
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import field, frozen
from etbuild.model.label import Label
from etbuild.model.platform import Configuration
from etbuild.model.rule import Provider
from etbuild.model.target import TargetSpec
from etbuild.model.toolchain import Resolution

ProviderT = TypeVar("ProviderT", bound=Provider)
ConfiguredKey = tuple[Label, str]
"""A label and the name of a configuration."""


@frozen
class ConfiguredTarget:
    """A target in one configuration, with what its rule made of it."""

    label: Label
    configuration: Configuration
    spec: TargetSpec = field(compare=False)
    providers: Mapping[type[Provider], Provider] = field(default_factory=dict)
    dependencies: tuple[ConfiguredKey, ...] = ()
    actions: tuple[int, ...] = ()
    """Its actions, as indices into the action graph."""
    test: Action | None = None
    """The action that is its test; it has no outputs, and is no part of the graph until tests are asked for."""
    resolutions: tuple[Resolution, ...] = ()
    incompatible: str = ""
    """Why it can't be built for its platform; empty if it can."""

    @property
    def key(self) -> ConfiguredKey:
        """How others refer to it."""
        return (self.label, self.configuration.name)

    def get(self, provider: type[ProviderT]) -> ProviderT | None:
        """Return its provider of this type, if it has one."""
        found = self.providers.get(provider)
        return found if isinstance(found, provider) else None


@frozen
class Analysis:
    """All configured targets of a request, and their actions."""

    targets: Mapping[ConfiguredKey, ConfiguredTarget]
    requested: tuple[ConfiguredKey, ...]
    actions: ActionGraph
    read: tuple[str, ...] = ()
    """Absolute paths of files whose content analysis used, such as locks."""
    probed: tuple[str, ...] = ()
    """Absolute paths of folders where analysis looked for files in vain: a tool may import what appears there."""
    mistakes: tuple[Diagnostic, ...] = ()
    """Why some of its targets cannot be built, where all others are to be."""


class PartlyWrongError(EtbuildError):
    """Some targets hold mistakes."""

    def __init__(self, rest: Callable[[], Analysis], *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)
        self.rest = rest
        """Returns what can be built all the same; targets with mistakes, and those that need them, are not for it."""
