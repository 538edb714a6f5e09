"""constraint_setting and constraint_value: what selects and toolchains are chosen by."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import Attrs, DefaultInfo, Dep, Provider, RuleContext, rule


class ConstraintSettingAttrs(Attrs):
    """Attributes of constraint_setting: none."""


@rule(attrs=ConstraintSettingAttrs)
def constraint_setting(_ctx: RuleContext[ConstraintSettingAttrs]) -> Sequence[Provider]:
    """Name an axis along which platforms differ, such as `cpu`."""
    return [DefaultInfo()]


class ConstraintValueAttrs(Attrs):
    """Attributes of constraint_value."""

    setting: Dep
    """The axis that it is a point of."""


@rule(attrs=ConstraintValueAttrs)
def constraint_value(_ctx: RuleContext[ConstraintValueAttrs]) -> Sequence[Provider]:
    """Name a point on an axis, such as `armv7em` on `cpu`."""
    return [DefaultInfo()]
