"""Writes ReLU6 as the clip between two numbers that it is. Knows no quantizer."""

from __future__ import annotations

import torch
from torch.fx import GraphModule

RELU6 = (torch.ops.aten.relu6.default, torch.ops.aten.relu6_.default)
CLIP = torch.ops.aten.hardtanh.default


def write_clips_plainly(module: GraphModule) -> GraphModule:
    """Return `module`, changed in place: quantizers know hardtanh, and observe convolutions behind it.

    None knows ReLU6: they would spend eight bits on values that are then cut off.
    """
    for node in module.graph.nodes:
        if node.target in RELU6:
            node.target, node.args = CLIP, (node.args[0], 0.0, 6.0)
    module.recompile()
    return module
