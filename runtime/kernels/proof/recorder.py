"""Turns calls of ATen into recorded calls of the catalogue's operators, and chooses which are kept.

    recorder = Recorder(operators)
    recorder.see(torch.ops.aten.add.Tensor, (x, y), {"alpha": 2})
    recorder.add("llama::update_cache.out", {"value": value, "cache": cache, "start_pos": 3}, [Output(expected)])
    write_calls(path, recorder.calls())

What is seen is a functional overload that has the operator as its `out` variant: what ATen answers is asked here. What
is added brings its answer along. Knows how arguments become those of an `out` variant, not where calls come from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from answers import REFUSALS, answer_of, fresh, tensors_in
from call import DTYPES, Argument, Call, Compare, Dynamism, Kind, Output, Tolerance, Unrecordable, dim_order
from catalogue import FACTORY, Operator
from tolerances import has_signed_zeros

MOST_ELEMENTS = 4096
OUTPUT_SIZES_OF_VALUES = frozenset({"nonzero", "masked_select", "repeat_interleave"})  # Programs leave room.


@dataclass(frozen=True)
class Seen:
    """A call of ATen, by arguments' names."""

    operator: Operator
    overload: Any
    given: Mapping[str, Any]
    number: int


class Recorder:
    """Keeps at most so many calls of an operator with the same dtypes, spread over all that were seen."""

    def __init__(self, operators: Mapping[str, Operator], most: int = 12) -> None:
        self.most = most
        self.operators = operators
        self.of_overload: defaultdict[str, list[Operator]] = defaultdict(list)
        for operator in operators.values():
            for twin in operator.twins:
                self.of_overload[str(twin)].append(operator)
        self.seen: defaultdict[tuple[str, str], dict[str, Seen]] = defaultdict(dict)
        self.added: list[Call] = []

    def see(self, overload: Any, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None) -> None:
        """Take note of a call, if it is one of a wanted operator and small."""
        given = named(overload, args, kwargs)
        if all(tensor.numel() <= MOST_ELEMENTS for tensor in tensors_in(given)):
            self.note(overload, given)

    def see_large(self, overload: Any, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None) -> None:
        """Take note of a call of any size."""
        self.note(overload, named(overload, args, kwargs))

    def see_into(self, overload: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Record calls with outputs of every dtype that ATen's `out` variant writes for these arguments."""
        given = named(overload, args, kwargs)
        for operator in self.of_overload.get(str(overload), []):
            namespace, _, base = operator.schema.name.partition("::")
            variant = getattr(getattr(getattr(torch.ops, namespace), base), operator.schema.overload_name)
            for dtype in (dtype for dtype in DTYPES if not dtype.is_complex and DTYPES[dtype] < DTYPES[torch.uint16]):
                out = torch.empty(0, dtype=dtype)
                try:
                    variant(**{**given, "out": out})
                except REFUSALS:
                    continue
                eps = torch.finfo(dtype).eps if dtype.is_floating_point else 0.0
                self.add(operator.name, given, [Output(out)], Tolerance(4 * eps))

    def add(
        self,
        name: str,
        given: Mapping[str, Any],
        outputs: Sequence[Output],
        tolerance: Tolerance | None = None,
        compare: Compare = Compare.VALUES,
    ) -> None:
        """Record a call with its answer, if the operator is wanted."""
        operator = self.operators.get(name)
        if operator is not None:
            fixed = {key: fresh(value) for key, value in given.items()}
            self.added.append(Call.of(operator.schema, fixed, outputs, tolerance, compare))

    def note(self, overload: Any, given: Mapping[str, Any]) -> None:
        """Take note of a call of the operators whose twin the overload is; of equal calls, of the first."""
        for wanted in self.of_overload.get(str(overload), []):
            exact, operator, arguments = self.without_numbers(overload, wanted, given)
            fixed = {name: fresh(value) for name, value in arguments.items()}
            dtypes = ",".join(f"{name}={each.dtype}" for name, x in fixed.items() for each in tensors_in([x]))
            kept = self.seen[operator.name, f"{dtypes} {fixed.get('dtype')}"]
            kept.setdefault(described(fixed), Seen(operator, exact, fixed, len(kept)))

    def without_numbers(
        self, overload: Any, operator: Operator, given: Mapping[str, Any]
    ) -> tuple[Any, Operator, Mapping[str, Any]]:
        """Return a call with tensors where tensors belong: numbers go to the overload that takes them."""
        kinds = {argument.name: str(argument.type) for argument in overload._schema.arguments}
        numbers = [name for name, value in given.items() if kinds[name] == "Tensor" and isinstance(value, int | float)]
        if not numbers:
            return overload, operator, given
        scalar = self.operators.get(f"aten::{operator.base}.Scalar_out")
        if numbers == ["other"] and scalar is not None:
            return next(iter(scalar.twins)), scalar, given
        return overload, operator, {**given, **{name: torch.tensor(given[name]) for name in numbers}}

    def calls(self) -> Iterator[Call]:
        """Return the calls that are kept; of each operator's first two, the same with room to be resized."""
        again: defaultdict[str, int] = defaultdict(int)
        for _, kept in sorted(self.seen.items()):
            found = 0
            for seen in spread(list(kept.values())):
                call = record(seen)
                if call is not None:
                    needs_room = seen.operator.base in OUTPUT_SIZES_OF_VALUES
                    yield roomy(call) if needs_room else call
                    if again[call.operator] < 2 and not needs_room and roomy(call) != call:
                        again[call.operator] += 1
                        yield roomy(call)
                    found += 1
                if found == self.most:
                    break
        yield from self.added


def named(overload: Any, args: Sequence[Any], kwargs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return arguments by name."""
    names = [argument.name for argument in overload._schema.arguments]
    return {**dict(zip(names, args, strict=False)), **(kwargs or {})}


def spread(several: list[Seen]) -> list[Seen]:
    """Return them in an order of which every beginning is spread over all: by the reversed bits of their numbers."""
    return sorted(several, key=lambda seen: int(f"{seen.number:016b}"[::-1], 2))


def record(seen: Seen) -> Call | None:
    """Return the call with ATen's answer; None if ATen refuses or no program can hold it."""
    operator = seen.operator
    answer = answer_of(operator, seen.overload, seen.given)
    if answer is None or any(result.numel() > 16 * MOST_ELEMENTS for result in tensors_in(answer.outputs)):
        return None
    names = {argument.name for argument in operator.schema.arguments}
    given = {name: value for name, value in seen.given.items() if name in names or name not in FACTORY}
    try:
        call = Call.of(operator.schema, given, answer.outputs, answer.tolerance, answer.compare)
    except (Unrecordable, KeyError):
        return None
    return replace(call, signed_zeros=has_signed_zeros(operator.base))


def roomy(call: Call) -> Call:
    """Return the call with outputs of larger sizes, that the kernel must resize."""
    return replace(call, arguments=tuple(roomy_argument(argument) for argument in call.arguments))


def roomy_argument(argument: Argument) -> Argument:
    """Return the argument; an output without content with larger sizes."""
    content = argument.content
    if argument.kind == Kind.TENSORS:
        return replace(argument, content=tuple(roomy_argument(each) for each in content))
    if not isinstance(content, Output) or content.before is not None or not content.expected.dim():
        return argument
    room = tuple(size + 1 for size in content.expected.shape)
    return replace(argument, content=replace(content, room=room, dynamism=Dynamism.BOUND))


def described(given: Mapping[str, Any]) -> str:
    """Return what tells one call from another: everything but the elements; of special values, these too."""
    return repr({name: [of_value(each) for each in inner(value)] for name, value in given.items()})


def inner(value: Any) -> Sequence[Any]:
    """Return what a list holds, or the value alone."""
    return value if isinstance(value, list | tuple) else [value]


def of_value(value: Any) -> Any:
    """Return what describes a value."""
    if not isinstance(value, torch.Tensor):
        return value
    is_special = value.is_floating_point() and not value.isfinite().all().item()
    return tuple(value.shape), dim_order(value), is_special
