"""TargetSpec: an instance of a rule as written, before any platform. Knows nothing of what its rule does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from etbuild.model.diagnostics import Span
from etbuild.model.frozen import field, frozen
from etbuild.model.label import Label, Pattern

if TYPE_CHECKING:
    from etbuild.model.attrs import Attrs
    from etbuild.model.rule import Rule


@frozen
class TargetSpec:
    """One `[rule.name]` table of a BUILD.toml, or one target of its matrix."""

    label: Label
    rule: Rule[Any]
    raw: Mapping[str, Any]
    """The rule's own attributes as written, globs expanded, lists as tuples; a value or element may be a Select."""
    attrs: Attrs | None
    """The checked attributes, where nothing is selected; else None until it is configured."""
    dependencies: tuple[Label, ...] = ()
    """Every label that any branch names, in order, each once."""
    visibility: tuple[Pattern, ...] = ()
    """Who may depend on it besides its own package."""
    tags: frozenset[str] = frozenset()
    manual: bool = False
    """Left out of `...` and `:all`."""
    compatible_with: frozenset[Label] = frozenset()
    """Constraint values that a platform must have; of those of one setting, one."""
    ram: int = 0
    """In bytes: what its actions need beside what is known of them; 0 if not said."""
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)
    """Each attribute's place; "" is the table's own; "deps[2]" and "methods.encode" are parts of one."""
    shared: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Attributes that are written for more than this target: in defaults, or beside a matrix or a select."""
    own: str = field(default="", compare=False, repr=False)
    """The workspace's name: what selects give is checked later, and @own//x in it is //x."""

    def span(self, attribute: str | None = None, index: int | None = None) -> Span | None:
        """Return the most exact place that is known of an attribute, else the target's own."""
        for key in (f"{attribute}[{index}]", attribute or "", ""):
            if key in self.spans:
                return self.spans[key]
        return None


@frozen
class TargetGraph:
    """Every target that the requested patterns reach, dependencies before dependents."""

    targets: Mapping[Label, TargetSpec]
    requested: tuple[Label, ...]
    """What the patterns name, in order."""
    named: frozenset[Label]
    """Those of them named one by one: an incompatible one is an error, elsewhere it is skipped."""
    files: Mapping[Label, str] = field(default_factory=dict)
    """Source files that targets name as dependencies: absolute place on disk by label."""
    read: tuple[str, ...] = field(default=(), compare=False)
    """Absolute paths of all files that loading read."""
    probed: tuple[str, ...] = field(default=(), compare=False)
    """Absolute paths that loading looked for and did not find, and folders whose listing it used."""
