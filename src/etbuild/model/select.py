"""Select: an attribute that constraints choose. Knows nothing of which platform is meant."""

from __future__ import annotations

from typing import Any

from etbuild.model.frozen import frozen
from etbuild.model.label import Label


@frozen
class Branch:
    """One line of a select."""

    conditions: frozenset[Label]
    """Constraint values (or a platform) that must all hold; empty for `default`."""
    value: Any
    """As written in TOML, lists as tuples."""


@frozen
class Select:
    """`{ select = { "//toolchains/cpu:armv7em" = …, default = … } }` in place of an attribute or a list's element."""

    branches: tuple[Branch, ...]
