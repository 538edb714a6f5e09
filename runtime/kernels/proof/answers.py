"""What ATen answers to a call of an operator, with fresh, dense inputs, and how near a kernel must come.

Knows overloads and results, not which calls are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from call import Compare, Output, Tolerance, dim_order
from catalogue import Operator
from edge_dtypes import is_allowed
from tolerances import tolerance_of

REFUSALS = (RuntimeError, IndexError, NotImplementedError, TypeError, ValueError, ZeroDivisionError)
RANDOM = {"rand": Compare.UNIT_RANGE, "randn": Compare.NORMAL, "empty": Compare.SIZES}


@dataclass(frozen=True)
class Answer:
    """What an operator writes, and what of it is compared."""

    outputs: list[Output]
    tolerance: Tolerance
    compare: Compare


def answer_of(operator: Operator, overload: Any, given: Mapping[str, Any]) -> Answer | None:
    """Return ATen's answer; None if it refuses, or if no program can hold such a call."""
    arguments = {name: fresh(value) for name, value in given.items()}
    try:
        results = results_of(overload(**arguments), arguments)
    except REFUSALS:
        return None
    if is_open(operator, given) or not is_allowed(overload.name(), operator.base, given, results):
        return None
    compare = compared(operator, given)
    tolerance = tolerance_of(operator.base, overload, given, results) if not compare else Tolerance()
    changed = [argument.name for argument in operator.schema.arguments if is_changed(argument)]
    if not operator.name.endswith("_"):
        outputs = [Output(arguments[name], fresh(given[name])) for name in changed]
        return Answer(outputs + [Output(result) for result in results], tolerance, compare)
    in_place = any(is_changed(argument) for argument in overload._schema.arguments)
    after = arguments[changed[0]] if in_place else results[0]
    return Answer([Output(after, fresh(given[changed[0]]))], tolerance, compare)


def is_open(operator: Operator, given: Mapping[str, Any]) -> bool:
    """Return whether other answers are as good: of equal elements, topk may choose any; unsorted, in any order."""
    if operator.base != "topk":
        return False
    x = given["self"].to(torch.float64)
    ordered = x.sort(given.get("dim", -1)).values if x.dim() else x
    equal = x.dim() > 0 and bool((ordered.diff(dim=given.get("dim", -1)) == 0).any())
    return equal or not given.get("sorted", True)


def compared(operator: Operator, given: Mapping[str, Any]) -> Compare:
    """Return what of an answer is compared."""
    if operator.base == "native_dropout":
        return Compare.SIZES if given["train"] is not False and 0 < given["p"] < 1 else Compare.VALUES
    return RANDOM.get(operator.base, Compare.VALUES)


def results_of(answer: Any, given: Mapping[str, Any]) -> list[torch.Tensor]:
    """Return the results: channels last only where an argument is."""
    kept = given.get("memory_format") == torch.channels_last or any(
        dim_order(tensor) != tuple(range(tensor.dim())) for tensor in tensors_in(given)
    )
    return [fresh(each if kept else each.contiguous()) for each in tensors_in([answer])]


def is_changed(argument: Any) -> bool:
    """Return whether an operator changes this argument in place."""
    return not argument.is_out and argument.alias_info is not None and argument.alias_info.is_write


def fresh(value: Any) -> Any:
    """Return a value whose tensors are dense and share nothing; channels last stay so."""
    if isinstance(value, torch.Tensor):
        order = dim_order(value)
        dense = value.detach().resolve_conj().resolve_neg().permute(order).contiguous().clone()
        return dense.permute([order.index(dim) for dim in range(len(order))])
    return [fresh(each) for each in value] if isinstance(value, list | tuple) else value


def tensors_in(values: Any) -> list[torch.Tensor]:
    """Return the tensors among values and in lists among them."""
    found = []
    for value in values.values() if isinstance(values, Mapping) else values:
        several = value if isinstance(value, list | tuple) else [value]
        plain = [each.expected if isinstance(each, Output) else each for each in several]
        found += [each for each in plain if isinstance(each, torch.Tensor)]
    return found
