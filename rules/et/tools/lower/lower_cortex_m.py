"""Lowers exported programs to the int8 operators of `cortex_m`; what they do not take, portable kernels run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

import torch
from executorch.backends.cortex_m.edge_compile_config import cortex_m_edge_compile_config
from executorch.backends.cortex_m.library import cmsis_nn
from executorch.backends.cortex_m.passes.cortex_m_pass_manager import CortexMPassManager
from executorch.backends.cortex_m.passes.explicit_layout_pass import ValidateCortexMExplicitLayoutPass
from executorch.backends.cortex_m.target_config import CortexM, CortexMTargetConfig
from executorch.exir import memory

from common.diagnostics import run_tool
from lower.lowering import Backend, lower_main
from lower.request import LowerRequest

FEATURES = {
    "cortex_m-mve": cmsis_nn.Backend.MVE,
    "cortex_m-dsp": cmsis_nn.Backend.DSP,
    "cortex_m-scalar": cmsis_nn.Backend.SCALAR,
}
"""By profile: for which of CMSIS-NN's code operators are given scratch memory, and sums of weights."""
REFUSES_THE_REST = ValidateCortexMExplicitLayoutPass
"""Left out: an operator that stays as it is, such as a pooling that rounds its size up, portable kernels run."""
PASSES = [each for each in CortexMPassManager.explicit_layout_pass_list if each is not REFUSES_THE_REST]
"""Images are [N, C, H, W] for whoever calls, as for other backends; inside, channels lie last."""


def main(argv: Sequence[str]) -> None:
    """Lower what the command line describes."""
    lower_main(argv, Backend("cortex_m", lambda _request: (), edge_config=cortex_m_edge_compile_config, finish=finish))


def finish(edge: Any, request: LowerRequest) -> Any:
    """Put the operators of `cortex_m` in the places of quantized layers."""
    # The features say all that is asked of a processor here: the M55 has any of them.
    target = CortexMTargetConfig(CortexM.M55, FEATURES[request.profile])
    for name, program in edge._edge_programs.items():
        passes = CortexMPassManager(program, PASSES, target_config=target, use_explicit_layout=True)
        edge._edge_programs[name] = passes.transform()
        if not request.scratch:
            leave_out_scratch(edge._edge_programs[name].graph)
    return edge


def leave_out_scratch(graph: torch.fx.Graph) -> None:
    """Have operators be given no bytes of scratch memory, in place: they are all that is allocated so far."""
    for node in graph.nodes:
        if node.target is memory.alloc:
            node.args = (((0,), torch.uint8),)
            node.meta["val"] = torch.empty((0,), dtype=torch.uint8, device="meta")
            node.meta.pop("spec", None)


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
