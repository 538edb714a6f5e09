"""Reads which dimensions of a model's inputs may change, and between which sizes; refuses what torch would misread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch.export import Dim, ExportedProgram
from torch.export.graph_signature import InputKind
from torch.utils import _pytree
from torch.utils._sympy.value_ranges import ValueRanges

from common.diagnostics import mistake
from export.fixed_dimensions import narrower_range

MOST = 2**31 - 1
"""The largest size that a program can hold."""
SPECIAL = 2
"""torch holds smaller sizes of an example for fixed, and writes no smaller least into a graph."""

Range = tuple[int, int]
"""The least size and the most."""
Dimensions = dict[str, dict[int, Range]]
"""By an input's name, then by dimension."""


def read_dimensions(shapes: Mapping[str, Mapping[str, Sequence[int]]], names: Sequence[str]) -> Dimensions:
    """Return what `shapes` says of inputs by name or index, of a model whose inputs are called `names`."""
    found: Dimensions = {}
    keys: dict[str, str] = {}
    for key, dimensions in shapes.items():
        name = _input(key, names)
        if name in keys:
            message = f"'dynamic_shapes' must name input '{name}' once, names it '{keys[name]}' and '{key}'"
            raise mistake("inputs-do-not-fit", message, "dynamic_shapes")
        keys[name] = key
        found[name] = {
            _number(dimension, name): _range(sizes, dimension, name) for dimension, sizes in dimensions.items()
        }
    return found


def torch_shapes(dimensions: Dimensions, names: Sequence[str]) -> dict[str, dict[int, Any] | None]:
    """Return the dynamic shapes that torch.export takes."""
    shapes: dict[str, dict[int, Any] | None] = dict.fromkeys(names)
    for name, ranges in dimensions.items():
        shapes[name] = {dimension: Dim.DYNAMIC(min=least, max=most) for dimension, (least, most) in ranges.items()}
    return shapes


def check_examples(dimensions: Dimensions, given: Mapping[str, Any]) -> None:
    """Refuse dimensions that an example does not have, whose size in it is not allowed, or that torch would fix."""
    for name, ranges in dimensions.items():
        sizes = list(getattr(given[name], "shape", ()))
        for dimension, (least, most) in ranges.items():
            if dimension >= len(sizes):
                message = (
                    f"'dynamic_shapes' must name dimensions of '{name}', whose example is {sizes}: {dimension} is none"
                )
                raise mistake("inputs-do-not-fit", message, "dynamic_shapes")
            size = sizes[dimension]
            if not least <= size <= most:
                message = f"dimension {dimension} of '{name}' must be {least} to {most}, is {size} in its example"
                raise mistake("inputs-do-not-fit", message, "dynamic_shapes")
            if size < SPECIAL:
                message = f"dimension {dimension} of '{name}' must be {SPECIAL} or more in its example, is {size}"
                note = "torch.export fixes sizes that are 0 or 1 in an example"
                hint = f"give an example of {SPECIAL} or more: {least} is still allowed then"
                raise mistake("fixed-dimension", message, "example_inputs", notes=(note,), hint=hint)


def write_least(program: ExportedProgram, dimensions: Dimensions, given: Mapping[str, Any]) -> None:
    """Write the least sizes that were declared into the graph of inputs `given`, where torch writes its own.

    Refuses a range that the graph takes a part of: one symbol stands for sizes that the model has equal.
    """
    declared: dict[Any, int] = {}
    for name, value in _placeholders(program, given).items():
        for dimension, (least, most) in dimensions.get(name, {}).items():
            expression = value.shape[dimension].node.expr
            bounds = program.range_constraints.get(expression)
            if bounds is not None and (bounds.lower > max(least, SPECIAL) or bounds.upper < most):
                what = f"dimension {dimension} of '{name}'"
                raise narrower_range(what, (least, most), (bounds.lower, bounds.upper))
            declared[expression] = max(least, declared.get(expression, 0))
    for expression, least in declared.items():
        bounds = program.range_constraints.get(expression)
        if bounds is not None and bounds.lower == SPECIAL and least < SPECIAL:
            program.range_constraints[expression] = ValueRanges(least, bounds.upper)


def forget_least(program: ExportedProgram) -> None:
    """Let inputs of a graph made elsewhere be smaller than a least that may be torch's own: the graph takes them."""
    for value in _flat(program):
        for size in getattr(value, "shape", ()):
            bounds = None if isinstance(size, int) else program.range_constraints.get(size.node.expr)
            if bounds is not None and bounds.lower == SPECIAL:
                program.range_constraints[size.node.expr] = ValueRanges(0, bounds.upper)


def _placeholders(program: ExportedProgram, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the traced value of each input; of nested ones, which have no dimensions, their first."""
    flat = _flat(program)
    counts = [len(_pytree.tree_leaves(value)) for value in given.values()]
    return {name: flat[sum(counts[:at])] for at, name in enumerate(given) if counts[at]}


def _flat(program: ExportedProgram) -> list[Any]:
    nodes = {node.name: node.meta.get("val") for node in program.graph.find_nodes(op="placeholder")}
    specs = [spec for spec in program.graph_signature.input_specs if spec.kind is InputKind.USER_INPUT]
    return [nodes.get(spec.arg.name) for spec in specs]


def _input(key: str, names: Sequence[str]) -> str:
    if key in names:
        return key
    for index, name in enumerate(names):
        if key == str(index):
            return name
    message = f"'dynamic_shapes' must name an input of the model, one of {', '.join(names)}, is '{key}'"
    raise mistake("unknown-input", message, "dynamic_shapes")


def _number(dimension: str, name: str) -> int:
    if dimension.isdecimal() and dimension == str(int(dimension)):
        return int(dimension)
    message = f"'dynamic_shapes' must name dimensions of '{name}' by their numbers, from 0, names '{dimension}'"
    raise mistake("inputs-do-not-fit", message, "dynamic_shapes")


def _range(sizes: Sequence[int], dimension: str, name: str) -> Range:
    least, most = sizes
    if 0 <= least < most <= MOST and most >= SPECIAL:
        return least, most
    message = (
        f"dimension {dimension} of '{name}' must be [least, most], from 0 to {MOST} and least below most, is {sizes}"
    )
    hint = "a size that never changes is its example's: leave the dimension out" if least == most else None
    raise mistake("inputs-do-not-fit", message, "dynamic_shapes", hint=hint)
