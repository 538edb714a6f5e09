"""ProviderTypes: holds dependencies and rules to the providers that were declared. Knows nothing of actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from etbuild.analysis.node import TargetNode
from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.rule import DefaultInfo, Family, Provider


class ProviderTypes:
    """Which rules give which providers: as declared, and as seen so far."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._rules: dict[type[Provider], dict[str, None]] = {}
        for family in families:
            for rule in family.rules:
                for type_ in rule.provides:
                    self._rules.setdefault(type_, {})[rule.name] = None

    def check_uses(self, node: TargetNode) -> None:
        """Raise `wrong-provider` for every label whose target does not give what its attribute demands."""
        mistakes = []
        for label, field, index in node.uses:
            for found in node.meant(label, field) if field.provides else ():
                given: Iterable[type[Provider]] = (DefaultInfo,) if isinstance(found, Artifact) else found.providers
                missing = [type_ for type_ in field.provides if type_ not in given]
                if missing:
                    place = field.name, index if index >= 0 and node.spec.attrs is not None else None
                    what = "a source file" if isinstance(found, Artifact) else f"of rule {found.spec.rule.name}"
                    message = (
                        f"'{field.name}' of '{node.spec.label}' must name a target that provides {_names(missing)}; "
                        f"'{label}' is {what} and provides {_names(given)}"
                    )
                    mistakes.append(
                        Diagnostic("wrong-provider", message, node.spec.span(*place), hint=self._hint(missing))
                    )
        if mistakes:
            raise EtbuildError(*mistakes)

    def collect(self, node: TargetNode, given: Iterable[Provider]) -> dict[type[Provider], Provider]:
        """Return what a rule returned, by type. A rule that breaks its word is a bug of its author's: TypeError."""
        providers: dict[type[Provider], Provider] = {}
        rule = node.spec.rule
        for provider in given:
            if not isinstance(provider, Provider):
                raise TypeError(f"rule {rule.name} must return providers, returned {provider!r} for {node.spec.label}")
            if type(provider) in providers:
                raise TypeError(f"rule {rule.name} returned two {type(provider).__name__} for {node.spec.label}")
            providers[type(provider)] = provider
        missing = [type_ for type_ in rule.provides if type_ not in providers]
        if missing:
            raise TypeError(f"rule {rule.name} declares {_names(missing)} and returned none for {node.spec.label}")
        for type_ in providers:
            if type_ is not DefaultInfo:
                self._rules.setdefault(type_, {})[rule.name] = None
        return providers

    def _hint(self, types: Sequence[type[Provider]]) -> str | None:
        rules = sorted(set.intersection(*(set(self._rules.get(type_, ())) for type_ in types)))
        return f"targets of {', '.join(rules)} provide {_names(types)}" if rules else None


def _names(types: Iterable[type[Provider]]) -> str:
    return ", ".join(type_.__name__ for type_ in types) or "nothing"
