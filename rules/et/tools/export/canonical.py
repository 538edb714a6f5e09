"""Makes a module and an exported program independent of where and how they were made; knows nothing of models."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch._export.serde.serialize import SerializeError
from torch.export import ExportedProgram

from common.diagnostics import UserError, mistake
from common.reasons import at_place, reason
from common.user_files import relative_name

FILE = re.compile(r'File "([^"]+)"')
TOOLS = Path(__file__).absolute().parents[1]


def plain_strides(module: torch.nn.Module) -> None:
    """Give each parameter the strides of a fresh tensor.

    Weights that were born channels-last export and lower, and fail when they run; a 1x1 kernel hides from contiguous().
    """
    done: dict[int, torch.Tensor] = {}
    for owner in module.modules():
        for name, tensor in (*owner._parameters.items(), *owner._buffers.items()):
            if tensor is not None and type(tensor) in (torch.Tensor, torch.nn.Parameter) and not _is_plain(tensor):
                done.setdefault(id(tensor), torch.empty(tensor.shape, dtype=tensor.dtype).copy_(tensor.detach()))
                owner_tensor = done[id(tensor)]
                if name in owner._parameters:
                    owner._parameters[name] = torch.nn.Parameter(owner_tensor, requires_grad=False)
                else:
                    owner._buffers[name] = owner_tensor


def relative_traces(program: ExportedProgram) -> None:
    """Name the files of stack traces below the execution root or their package: no path of this machine may stay."""
    names: dict[str, str] = {}
    for module in program.graph_module.modules():
        if isinstance(module, torch.fx.GraphModule):
            for node in module.graph.nodes:
                trace = node.meta.get("stack_trace")
                if trace:
                    node.meta["stack_trace"] = FILE.sub(lambda found: f'File "{_short(found[1], names)}"', trace)


def number_graphs(program: ExportedProgram) -> None:
    """Number the graphs that nodes came from as they are met: torch tells them apart by where they lay in memory."""
    numbers: dict[int, int] = {}
    done: dict[int, Any] = {}
    waiting = [source for node in reversed(program.graph.nodes) for source in node.meta.get("from_node", ())]
    while waiting:
        source = waiting.pop()
        if id(source) in done:
            continue
        done[id(source)] = source
        if source.node_info is not None:
            number = numbers.setdefault(source.node_info.graph_id, len(numbers) + 1)
            source.node_info.graph_id, source._dict = number, None
        waiting += reversed(source.from_node)


def save_program(program: ExportedProgram, path: Path) -> None:
    """Write `program` as a `.pt2`; its bytes do not depend on the file's name, which torch writes into each entry."""
    relative_traces(program)
    number_graphs(program)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        fixed = Path(folder) / "program.pt2"
        try:
            torch.export.save(program, fixed)
        except SerializeError as error:
            raise _unwritable(program, error) from error
        fixed.replace(path)


def _unwritable(program: ExportedProgram, error: SerializeError) -> UserError:
    """Return the mistake of a graph that torch traces and does not write, with the model's line."""
    named = re.search(r"node (\w+) in graph", str(error))
    nodes = {node.name: node for node in program.graph.nodes}
    trace = RuntimeError(nodes[named[1]].meta.get("stack_trace")) if named and named[1] in nodes else error
    message = f"torch.export cannot write the graph of the model{at_place(trace)}: {reason(error)}"
    return mistake("export-failed", message)


def load_program(path: Path, attribute: str) -> ExportedProgram:
    """Read a `.pt2`."""
    if not path.is_file():
        raise mistake("missing-file", f"no exported program at '{path.name}'", attribute)
    try:
        return torch.export.load(path)
    except Exception as error:
        text = str(error).strip().splitlines() or [type(error).__name__]
        message = f"'{path.name}' is not a .pt2 that torch {torch.__version__} can load"
        raise mistake("corrupt-pt2", message, attribute, notes=(text[0][:200],)) from error


def _is_plain(tensor: torch.Tensor) -> bool:
    return bool(tensor.stride() == torch.empty(tensor.shape, device="meta").stride())


def _short(name: str, names: dict[str, str]) -> str:
    if name not in names:
        path = Path(name)
        if not path.is_absolute():  # Named so when the program was exported first.
            names[name] = name
        elif "/site-packages/" in name:
            names[name] = name.rpartition("/site-packages/")[2]
        elif path.is_relative_to(TOOLS):
            names[name] = f"etbuild/{path.relative_to(TOOLS).as_posix()}"
        else:
            names[name] = relative_name(name)
    return names[name]
