"""Reads calls from what `inputs` names: a safetensors file, or a function of the user's; knows no program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file

from common.diagnostics import mistake
from common.entry import call_entry
from common.reasons import first_line


def recorded_calls(source: str) -> list[tuple[str, Any]]:
    """Return the calls in `source`, each with what people call it."""
    if ".py:" not in source:
        return [(Path(source).name, _tensors(source))]
    name = source.rpartition(":")[2]
    calls = [(f"{name} {at}", call) for at, call in enumerate(_calls(source))]
    if not calls:
        raise mistake("inputs-do-not-fit", f"'{source}' must give inputs of at least one call, gives none", "inputs")
    return calls


def _tensors(source: str) -> Any:
    try:
        return load_file(source)
    except (SafetensorError, OSError) as error:
        message = f"'{Path(source).name}' is not a safetensors file: {first_line(error)}"
        hint = f'name a function of it: "{Path(source).name}:function"' if source.endswith(".py") else None
        raise mistake("corrupt-inputs", message, "inputs", hint=hint) from error


def _calls(source: str) -> list[Any]:
    given = call_entry(source, "inputs")
    return list(given) if isinstance(given, (list, Iterator)) else [given]
