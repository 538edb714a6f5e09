"""Says what the runtime allocates for a method when it loads it: kinds and counts, in order. Knows no sizes of kinds.

runtime/executor/method_memory.h knows those, for whatever processor it is compiled for; a test there holds both against
what a load takes.
"""

from __future__ import annotations

from collections.abc import Iterator

from pte.program import Method, Plain, Tensor

LISTS = {"int_list": "IntList", "tensor_list": "TensorList", "optional_tensor_list": "OptionalTensorList"}
"""Lists of which the runtime keeps a copy, by kind."""
SPANS = ("string", "double_list", "bool_list")
"""Values of which the runtime keeps where they are."""

Allocation = tuple[str, int]
"""A kind, and how many of it."""


def allocations(method: Method) -> list[Allocation]:
    """Return what loading `method` allocates."""
    external = sum(isinstance(value, Tensor) and value.external and value.constant for value in method.values)
    found = [("NamedData", external)] if external else []
    found += [("Value", len(method.values)), ("Flag", len(method.inputs))]
    found += _values(method)
    found += [("Delegate", len(method.delegates))]
    for delegate in method.delegates:
        found += [("CompileSpec", len(delegate.compile_specs))]
    found += [("State", 1), ("Operator", len(method.operators)), ("Instruction", len(method.instructions))]
    arity = max((len(call.args) for call in method.instructions), default=0)
    return [*found, ("Argument", arity)]


def _values(method: Method) -> Iterator[Allocation]:
    last: Tensor | None = None
    for value in method.values:
        if isinstance(value, Plain):
            if value.kind in SPANS:
                yield "Span", 1
            elif value.kind in LISTS:
                yield LISTS[value.kind], len(value.indices)
            continue
        rank = len(value.sizes)
        static = value.dynamism == "static"
        if not static:
            yield "Dimension", rank
        # A tensor of the form of the one before shares its strides.
        if not static or last is None or (last.sizes, last.dim_order) != (value.sizes, value.dim_order):
            yield "Dimension", rank
        yield "Tensor", 1
        last = value if static else None
