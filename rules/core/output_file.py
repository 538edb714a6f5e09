"""output_file: one of the files that a target makes."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import Attrs, DefaultInfo, Dep, Provider, RuleContext, rule


class OutputFileAttrs(Attrs):
    """Attributes of output_file."""

    maker: Dep
    """The target that makes the file."""


@rule(attrs=OutputFileAttrs)
def output_file(ctx: RuleContext[OutputFileAttrs]) -> Sequence[Provider]:
    """Stand for one file of a target: a genrule makes one for each of its `outs`, under the file's name."""
    info = ctx.provider(ctx.attrs.maker, DefaultInfo)
    return [DefaultInfo(tuple(file for file in info.files if file.path == ctx.label.path), info.validations)]
