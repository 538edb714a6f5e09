"""Traces a module with torch.export; says in one sentence, at the model's own line, what torch refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch.export import ExportedProgram

from common.diagnostics import UserError, mistake
from common.entry import is_user_file, relative_name

FRAME = re.compile(r'File "([^"]+)", line (\d+)')
DATA_DEPENDENT = (
    "data-dependent",
    "GuardOnDataDependentSymNode",
    "Dynamic control flow",
    "u0",
    "nonzero",
    "Could not extract specialized integer",
)

REFUSALS = ("data-dependent-shape", "fixed-dimension", "export-failed")
"""The codes of what `capture` raises."""


@dataclass(frozen=True, slots=True)
class Traceable:
    """A module with what torch.export needs to trace it."""

    module: torch.nn.Module
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    dynamic_shapes: Any = None
    strict: bool = False


def capture(traceable: Traceable) -> ExportedProgram:
    """Return the exported program of `traceable`."""
    for parameter in traceable.module.parameters():
        parameter.requires_grad_(False)
    try:
        with torch.no_grad():
            return torch.export.export(
                traceable.module,
                traceable.args,
                dict(traceable.kwargs),
                dynamic_shapes=traceable.dynamic_shapes,
                strict=traceable.strict,
            )
    except UserError:
        raise
    except Exception as error:
        raise refusal(error) from error


def eager(module: Any, *args: Any, **kwargs: Any) -> Any:
    """Return what `module` answers by itself; what it raises is a mistake of the model's, with the line."""
    try:
        with torch.no_grad():
            return module(*args, **kwargs)
    except UserError:
        raise
    except Exception as error:  # It is the model's code.
        text = _text(error)
        message = f"the model fails before anything is exported{_where(error, text)}: {_reason(text)}"
        raise mistake("model-failed", message) from error


def refusal(error: BaseException) -> UserError:
    """Return what torch.export refused as a mistake of the model's, with the line that it is about."""
    text = _text(error)
    where = _where(error, text)
    reason = _reason(text)
    if any(mark in text for mark in DATA_DEPENDENT):
        message = f"torch.export cannot follow a shape or a branch that depends on a tensor's values{where}"
        hint = "bound the value with torch._check, or use torch.where or torch.cond in place of the branch"
        return mistake("data-dependent-shape", message, None, notes=(reason,), hint=hint)
    if "Constraints violated" in text or "ConstraintViolation" in text or "specialized" in text:
        message = f"a dimension that must be dynamic is fixed by the model{where}"
        told = tuple(dict.fromkeys(line.strip(" -") for line in text.splitlines() if "Not all values" in line))
        return mistake("fixed-dimension", message, "dynamic_shapes", notes=told or (reason,))
    return mistake("export-failed", f"torch.export refuses the model{where}: {reason}")


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield `error` and what caused it, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _text(error: BaseException) -> str:
    return "\n".join(f"{type(each).__name__}: {each}" for each in chain(error))


def _reason(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return re.sub(r"/\S*/site-packages/", "", lines[0])[:300] if lines else "no reason given"


def _where(error: BaseException, text: str) -> str:
    place = _place(error, text)
    return f" at {place}" if place else ""


def _place(error: BaseException, text: str) -> str | None:
    frames = [frame for each in chain(error) for frame in _frames(each)]
    frames += [(name, int(line)) for name, line in FRAME.findall(text)]
    own = [frame for frame in frames if is_user_file(frame[0])]
    if own:
        return f"{relative_name(own[-1][0])}:{own[-1][1]}"
    models = [frame for frame in frames if "/transformers/models/" in frame[0]]
    return f"{models[-1][0].partition('/site-packages/')[2]}:{models[-1][1]}" if models else None


def _frames(error: BaseException) -> Iterator[tuple[str, int]]:
    traceback = error.__traceback__
    while traceback is not None:
        yield str(Path(traceback.tb_frame.f_code.co_filename)), traceback.tb_lineno
        traceback = traceback.tb_next
