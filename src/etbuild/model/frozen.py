"""@frozen: a frozen class of fields, as `dataclass(frozen=True, slots=True)` makes, at a fifth of its cost at import.

dataclasses imports inspect and compiles six functions a class; a build in which one leaf changed would spend half its
time there. Here only __init__ is compiled, once for all classes of as many fields. What dataclasses offers (`fields`,
`replace`, `asdict`) takes these classes. Knows nothing of what values mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")
_GIVEN = object()
"""Stands for "no default"."""


class Field:
    """How a field is filled and compared, where that is not plain."""

    __slots__ = ("compare", "default", "factory", "hash", "repr")

    def __init__(
        self, default: Any, factory: Any, compare: bool = True, repr_: bool = True, hash_: bool = True
    ) -> None:
        self.default = default
        self.factory = factory
        self.compare = compare
        self.hash = hash_ and compare
        self.repr = repr_


def field(
    *,
    default: Any = _GIVEN,
    default_factory: Any = _GIVEN,
    compare: bool = True,
    repr: bool = True,  # noqa: A002 - dataclasses' words.
    hash: bool = True,  # noqa: A002
) -> Any:
    """Return how a field is filled and compared: `default_factory` makes a default, `compare=False` is for display."""
    return Field(default, default_factory, compare, repr, hash)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Return `cls` with slots, a constructor, equality, a hash and a repr over its annotated fields; frozen."""
    return _made(cls, {"__setattr__": _refuse, "__delattr__": _refuse})


@dataclass_transform(field_specifiers=(field,))
def mutable(cls: type[T]) -> type[T]:
    """Return `cls` with slots, a constructor and a repr, for state: it may change, and equals only itself."""
    return _made(cls, {"__eq__": object.__eq__, "__hash__": object.__hash__})


def _made(cls: type[T], special: Mapping[str, Any]) -> type[T]:
    names = [name for name, kind in _annotations(cls).items() if not _is_shared(kind)]
    body = {**cls.__dict__, **special}
    own = {name: _described(body.pop(name, _GIVEN)) for name in names}
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    fields = {**getattr(cls, "__frozen_fields__", {}), **own}
    body.update(__slots__=tuple(own), __frozen_fields__=fields, __match_args__=tuple(fields))
    body.update(__reduce__=_reduce, __dataclass_fields__=_DataclassFields())
    body.setdefault("__repr__", _repr)
    if "__eq__" not in body:
        body["__eq__"] = _equality([name for name, each in fields.items() if each.compare])
        body.setdefault("__hash__", _hash([name for name, each in fields.items() if each.hash]))
    remake: Any = type(cls)
    made = remake(cls.__name__, cls.__bases__, body)
    made.__init__ = _constructor(made, fields)
    result: type[T] = made
    return result


def replace(value: T, **changes: Any) -> T:
    """Return a copy of a value in which some fields differ."""
    return type(value)(**{**{name: getattr(value, name) for name in names_of(type(value))}, **changes})


def names_of(cls: type) -> tuple[str, ...]:
    """Return the names of the fields of a class that `frozen` or `mutable` made."""
    fields: Mapping[str, Field] = cls.__frozen_fields__  # type: ignore[attr-defined]
    return tuple(fields)


def _annotations(cls: type) -> Mapping[str, Any]:
    found: Mapping[str, Any] = cls.__dict__.get("__annotations__", {})  # noqa: RUF063 - as written; inspect is dear.
    return found


def _is_shared(kind: Any) -> bool:
    return isinstance(kind, str) and kind.startswith("ClassVar")


def _described(default: Any) -> Field:
    return default if isinstance(default, Field) else Field(default, _GIVEN)


def _constructor(cls: type, fields: Mapping[str, Field]) -> Callable[..., None]:
    known: dict[str, Any] = {"GIVEN": _GIVEN}
    defaults: list[Any] = []
    for index, (name, each) in enumerate(fields.items()):
        known[f"set{index}"] = getattr(cls, name).__set__
        known[f"make{index}"] = each.factory
        if each.default is not _GIVEN or each.factory is not _GIVEN:
            defaults.append(each.default)
        elif defaults:
            raise TypeError(f"'{name}' of {cls.__qualname__} must have a default: a field before it has one")
    code = _filling(tuple(each.factory is not _GIVEN for each in fields.values()))
    code = code.replace(co_varnames=("self", *fields), co_qualname=f"{cls.__qualname__}.__init__")
    return FunctionType(code, known, "__init__", tuple(defaults))


@cache
def _filling(made: tuple[bool, ...]) -> CodeType:
    """Compile the constructor that all classes of so many fields share, but for names; `made`: where functions fill in.

    It is the one function that is called often enough to be worth it.
    """
    parameters = "".join(f", value{index}" for index in range(len(made)))
    values = [f"make{i}() if value{i} is GIVEN else value{i}" if each else f"value{i}" for i, each in enumerate(made)]
    body = [f" set{index}(self, {value})" for index, value in enumerate(values)]
    known: dict[str, Any] = {}
    exec(f"def __init__(self{parameters}):\n" + ("\n".join(body) or " pass"), known)  # noqa: S102 - our own text.
    code: CodeType = known["__init__"].__code__
    return code


def _key(names: list[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda _value: ()


def _equality(names: list[str]) -> Callable[[Any, object], bool]:
    key = _key(names)

    def equals(self: Any, other: object) -> bool:
        return bool(key(self) == key(other)) if other.__class__ is self.__class__ else NotImplemented

    return equals


def _hash(names: list[str]) -> Callable[[Any], int]:
    key = _key(names)

    def hashed(self: Any) -> int:
        return hash(key(self))

    return hashed


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, each in self.__frozen_fields__.items() if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _reduce(self: Any) -> tuple[type, tuple[Any, ...]]:
    return type(self), tuple(getattr(self, name) for name in self.__frozen_fields__)


def _refuse(self: Any, name: str, *_value: object) -> NoReturn:
    raise AttributeError(f"a {type(self).__name__} is frozen: '{name}' cannot change")


class _DataclassFields:
    """What `dataclasses` looks for in a class: made once somebody asks."""

    def __init__(self) -> None:
        self._made: Mapping[str, Any] | None = None

    def __get__(self, _value: object, cls: Any) -> Mapping[str, Any]:
        if self._made is None:
            import dataclasses  # noqa: PLC0415 - this module is there to avoid it.

            standard: Any = dataclasses.make_dataclass(cls.__name__, _standard_fields(cls))
            self._made = standard.__dataclass_fields__
        return self._made


def _standard_fields(cls: Any) -> Iterator[tuple[str, Any, Any]]:
    import dataclasses  # noqa: PLC0415

    kinds = {name: kind for base in reversed(cls.__mro__) for name, kind in _annotations(base).items()}
    for name, each in cls.__frozen_fields__.items():
        filled: dict[str, Any] = {"default": each.default, "default_factory": each.factory}
        given = {key: default for key, default in filled.items() if default is not _GIVEN}
        yield name, kinds[name], dataclasses.field(compare=each.compare, repr=each.repr, **given)
