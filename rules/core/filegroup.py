"""filegroup: files under one name."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import Attrs, DefaultInfo, Provider, RuleContext, Src, rule


class FilegroupAttrs(Attrs):
    """Attributes of filegroup."""

    srcs: tuple[Src, ...] = ()
    """Files, and targets whose files are meant."""


@rule(attrs=FilegroupAttrs)
def filegroup(ctx: RuleContext[FilegroupAttrs]) -> Sequence[Provider]:
    """Give several files one name."""
    return [DefaultInfo(ctx.files(ctx.attrs.srcs))]
