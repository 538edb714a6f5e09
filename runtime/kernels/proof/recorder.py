"""Turns calls of ATen into recorded calls of the catalogue's operators, and chooses which are kept.

    recorder = Recorder(operators)
    recorder.see(torch.ops.aten.add.Tensor, (x, y), {"alpha": 2})
    write_calls(path, recorder.calls())

Knows how an overload's arguments become those of an `out` variant, not where calls come from. What ATen answers is
asked here: of the functional overload, with fresh, dense inputs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from call import Call, Compare, Output, Tolerance, Unrecordable, dim_order
from catalogue import FACTORY, Operator
from edge_dtypes import is_allowed
from tolerances import tolerance_of

MOST_ELEMENTS = 4096
RANDOM = {"rand": Compare.UNIT_RANGE, "randn": Compare.NORMAL, "native_dropout": Compare.SIZES, "empty": Compare.SIZES}
NUMBERS = {"Tensor": "Scalar_out"}  # A number in a tensor's place calls another overload.


@dataclass(frozen=True)
class Seen:
    """A call of ATen, by arguments' names."""

    operator: Operator
    overload: Any
    given: Mapping[str, Any]
    random: int


class Recorder:
    """Keeps at most so many calls of an operator with the same dtypes, spread over all that were seen."""

    def __init__(self, operators: Mapping[str, Operator], most: int = 12) -> None:
        self.most = most
        self.operators = operators
        self.of_overload = {str(twin): operator for operator in operators.values() for twin in operator.twins}
        self.seen: defaultdict[tuple[str, str], dict[str, Seen]] = defaultdict(dict)
        self.always: list[Call] = []

    def see(self, overload: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Take note of a call, if it is one of a wanted operator that a program can hold."""
        operator = self.of_overload.get(str(overload))
        if operator is None:
            return
        names = [argument.name for argument in overload._schema.arguments]
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        overload, operator, given = self.without_numbers(overload, operator, given)
        if operator is None or any(tensor.numel() > MOST_ELEMENTS for tensor in tensors_in(given)):
            return
        given = {name: fresh(value) for name, value in given.items()}
        dtypes = ",".join(f"{name}={each.dtype}" for name, value in given.items() for each in tensors_in([value]))
        kept = self.seen[operator.name, f"{dtypes} {given.get('dtype')}"]
        kept.setdefault(described(given), Seen(operator, overload, given, len(kept)))

    def without_numbers(
        self, overload: Any, operator: Operator, given: Mapping[str, Any]
    ) -> tuple[Any, Operator | None, Mapping[str, Any]]:
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
        """Return the calls that are kept."""
        yield from self.always
        for _, kept in sorted(self.seen.items()):
            found, several = 0, list(kept.values())
            for seen in spread(several):
                call = record(seen)
                if call is None:
                    continue
                yield call
                found += 1
                if found == self.most:
                    break


def spread(several: list[Seen]) -> list[Seen]:
    """Return them in an order of which every beginning is spread over all: by the reversed bits of their numbers."""
    return sorted(several, key=lambda seen: int(f"{seen.random:016b}"[::-1], 2))


def record(seen: Seen) -> Call | None:
    """Return the call with ATen's answer; None if no program can hold it."""
    operator, overload = seen.operator, seen.overload
    arguments = {name: fresh(value) for name, value in seen.given.items()}
    try:
        results = results_of(overload(**arguments), arguments)
    except (RuntimeError, IndexError, NotImplementedError, TypeError):
        return None
    if any(result.numel() > MOST_ELEMENTS * 4 for result in results):
        return None
    names = {argument.name for argument in operator.schema.arguments}
    if not is_allowed(overload.name(), seen.given, results):
        return None
    given = {name: value for name, value in seen.given.items() if name in names or name not in FACTORY}
    changed = [argument.name for argument in operator.schema.arguments if is_changed(argument)]
    outputs = [Output(arguments[name], fresh(given[name])) for name in changed]
    if not operator.name.endswith("_"):
        outputs += (Output(result) for result in results)
    elif not any(is_changed(argument) for argument in overload._schema.arguments):
        outputs = [Output(results[0], fresh(given[changed[0]]))]
    compare = RANDOM.get(operator.base, Compare.VALUES)
    tolerance = tolerance_of(operator.base, overload, seen.given, results) if not compare else Tolerance()
    try:
        return Call.of(operator.schema, given, outputs, tolerance, compare)
    except (Unrecordable, KeyError):
        return None


def results_of(answer: Any, given: Mapping[str, Any]) -> list[torch.Tensor]:
    """Return the results: channels last only where an argument is."""
    kept = any(dim_order(tensor) != tuple(range(tensor.dim())) for tensor in tensors_in(given))
    return [fresh(each if kept else each.contiguous()) for each in tensors_in([answer])]


def is_changed(argument: Any) -> bool:
    """Return whether an operator changes this argument in place."""
    return not argument.is_out and argument.alias_info is not None and argument.alias_info.is_write


def fresh(value: Any) -> Any:
    """Return a value whose tensors are dense and share nothing; a dense order of dimensions is kept."""
    if isinstance(value, torch.Tensor):
        order = dim_order(value)
        dense = value.detach().resolve_conj().resolve_neg().permute(order).contiguous().clone()
        return dense.permute([order.index(dim) for dim in range(len(order))])
    if isinstance(value, list | tuple):
        return type(value)(fresh(each) for each in value) if isinstance(value, list) else [fresh(x) for x in value]
    return value


def tensors_in(values: Any) -> list[torch.Tensor]:
    """Return the tensors among values and in lists among them."""
    several = values.values() if isinstance(values, Mapping) else values
    found = []
    for value in several:
        inner = value if isinstance(value, list | tuple) else [value]
        found += [each for each in inner if isinstance(each, torch.Tensor)]
    return found


def described(given: Mapping[str, Any]) -> str:
    """Return what tells one call from another: everything but the elements."""
    return repr(
        {
            name: [(tuple(x.shape), dim_order(x)) if isinstance(x, torch.Tensor) else x for x in value]
            if isinstance(value, list | tuple)
            else (tuple(value.shape), dim_order(value))
            if isinstance(value, torch.Tensor)
            else value
            for name, value in given.items()
        }
    )
