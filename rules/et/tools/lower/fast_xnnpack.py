"""Lowers to XNNPACK without passes that have nothing to do.

XNNPACK runs seventeen passes over each of hundreds of partitions, and most of them execute the partition again on fake
tensors even if they changed nothing. A pass is left out where no operator that it looks for is in the partition.
One always runs, so that each partition was executed at least once after it was cut out, as its metadata expects.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from executorch.backends.xnnpack import _passes as xnnpack
from torch.fx import Graph, Node

from common.progress import progress
from lower.patches import Patch

Trigger = Callable[[Graph, frozenset[str]], bool]


def trimmed_passes() -> tuple[Patch, ...]:
    """Leave out passes that have nothing to do."""
    missing = [pass_.__name__ for pass_ in TRIGGERS if not hasattr(xnnpack, pass_.__name__)]
    if missing:
        raise AssertionError(f"XNNPACK has no pass {missing}")
    partitions = itertools.count(1)

    def transform(manager: Any) -> Any:
        progress(f"xnnpack: partition {next(partitions)}")
        return _transform(manager)

    return (Patch(xnnpack.XNNPACKPassManager, "transform", transform),)


def calls(*fragments: str) -> Trigger:
    """Return whether an operator's name holds one of `fragments`."""
    return lambda _graph, names: any(fragment in name for name in names for fragment in fragments)


def _makes_linear(graph: Graph, names: frozenset[str]) -> bool:
    """It also joins a linear layer with the reshapes around it, and drops what is not used."""
    reshaped = any("linear" in name for name in names) and any("view_copy" in name for name in names)
    unused = any(node.op == "call_function" and not node.users for node in graph.nodes)
    return reshaped or unused or any("mm." in name for name in names)


def _has_constant_call(graph: Graph, _names: frozenset[str]) -> bool:
    return any(node.op == "call_function" and not node.all_input_nodes for node in graph.nodes)


TRIGGERS: dict[Any, Trigger] = {
    xnnpack.XNNPACKRemoveCloneOpsTransform: calls("clone"),
    xnnpack.DimOrderOpsRevertPass: calls("dim_order"),
    xnnpack.ConvertToUpsampleBilinear2d: calls("index", "upsample"),
    xnnpack.ConvertToLinearPass: _makes_linear,
    xnnpack.PropagateCustomMetaPass: calls("quantize"),
    xnnpack.ConvertToSDPAPass: calls("softmax"),
    xnnpack.ConstPropPass: _has_constant_call,
    xnnpack.FuseBatchNormPass: calls("batch_norm"),
    xnnpack.DecomposeBatchNorm: calls("batch_norm"),
    xnnpack.FuseActivationPass: calls("relu", "hardtanh"),
    xnnpack.DecomposeConcatenate: calls("cat."),
    xnnpack.RemoveGetItemPass: calls("max_pool2d", "max.dim"),
    xnnpack.InsertPadQDQPass: calls("pad"),
    xnnpack.Conv1dUnsqueezePass: calls("conv"),
    xnnpack.PReLUReshapePass: calls("prelu"),
    xnnpack.RemoveRedundantCopyPass: calls("_to_copy"),
}

_transform_with_all = xnnpack.XNNPACKPassManager.transform


def _transform(manager: Any) -> Any:
    program = manager.exported_program
    for each in manager.passes:
        trigger = TRIGGERS.get(each)
        if trigger is None or trigger(program.graph, _operators(program.graph)):
            program = _transform_with_all(xnnpack.XNNPACKPassManager(program, passes=[each]))
    return program


def _operators(graph: Graph) -> frozenset[str]:
    return frozenset(_name(node) for node in graph.nodes if node.op == "call_function")


def _name(node: Node) -> str:
    return getattr(node.target, "__name__", None) or str(node.target)
