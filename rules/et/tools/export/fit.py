"""Holds the tensors of weights against those that a model has room for, by their names and shapes; reads no values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch

from common.diagnostics import UserError, mistake

SHOWN = 4
"""How many tensors a message lists."""
NUMBER = re.compile(r"(?<![^.])\d+(?![^.])")
"""An index in a name, such as a layer's."""
HINT = "take the config that comes with these weights"


def require_fit(model: Any, report: Mapping[str, Any], state: Mapping[str, torch.Tensor]) -> tuple[str, ...]:
    """Return the tensors of `state` that `model` leaves out, such as another task's head; refuse all other misfits.

    `report` is what transformers says of loading them.
    """
    name = type(model).__name__
    left_out = sorted(report["unexpected_keys"])
    wrong = sorted((key, list(found), list(wanted)) for key, found, wanted in report["mismatched_keys"])
    notes = [f"{key} is {found}, must be {wanted}" for key, found, wanted in wrong]
    notes += [f"{key} is missing" for key in sorted(report["missing_keys"])]
    if notes:
        message = f"{len(notes)} tensors of the weights differ from what {name} with this config holds"
        raise _misfit(message, [*_shown(notes), *(f"{key} is not in the model" for key in left_out[:SHOWN])])
    held = {_own_name(key, model): key for key in sorted(model.state_dict())}
    held |= {NUMBER.sub("*", name): key for name, key in reversed(held.items())}
    packed = _packed(held, model, state)
    scales = [key for key in left_out if _own_name(key, model).rpartition(".")[0] in packed]
    if scales:
        message = f"the weights are of 8 bits, and {name} with this config has no room for their {len(scales)} scales"
        hint = f"{HINT}: its 'quantization_config' says how they are read"
        raise _misfit(message, _shown([f"{key} is not in the model" for key in scales]), hint)
    kin = {key: like for key in left_out if (like := _like(_own_name(key, model), held))}
    if kin:
        message = f"{len(kin)} tensors of the weights have no place in {name} with this config, which holds their like"
        raise _misfit(message, _shown([f"{key} is not in the model, {like} is" for key, like in kin.items()]))
    return tuple(left_out)


def _misfit(message: str, notes: list[str], hint: str = HINT) -> UserError:
    return mistake("weights-do-not-fit", message, "weights", notes=tuple(notes), hint=hint)


def _shown(notes: list[str]) -> list[str]:
    return [*notes[:SHOWN], *([f"and {len(notes) - SHOWN} more"] if len(notes) > SHOWN else [])]


def _packed(held: Mapping[str, str], model: Any, state: Mapping[str, torch.Tensor]) -> set[str]:
    """Return the layers whose tensors are codes of 8 bits: what they are worth is said beside them."""
    packed = (key for key, tensor in state.items() if tensor.itemsize == 1 and tensor.dtype is not torch.bool)
    return {name.rpartition(".")[0] for name in (_own_name(key, model) for key in packed) if name in held}


def _like(name: str, held: Mapping[str, str]) -> str | None:
    """Return which tensor of `held`, by names with and without numbers, says that `name` cannot be left out.

    It is of a list that the model holds a part of, the bias of a layer that has none there, or named after a tensor.
    """
    layer, _, last = name.rpartition(".")
    stems = (f"{layer}.{last[:at]}" for at, letter in enumerate(last) if letter == "_")
    like = held.get(NUMBER.sub("*", name)) or next((held[stem] for stem in stems if stem in held), None)
    return like or (held.get(f"{layer}.weight") if last == "bias" else None)


def _own_name(name: str, model: Any) -> str:
    """Return `name` without the prefix that files of a model with a head have, and those of one without have not."""
    return name.removeprefix(f"{model.base_model_prefix}.")
