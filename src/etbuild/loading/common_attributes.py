"""The attributes that targets of every rule have, and those of `[package]`. Knows nothing of any rule."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from etbuild.model.attrs import Attrs, Dep

_UNITS = {"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([A-Za-z]*)")


def parse_size(value: Any) -> Any:
    """Return the bytes that a text such as "4GiB" means; leave anything else as it is."""
    if isinstance(value, str):
        match = _SIZE.fullmatch(value)
        if match is None or match[2] not in _UNITS:
            raise ValueError(f'must be bytes or a text such as "4GiB", is the text "{value}"')
        return int(float(match[1]) * _UNITS[match[2]])
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        raise ValueError(f"must not be negative, is {value}")
    return value


class CommonAttrs(Attrs):
    """What every target may say of itself, whatever its rule."""

    visibility: tuple[str, ...] | None = None
    """Who may depend on it besides its own package; what `[package]` says if it is left out."""

    tags: tuple[str, ...] = ()
    """Words to choose targets by."""

    manual: bool = False
    """Left out of `...` and `:all`."""

    compatible_with: tuple[Dep, ...] = ()
    """Constraint values that a platform must have."""

    ram: Annotated[int, BeforeValidator(parse_size)] = 0
    """What its actions need beside what is known of them: bytes, or a text such as "4GiB"."""


class PackageAttrs(Attrs):
    """The table `[package]` of a BUILD.toml."""

    visibility: tuple[str, ...] = ()
    """Who may depend on its targets, where a target does not say it."""

    exports: tuple[str, ...] = ()
    """Files that other packages may name."""

    defaults: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - pydantic copies it.
    """Attributes by rule, for targets that do not give them."""


COMMON = frozenset(CommonAttrs.model_fields)
