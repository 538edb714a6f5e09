"""Holds methods against a device without a heap: every tensor must have a place before it runs. Knows no memories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from common.diagnostics import Diagnostic, UserError
from image.image_sources import Embedded
from image.tiers import origin
from pte.program import Method, Tensor


def check(programs: Sequence[Embedded]) -> None:
    """Refuse tensors that can become as large as they please. Raises `unbounded-shape` for each method with any."""
    hint = "bound the dimension: dynamic_shapes = { x = { 0 = [1, 128] } }, or torch._check in the model"
    found = [
        Diagnostic("unbounded-shape", f"tensors of '{each.name}' must be bounded where there is no heap: {told}",
                   "programs", index, hint=hint)
        for index, each in enumerate(programs)
        for method in each.program.methods
        for told in _first(method)
    ]  # fmt: skip
    if found:
        raise UserError(*found)


def _first(method: Method) -> Iterator[str]:
    for index, value in enumerate(method.values):
        # An input's memory is the caller's.
        if isinstance(value, Tensor) and value.dynamism == "unbounded" and index not in method.inputs:
            form = f"{value.dtype} of {len(value.sizes)} dimensions"
            yield f"in '{method.name}' the {origin(method, index)}, {form}, is not"
            return
