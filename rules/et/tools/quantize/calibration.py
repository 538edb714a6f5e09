"""Reads the recorded inputs that static quantization observes; knows nothing of quantizers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from common.diagnostics import UserError, mistake
from common.entry import call_entry, described, users_code

Call = tuple[torch.Tensor, ...]


def read_calibration(sources: Sequence[str], inputs: Sequence[Mapping[str, Any]]) -> tuple[Call, ...]:
    """Return the calls that `sources` hold, each with a tensor for every one of a program's `inputs`."""
    names = [each["name"] for each in inputs]
    calls = []
    for index, source in enumerate(sources):
        for call in _read(source, names, index):
            for each, value in zip(inputs, call, strict=True):
                _check(each, value, source, index)
            calls.append(call)
    return tuple(calls)


def infinite_inputs(calls: Sequence[Call], inputs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of the inputs that are infinite somewhere in `calls`."""
    return [
        each["name"]
        for each, values in zip(inputs, zip(*calls, strict=True), strict=False)
        if any(isinstance(value, torch.Tensor) and bool(value.isinf().any()) for value in values)
    ]


def _check(given: Mapping[str, Any], value: Any, source: str, index: int) -> None:
    """Refuse what is no tensor of the input's dtype and shape."""
    wanted = given["dtype"], tuple(_words(size) for size in given["shape"])
    found: Any = type(value).__name__
    if isinstance(value, torch.Tensor):
        found = _named(str(value.dtype).removeprefix("torch."), value.shape)
        fits = len(value.shape) == len(given["shape"]) and all(map(_fits, value.shape, given["shape"]))
        if fits and str(value.dtype) == f"torch.{given['dtype']}":
            _check_numbers(given["name"], value, source, index)
            return
    message = f"'{source}' must give input '{given['name']}' as {_named(*wanted)}, gives {found}"
    raise mistake("inputs-do-not-fit", message, "calibration", index=index)


def _check_numbers(name: str, value: torch.Tensor, source: str, index: int) -> None:
    """Refuse what is no number. Infinity is one: a mask may hold it where nothing observes it."""
    if value.is_floating_point() and bool(value.isnan().any()):
        message = f"'{source}' must give numbers for input '{name}', gives NaN"
        raise mistake("inputs-do-not-fit", message, "calibration", index=index)


def _fits(size: int, wanted: Any) -> bool:
    """Say whether `size` is the one wanted, or between [least, most]."""
    if not isinstance(wanted, list):
        return bool(size == wanted)
    return size >= wanted[0] and (wanted[1] is None or size <= wanted[1])


def _words(size: Any) -> str:
    if not isinstance(size, list):
        return str(size)
    return f"{size[0]}..{size[1]}" if size[1] is not None else f"{size[0]}.."


def _named(dtype: str, sizes: Sequence[object]) -> str:
    return f"{dtype}[{', '.join(map(str, sizes))}]"


def _read(source: str, names: Sequence[str], index: int) -> Iterator[Call]:
    if ".py:" not in source:
        yield _ordered(_load(source, index), names, source, index)
        return
    given = call_entry(source, "calibration", index=index)
    if isinstance(given, (torch.Tensor, Mapping)) or _is_call(given):
        given = (given,)
    if not isinstance(given, Iterable) or isinstance(given, (str, bytes)):
        message = f"'{source}' must return tuples of tensors, returns {described(given)}"
        raise mistake("inputs-do-not-fit", message, "calibration", index=index)
    with users_code(f"'{source}' raised", "calibration", index):
        calls = list(given)  # What can be iterated over may be of the user's making.
    for call in calls:
        yield _ordered(call, names, source, index)


def _is_call(given: Any) -> bool:
    return isinstance(given, tuple) and all(isinstance(each, torch.Tensor) for each in given)


def _load(source: str, index: int) -> dict[str, torch.Tensor]:
    try:
        return load_file(source)  # type: ignore[no-any-return]
    except (SafetensorError, OSError) as error:
        message = f"'{Path(source).name}' is not a safetensors file: {error}"
        raise mistake("corrupt-inputs", message, "calibration", index=index) from error


def _ordered(call: Any, names: Sequence[str], source: str, index: int) -> Call:
    if isinstance(call, torch.Tensor):
        call = (call,)
    if isinstance(call, Mapping):
        if set(call) != set(names):
            raise _misfit(source, names, f"names {', '.join(sorted(call))}", index)
        return tuple(call[name] for name in names)
    if not isinstance(call, (tuple, list)) or len(call) != len(names):
        found = str(len(call)) if isinstance(call, (tuple, list)) else described(call)
        raise _misfit(source, names, f"gives {found}", index)
    return tuple(call)


def _misfit(source: str, names: Sequence[str], given: str, index: int) -> UserError:
    message = f"'{source}' must give the inputs {', '.join(names)}, {given}"
    return mistake("inputs-do-not-fit", message, "calibration", index=index)
