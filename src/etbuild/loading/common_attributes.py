"""The attributes that targets of every rule have, and those of `[package]`. Knows nothing of any rule."""

from __future__ import annotations

from typing import Any

from etbuild.model.attrs import Attrs, Dep, Size
from etbuild.model.attrs_schema import attributes_of


class CommonAttrs(Attrs):
    """What every target may say of itself, whatever its rule."""

    visibility: tuple[str, ...] | None = None
    """Who may depend on it besides its own package; what `[package]` says if it is left out."""

    tags: tuple[str, ...] = ()
    """Words to choose targets by."""

    manual: bool = False
    """Left out of `...` and `:all`."""

    compatible_with: tuple[Dep, ...] = ()
    """Constraint values that a platform must have; of those of one setting, such as `os`, it must have one."""

    ram: Size = 0
    """What its actions need beside what is known of them: bytes, or a text such as "4GiB"."""


class PackageAttrs(Attrs):
    """The table `[package]` of a BUILD.toml."""

    visibility: tuple[str, ...] = ()
    """Who may depend on its targets, where a target does not say it."""

    exports: tuple[str, ...] = ()
    """Files that other packages may name."""

    defaults: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - pydantic copies it.
    """Attributes by rule, for targets that do not give them."""


COMMON = frozenset(attributes_of(CommonAttrs))
