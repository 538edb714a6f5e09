"""Refuses a model that cannot do the task which is asked of it; knows no export."""

from __future__ import annotations

import inspect
from typing import Any

import transformers

from common.diagnostics import UserError, mistake

AUTO_CLASSES = {
    "text-generation": transformers.AutoModelForCausalLM,
    "feature-extraction": transformers.AutoModel,
    "image-classification": transformers.AutoModelForImageClassification,
}
INPUTS = {"text-generation": "input_ids", "feature-extraction": "input_ids", "image-classification": "pixel_values"}
OUTPUTS = {"text-generation": "logits", "feature-extraction": "last_hidden_state", "image-classification": "logits"}


def require_task(model: Any, task: str) -> None:
    """Refuse `model` if its signature says already that it does something else."""
    if not isinstance(model, transformers.PreTrainedModel):
        return  # What a transform made takes whatever its own says.
    takes = inspect.signature(model.forward).parameters
    if INPUTS[task] not in takes:
        raise _wrong_task(model, task, f"takes '{INPUTS[task]}'", f"takes '{next(iter(takes))}'")
    if task == "feature-extraction" and model.config.is_encoder_decoder and "decoder_input_ids" in takes:
        raise _wrong_task(model, task, "is an encoder or a decoder alone", "is both")
    if task == "text-generation":
        if model.config.is_encoder_decoder:
            raise _wrong_task(model, task, "is a decoder alone", "has an encoder, too")
        if "past_key_values" not in takes:
            raise stateful(model, "takes no 'past_key_values'")


def output_of(outputs: Any, model: Any, task: str) -> Any:
    """Return what the task is about of a model's outputs; refuse the model if it is not there."""
    found = getattr(outputs, OUTPUTS[task], None)
    if found is None:
        names = ", ".join(f"'{name}'" for name in outputs) or "nothing"
        raise _wrong_task(model, task, f"gives '{OUTPUTS[task]}'", f"gives {names}")
    return found


def stateful(model: Any, what: str) -> UserError:
    """Return the mistake of a decoder whose memory is other than keys and values."""
    message = f"text-generation needs a model that remembers keys and values alone, {type(model).__name__} {what}"
    hint = "export it as a torch_model, whose entry keeps its state in buffers"
    return mistake("unsupported-architecture", message, "model", hint=hint)


def _wrong_task(model: Any, task: str, must: str, given: str) -> UserError:
    name = type(model).__name__
    fitting = AUTO_CLASSES[task]._model_mapping.get(type(model.config), None)
    fitting = fitting[0] if isinstance(fitting, tuple) else fitting
    hint = "export it as a torch_model, whose entry wraps it"
    if task == "feature-extraction" and model.config.is_encoder_decoder and fitting is not None:
        fitting = getattr(transformers, fitting.__name__.removesuffix("Model") + "EncoderModel", None)
    if fitting is not None and fitting.__name__ != name:
        hint = f"of this config, that is {fitting.__name__}; or {hint}"
    return mistake("wrong-task", f"'{task}' needs a model that {must}, {name} {given}", "task", hint=hint)
