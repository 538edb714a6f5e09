"""Keeps linear layers whole where one kernel runs them faster than what they are decomposed into; knows no backend.

`linear` becomes `permute_copy` of its weights and `addmm` otherwise: each call would copy all weights. The official
runtime has a kernel for it, and so do we, for matrices and whatever has more dimensions, rows behind each other.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from executorch.exir.backend.partitioner import Partitioner, PartitionResult
from torch._prims_common import is_channels_last_contiguous_or_false, is_contiguous_or_false
from torch.export import ExportedProgram

LINEAR = torch.ops.aten.linear.default


class KeptLayers(Partitioner):
    """Delegates nothing: only says what must not be decomposed."""

    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        """Return the program as it is."""
        return PartitionResult(tagged_exported_program=exported_program, partition_tags={})

    def ops_to_not_decompose(
        self, _program: ExportedProgram
    ) -> tuple[list[torch._ops.OpOverload], Callable[[torch.fx.Node], bool]]:
        """Return the operator, and which of its calls are kept."""
        return [LINEAR], is_kept


def is_kept(node: torch.fx.Node) -> bool:
    """Tell whether a kernel runs this layer as it is."""
    if node.target is not LINEAR:
        return False
    values, weight = (argument.meta["val"] for argument in node.args[:2])
    has_rows = is_contiguous_or_false(values) or not is_channels_last_contiguous_or_false(values)
    return values.dim() > 1 and weight.dim() == 2 and has_rows
