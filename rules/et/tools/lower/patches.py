"""Puts functions of a library in place of its own for a while; knows nothing of what they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

KNOWN = {"torch": "2.13.", "executorch": "1.5."}
"""The versions that the replacements were written for; with others, the libraries run as they are."""

MISSING = object()


@dataclass(frozen=True, slots=True)
class Patch:
    """`owner.name` becomes `value`."""

    owner: Any
    name: str
    value: Any
    is_new: bool = False
    """Whether the library has nothing of that name of its own."""


def known_versions() -> bool:
    """Tell whether the libraries are those that the replacements were written for."""
    return all(version(name).startswith(prefix) for name, prefix in KNOWN.items())


@contextmanager
def patched(patches: Sequence[Patch]) -> Iterator[None]:
    """Apply `patches` within the context, and put back what was there."""
    with ExitStack() as stack:
        for patch in patches:
            original = vars(patch.owner).get(patch.name, MISSING)
            if (original is MISSING) is not patch.is_new:
                raise AssertionError(f"{patch.owner!r} and '{patch.name}' are not what lower/ was written for")
            stack.callback(_restore, patch, original)
            setattr(patch.owner, patch.name, patch.value)
        yield


def _restore(patch: Patch, original: Any) -> None:
    if original is MISSING:
        delattr(patch.owner, patch.name)
    else:
        setattr(patch.owner, patch.name, original)
