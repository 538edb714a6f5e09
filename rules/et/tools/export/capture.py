"""Traces a module with torch.export; says in one sentence, at the model's own line, what torch refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.export import ExportedProgram

from common.diagnostics import UserError, mistake
from common.reasons import at_place, full_text, reason
from export.fixed_dimensions import MARKS, fixed_dimension
from export.last_place import reach_last_places

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
    hint: str | None = None
    """What may serve if torch refuses it, such as where dimensions may change that the user did not declare."""


def capture(traceable: Traceable) -> ExportedProgram:
    """Return the exported program of `traceable`."""
    for parameter in traceable.module.parameters():
        parameter.requires_grad_(False)
    try:
        with torch.no_grad():
            program = torch.export.export(
                traceable.module,
                traceable.args,
                dict(traceable.kwargs),
                dynamic_shapes=traceable.dynamic_shapes,
                strict=traceable.strict,
            )
    except UserError:
        raise
    except Exception as error:
        raise refusal(error, traceable.hint) from error
    reach_last_places(program)
    return program


def eager(module: Any, *args: Any, **kwargs: Any) -> Any:
    """Return what `module` answers by itself; what it raises is a mistake of the model's, with the line."""
    try:
        with torch.no_grad():
            return module(*args, **kwargs)
    except UserError:
        raise
    except Exception as error:  # It is the model's code.
        message = f"the model fails before anything is exported{at_place(error)}: {reason(error)}"
        raise mistake("model-failed", message) from error


def refusal(error: BaseException, hint: str | None = None) -> UserError:
    """Return what torch.export refused as a mistake of the model's, with the line that it is about."""
    text = full_text(error)
    where = at_place(error)
    if any(mark in text for mark in DATA_DEPENDENT):
        message = f"torch.export cannot follow a shape or a branch that depends on a tensor's values{where}"
        cure = "bound the value with torch._check, or use torch.where or torch.cond in place of the branch"
        return mistake("data-dependent-shape", message, None, notes=(reason(error),), hint=cure)
    if any(mark in text for mark in MARKS):
        return fixed_dimension(text, where, reason(error), hint)
    return mistake("export-failed", f"torch.export refuses the model{where}: {reason(error)}", hint=hint)
