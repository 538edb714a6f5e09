"""alias and alias_group: targets under another name."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import Attrs, DefaultInfo, Dep, Provider, RuleContext, Src, TestSuiteInfo, rule


class AliasAttrs(Attrs):
    """Attributes of alias."""

    actual: Src
    """The target or file that is meant."""


@rule(attrs=AliasAttrs)
def alias(ctx: RuleContext[AliasAttrs]) -> Sequence[Provider]:
    """Stand for another target: give what it gives."""
    return ctx.all_providers(ctx.attrs.actual)


class AliasGroupAttrs(Attrs):
    """Attributes of alias_group."""

    actual: tuple[Dep, ...]
    """The targets that are meant, in order."""


@rule(attrs=AliasGroupAttrs)
def alias_group(ctx: RuleContext[AliasGroupAttrs]) -> Sequence[Provider]:
    """Stand for several targets: a matrix makes one under its own name."""
    infos = ctx.providers(ctx.attrs.actual, DefaultInfo)
    return [
        DefaultInfo(
            files=tuple(file for info in infos for file in info.files),
            validations=tuple(verdict for info in infos for verdict in info.validations),
            names=tuple(name for info in infos for name in info.names),
        ),
        TestSuiteInfo(),
    ]
