"""What an annotation of an Attrs may say beside its type: which targets it takes, and which values.

    programs: Annotated[tuple[Dep, ...], provides(ProgramInfo), Limits(min_length=1)]
    compiler: Annotated[Dep, EXEC]
    image: Annotated[Dep, per_platform("platforms")]
    memory: Annotated[dict[str, MemoryAttrs], after(refuse_overlaps)] = {}

Knows nothing of how values are checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from etbuild.model.frozen import field, frozen
from etbuild.model.rule import Provider


@frozen
class Provides:
    """A field's marker: its targets must provide all of these."""

    types: tuple[type[Provider], ...]


def provides(*types: type[Provider]) -> Provides:
    """Demand that a field's targets provide all of `types`."""
    return Provides(types)


EXEC = "exec"
"""A field's marker: its targets are built for the platform that actions run on."""


DEVICE = "device"
"""A field's marker: its targets are needed for platforms that are named, not for the host."""


@frozen
class PerPlatform:
    """A field's marker: its targets are built for each platform that another field names."""

    field: str


def per_platform(field: str) -> PerPlatform:
    """Have a field's targets built for each platform that `field`, a tuple of labels, names; and for no other."""
    return PerPlatform(field)


@frozen
class Limits:
    """An annotation's marker: which numbers are taken, or texts, lists and tables of which length."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


def flat(markers: Iterable[Any]) -> Iterator[Any]:
    """Yield each marker, and in place of a Field of pydantic's the limits that it stands for."""
    for marker in markers:
        yield from getattr(marker, "metadata", (marker,))


@frozen
class Converted:
    """An annotation's marker: a function that its values pass through."""

    function: Callable[..., Any]
    when: Literal["before", "after"]
    """The annotated type has checked them."""
    takes: Any = None
    """What is written, where that is not the type itself: for editors."""


def before(function: Callable[..., Any], takes: Any = None) -> Converted:
    """Have `function` return what the annotated type then checks; what it refuses, it raises a ValueError for.

    It is given the value, and, where it has a second parameter, what is known of the validation.
    """
    return Converted(function, "before", takes)


def after(function: Callable[..., Any]) -> Converted:
    """Have `function` return what becomes of a checked value; what it refuses, it raises a ValueError for."""
    return Converted(function, "after")


@frozen
class Checker:
    """An annotation's marker: the one function that checks its values, whatever the annotated type is."""

    function: Callable[..., Any]
    json: Mapping[str, str] = field(hash=False)
    """Its JSON Schema, for editors."""


@frozen
class AsWritten:
    """A default that is read as if it were written."""

    value: Any


def as_written(value: Any) -> Any:
    """Return a default that is read as if it were written: a label's text is looked up in the target's package."""
    return AsWritten(value)
