"""constraint_setting, constraint_value and platform: what selects and toolchains are chosen by."""

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


class PlatformAttrs(Attrs):
    """Attributes of platform."""

    constraints: tuple[Dep, ...] = ()
    """Its constraint values, at most one a setting."""

    parents: tuple[Dep, ...] = ()
    """Platforms whose values it takes over where it names none of that setting itself."""

    run_under: tuple[str, ...] = ()
    """The command that runs its programs on the host: an emulator, or a script that talks to a device."""


@rule(attrs=PlatformAttrs)
def platform(_ctx: RuleContext[PlatformAttrs]) -> Sequence[Provider]:
    """Name a set of constraint values that outputs can be for."""
    return [DefaultInfo()]
