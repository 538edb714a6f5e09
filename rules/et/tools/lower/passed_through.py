"""Keeps copies out of XNNPACK's partitions where they would hand out a value twice, or one that came in.

XNNPACK drops copies, and refuses a partition of which an output is then an input, or another output: so does state that
`forward` also answers with. A portable kernel makes such a copy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from executorch.backends.xnnpack._passes import XNNPACKRemoveCloneOpsTransform
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir.backend.partitioner import PartitionResult
from torch.export import ExportedProgram
from torch.fx import Node

TAG = "delegation_tag"
COPIES = XNNPACKRemoveCloneOpsTransform.clone_ops


class CopyingPartitioner(XnnpackPartitioner):
    """Takes what XNNPACK takes, but for copies that it would refuse."""

    def partition(self, exported_program: ExportedProgram) -> PartitionResult:
        """Return XNNPACK's partitions without those copies."""
        found = super().partition(exported_program)
        nodes = list(exported_program.graph.nodes)
        leave_copies(nodes)
        left = {node.meta.get(TAG) for node in nodes}
        tags = {tag: spec for tag, spec in found.partition_tags.items() if tag in left}
        return PartitionResult(tagged_exported_program=found.tagged_exported_program, partition_tags=tags)


def leave_copies(nodes: Sequence[Node]) -> None:
    """Take copies out of their partition, until it hands out each value once, and none that comes in.

    The last of a chain is first, as the one before it is then handed out. A copy that its partition reads itself stays:
    the partition would have to run before and after it.
    """
    handed_out = Counter(_origin(node) for node in nodes if TAG in node.meta and _leaves(node))
    for node in reversed(nodes):
        if not _is_taken_copy(node) or not all(_is_outside(user, node) for user in node.users):
            continue
        origin, source = _origin(node), _source(node)
        if _is_outside(origin, node) or handed_out[origin] > 1:
            handed_out[origin] -= 1
            if not _is_outside(source, node) and not _leaves(source):
                handed_out[origin] += 1
            del node.meta[TAG]


def _is_taken_copy(node: Node) -> bool:
    return TAG in node.meta and node.target in COPIES


def _is_outside(node: Node, other: Node) -> bool:
    """Return whether `node` is not in the partition of `other`."""
    return bool(node.meta.get(TAG) != other.meta[TAG])


def _leaves(node: Node) -> bool:
    return TAG in node.meta and any(_is_outside(user, node) for user in node.users)


def _source(copy: Node) -> Any:
    return copy.args[0]


def _origin(node: Node) -> Node:
    """Return what `node` is a copy of: the first before it that is no copy, or not of its partition."""
    origin = node
    while _is_taken_copy(origin) and not _is_outside(origin, node):
        origin = _source(origin)
    return origin
