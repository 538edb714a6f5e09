"""Exports a module that a user's function returns."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import torch
from torch.nn.utils import parametrize
from torch.utils import _pytree

from common.diagnostics import mistake
from common.entry import call_entry
from export.capture import Traceable, capture
from export.dimensions import check_examples, read_dimensions, torch_shapes, write_least
from export.request import ExportRequest
from export.text_generation import Captured
from export.transforms import infer


def build_module(request: ExportRequest) -> torch.nn.Module:
    """Call the user's entry with the paths of the weights and return its module, with plain strides."""
    if request.entry is None:
        raise mistake("missing-attribute", "a torch_model must name its entry", "entry")
    module = call_entry(request.entry, "entry", *(Path(file) for file in request.weights))
    if not isinstance(module, torch.nn.Module):
        message = f"'{request.entry}' must return a torch.nn.Module, returns {type(module).__name__}"
        raise mistake("bad-entry", message, "entry")
    infer(module)
    _keep_values(module)
    return module.to(getattr(torch, request.dtype))


def _keep_values(module: torch.nn.Module) -> None:
    """Replace parametrizations, such as weight_norm, by what they give: parameters do not change any more."""
    for each in list(module.modules()):
        if parametrize.is_parametrized(each):
            for name in list(each.parametrizations):
                parametrize.remove_parametrizations(each, name, leave_parametrized=True)


def export_module(module: torch.nn.Module, request: ExportRequest) -> Captured:
    """Export `module` on the example inputs."""
    args = example_inputs(request)
    signature = inspect.signature(module.forward)
    try:
        signature.bind(*args)
    except TypeError as error:
        message = f"'example_inputs' must be what forward{signature} takes, are {len(args)}: {error}"
        raise mistake("inputs-do-not-fit", message, "example_inputs") from error
    given = dict(zip(signature.parameters, args, strict=False))
    shapes = request.dynamic_shapes if isinstance(request.dynamic_shapes, dict) else {}
    dimensions = read_dimensions(shapes, tuple(given))
    check_examples(dimensions, given)
    dynamic = tuple(torch_shapes(dimensions, tuple(given)).values()) if dimensions else None
    program = capture(Traceable(module, args, {}, dynamic, bool(request.strict)))
    write_least(program, dimensions, given)
    return Captured(program, "")


def example_inputs(request: ExportRequest) -> tuple[Any, ...]:
    """Return what the model is traced with: tensors and numbers, or tuples, lists and dicts of them."""
    text = request.example_inputs
    if text is None:
        raise mistake("missing-attribute", "a torch_model must give its example inputs", "example_inputs")
    if not text.lstrip().startswith("["):
        inputs = call_entry(text, "example_inputs")
        inputs = inputs if isinstance(inputs, (tuple, list)) else (inputs,)
    else:
        generator = torch.Generator().manual_seed(request.seed)
        inputs = [_random(each, index, generator) for index, each in enumerate(json.loads(text))]
    dtype = getattr(torch, request.dtype)
    return tuple(_pytree.tree_map(lambda value: _converted(value, dtype), each) for each in inputs)


def _converted(value: Any, dtype: torch.dtype) -> Any:
    if isinstance(value, torch.Tensor):
        return value.to(dtype) if value.is_floating_point() else value
    if value is None or isinstance(value, (bool, int, float)):
        return value
    message = f"'example_inputs' must give tensors and numbers, or tuples, lists and dicts of them, gives {value!r:.60}"
    raise mistake("wrong-type", message, "example_inputs")


def _random(spec: dict[str, Any], index: int, generator: torch.Generator) -> torch.Tensor:
    dtype = getattr(torch, spec.get("dtype", "float32"), None)
    if not isinstance(dtype, torch.dtype):
        message = f"'example_inputs' must name a torch dtype, is '{spec.get('dtype')}'"
        raise mistake("wrong-type", message, "example_inputs", index=index)
    shape = tuple(spec["shape"])
    if dtype.is_floating_point:
        return torch.rand(shape, generator=generator).to(dtype)
    most, high = _most(dtype), spec.get("high", 2)
    if not 1 <= high <= most:
        name = str(dtype).removeprefix("torch.")
        message = f"'high' of an example input of {name} must be 1 to {most}, as values are below it, is {high}"
        raise mistake("wrong-value", message, "example_inputs", index=index)
    return torch.randint(0, high, shape, generator=generator).to(dtype)


def _most(dtype: torch.dtype) -> int:
    """Return what whole numbers of `dtype` are below, as far as torch draws them."""
    if dtype is torch.bool:
        return 2
    return 2**63 - 1 if dtype.is_complex else min(torch.iinfo(dtype).max + 1, 2**63 - 1)
