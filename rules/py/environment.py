"""python_environment: a lock, as a mount."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import Attrs, DefaultInfo, Dep, Provider, PythonEnvironmentInfo, RuleContext, RunInfo, Src, rule


class PythonEnvironmentAttrs(Attrs):
    """Attributes of python_environment."""

    lock: Src
    """The lock file, written by `etbuild lock`."""

    requirements: tuple[str, ...] = ()
    """What `etbuild lock` resolves, as pip's requirement specifiers."""

    without: tuple[str, ...] = ()
    """`name==version` of packages that others ask for and that are left out, with all that only they need."""

    platforms: tuple[str, ...] = ()
    """Wheel platforms to pin for beside this one, such as `manylinux_2_28_aarch64` or `cp312-macosx_14_0_arm64`."""

    features: tuple[str, ...] = ()
    """What it can be asked for, such as `export` or a backend's name."""

    exec_compatible_with: tuple[Dep, ...] = ()
    """Constraint values that the machine must have on which it runs."""

    target_compatible_with: tuple[Dep, ...] = ()
    """Constraint values that the platform must have for which it is asked."""


@rule(attrs=PythonEnvironmentAttrs, toolchain_type="python_environment", provides=(PythonEnvironmentInfo,))
def python_environment(ctx: RuleContext[PythonEnvironmentAttrs]) -> Sequence[Provider]:
    """Lock a Python environment; actions see it as a read-only folder, keyed by what is installed."""
    attrs = ctx.attrs
    mount = ctx.python_environment(ctx.file(attrs.lock), attrs.requirements, attrs.without, attrs.platforms)
    python = f"{mount.path}/bin/python"
    return [DefaultInfo(), PythonEnvironmentInfo(mount, python), RunInfo((python,), mounts=(mount,))]
