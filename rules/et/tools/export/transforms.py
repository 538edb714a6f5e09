"""Applies the user's source transforms; what they add infers, and has the dtype, as the model does. Exports nothing."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from common.diagnostics import mistake
from common.entry import call_entry
from export.request import ExportRequest

PLAIN = (torch.Tensor, torch.nn.Parameter)
"""Types of tensors that are not quantized."""


def transformed(module: torch.nn.Module, request: ExportRequest) -> torch.nn.Module:
    """Return what the transforms of `request` make of `module`."""
    if not request.source_transforms:
        return module
    # Some floats of a model are of another dtype on purpose, such as those of positions. Held, as an id may be reused.
    known = {id(tensor): (tensor, tensor.dtype) for tensor in _floats(module)}
    for index, entry in enumerate(request.source_transforms):
        module = call_entry(entry, "source_transforms", module, index=index)
        if not isinstance(module, torch.nn.Module):
            message = f"'{entry}' must return a torch.nn.Module, returns {type(module).__name__}"
            raise mistake("bad-entry", message, "source_transforms", index=index)
    infer(module)
    for tensor in _floats(module):
        if id(tensor) not in known or known[id(tensor)][1] != tensor.dtype:
            tensor.data = tensor.data.to(getattr(torch, request.dtype))
    return module


def infer(module: torch.nn.Module) -> None:
    """Put `module` into inference mode."""
    try:
        module.eval()
    except NotImplementedError:  # A graph of torch.export is in it: those keep the mode that they were traced in.
        for each in module.modules():
            each.training = False


def _floats(module: torch.nn.Module) -> Iterator[torch.Tensor]:
    """Yield the floating parameters and buffers of layers that are not quantized: scales stay what they are."""
    for layer in module.modules():
        own = [*layer.parameters(recurse=False), *layer.buffers(recurse=False)]
        if not any(map(_is_packed, own)):
            yield from (tensor for tensor in own if tensor.is_floating_point())


def _is_packed(tensor: torch.Tensor) -> bool:
    """Tell whether `tensor` is quantized weights: of a type of its own, or a matrix of small whole numbers."""
    if type(tensor) not in PLAIN:
        return True
    if tensor.is_floating_point():
        return bool(tensor.itemsize == 1)
    return tensor.dim() > 1 and tensor.dtype not in (torch.bool, torch.int64) and not tensor.is_complex()
