"""LazyMapping: what is worked out when it is first asked for. Knows nothing of what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

ValueT = TypeVar("ValueT")


class LazyMapping(Mapping[str, ValueT]):
    """A mapping that is found at the first look into it."""

    __slots__ = ("_find", "_found")

    def __init__(self, find: Callable[[], Mapping[str, ValueT]]) -> None:
        self._find = find
        self._found: Mapping[str, ValueT] | None = None

    def _all(self) -> Mapping[str, ValueT]:
        if self._found is None:
            self._found = self._find()
        return self._found

    def __getitem__(self, key: str) -> ValueT:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())
