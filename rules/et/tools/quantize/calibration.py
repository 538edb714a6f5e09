"""Reads the recorded inputs that static quantization observes; knows nothing of quantizers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from common.diagnostics import UserError, mistake
from common.entry import call_entry

Call = tuple[torch.Tensor, ...]


def read_calibration(sources: Sequence[str], names: Sequence[str]) -> tuple[Call, ...]:
    """Return the calls that `sources` hold, each with a tensor for every input in `names`."""
    return tuple(call for index, source in enumerate(sources) for call in _read(source, names, index))


def _read(source: str, names: Sequence[str], index: int) -> Iterator[Call]:
    if ".py:" not in source:
        yield _ordered(_load(source, index), names, source, index)
        return
    given = call_entry(source, "calibration")
    if isinstance(given, (torch.Tensor, Mapping)) or _is_call(given):
        given = (given,)
    if not isinstance(given, Iterable):
        message = f"'{source}' must return tuples of tensors, returns {type(given).__name__}"
        raise mistake("inputs-do-not-fit", message, "calibration", index=index)
    for call in given:
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
        raise _misfit(source, names, f"gives {len(call) if hasattr(call, '__len__') else call}", index)
    return tuple(call)


def _misfit(source: str, names: Sequence[str], given: str, index: int) -> UserError:
    message = f"'{source}' must give the inputs {', '.join(names)}, {given}"
    return mistake("inputs-do-not-fit", message, "calibration", index=index)
