"""docs/api.txt holds the signatures that rule families rely on: a change of one is seen in review.

ETBUILD_UPDATE=1 python -m pytest tests/arch/test_api.py writes it anew.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from etbuild import api

WRITTEN = Path(__file__).parents[2] / "docs/api.txt"


def test_the_api_is_what_is_written_down() -> None:
    text = "\n".join(line for name in sorted(api.__all__, key=str.lower) for line in _described(name)) + "\n"
    if os.environ.get("ETBUILD_UPDATE"):
        WRITTEN.write_text(text, encoding="utf-8")
    assert text == WRITTEN.read_text(encoding="utf-8"), "a change of the API: see the docstring of this test"


def test_what_is_written_down_is_offered_and_nothing_else() -> None:
    public = {name for name in vars(api) if not name.startswith("_")} - {"annotations"}
    assert public == set(api.__all__)


def _described(name: str) -> Iterator[str]:
    value = getattr(api, name)
    if inspect.isclass(value):
        yield f"class {name}"
        yield from (f"    {line}" for line in _members(value))
    elif inspect.isfunction(value):
        yield f"def {name}{_signature(value)}"
    elif isinstance(value, str):
        yield f"{name} = {value!r}"
    else:
        yield f"{name}: a type for annotations"


def _members(value: type) -> Iterator[str]:
    """Yield a class's fields in order, then its public methods, inherited ones too."""
    own = vars(value).get("__annotations__", {})
    for name, kind in own.items():
        if not name.startswith("_"):
            yield f"{name}: {getattr(kind, '__forward_arg__', kind)}"
    bases = [base for base in value.__mro__ if base.__module__.startswith("etbuild.")]
    members = {name: member for base in reversed(bases) for name, member in vars(base).items() if name[0] != "_"}
    for name, member in sorted(members.items()):
        if isinstance(member, property) and member.fget is not None:
            yield f"{name} -> {member.fget.__annotations__['return']}"
        elif inspect.isfunction(member):
            yield f"{name}{_signature(member)}"


def _signature(function: Callable[..., object]) -> str:
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(function)))
    return re.sub(r"<function <lambda> at 0x\w+>|<[^<>]* at 0x\w+>", "…", text)
