"""pt2_model: a program that torch.export made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import Attrs, DefaultInfo, Provider, RuleContext, Src, rule
from rules.et.providers import ModelInfo


class Pt2ModelAttrs(Attrs):
    """Attributes of pt2_model."""

    pt2: Src
    """The file that torch.export.save wrote."""


@rule(attrs=Pt2ModelAttrs, provides=(ModelInfo,))
def pt2_model(ctx: RuleContext[Pt2ModelAttrs]) -> Sequence[Provider]:
    """Describe a model by its exported program."""
    program = ctx.file(ctx.attrs.pt2)
    return [DefaultInfo((program,)), ModelInfo(ctx.label, "pt2_model", ("--kind", "pt2_model", "--pt2", program))]
