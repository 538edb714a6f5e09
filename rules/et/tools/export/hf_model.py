"""Builds a transformers model from a declared architecture, config and weights; knows nothing of export."""

from __future__ import annotations

import difflib
import json
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from common.diagnostics import UserError, mistake
from export.fit import require_fit
from export.gguf_weights import GgufFile, open_gguf, read_gguf_tensors
from export.request import ExportRequest
from export.weights import StateDict, read_state_dict

READ = ("fp8", "mxfp4")
"""Quantizations of weights that transformers dequantizes by itself."""
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model with its weights, and the generation config that came with them."""

    module: torch.nn.Module
    generation_config: dict[str, Any]
    left_out: Names = ()
    """Tensors of the weights that the model has no place for."""


def load_hf_model(request: ExportRequest) -> LoadedModel:
    """Build the model that `request` names and load its weights into it."""
    gguf_file = _gguf_file(request)
    values = _config_values(request, gguf_file)
    architecture = _architecture(request)
    config = _config(values, architecture)
    if issubclass(architecture, _AutoModel):
        architecture = _concrete(architecture, config)
    dtype = getattr(torch, request.dtype)
    if gguf_file is not None:
        state = read_gguf_tensors(gguf_file, config, architecture, dtype, index=0)
    else:
        state = read_state_dict(request.weights)
    module, left_out = _load(architecture, config, state, dtype)
    return LoadedModel(module.eval(), _generation_config(request, config), left_out)


def _architecture(request: ExportRequest) -> Any:
    name = request.architecture
    if name is None:
        raise mistake("missing-architecture", "an hf_model must name its architecture", "architecture")
    architecture = getattr(transformers, name, None)
    if isinstance(architecture, type) and issubclass(architecture, (transformers.PreTrainedModel, _AutoModel)):
        return architecture
    names = [each for each in dir(transformers) if each.endswith(("Model", "LM", "Classification", "Generation"))]
    close = difflib.get_close_matches(name, names, 1)
    message = f"transformers {transformers.__version__} has no architecture '{name}'"
    raise mistake(
        "unknown-architecture", message, "architecture", hint=f"did you mean '{close[0]}'?" if close else None
    )


_AutoModel = transformers.AutoModel.__mro__[1]


def _concrete(auto_class: Any, config: Any) -> Any:
    try:
        return auto_class._model_mapping[type(config)]
    except KeyError as error:
        message = f"{auto_class.__name__} has no architecture for model type '{config.model_type}'"
        raise mistake("unknown-architecture", message, "architecture") from error


def _gguf_file(request: ExportRequest) -> GgufFile | None:
    if not request.weights:
        raise mistake("missing-weights", "an hf_model must name its weights", "weights")
    if not request.weights[0].endswith(".gguf"):
        return None
    return open_gguf(Path(request.weights[0]), index=0)


def _config_values(request: ExportRequest, gguf_file: GgufFile | None) -> dict[str, Any]:
    if request.config is not None:
        values = _read_json(request.config, "config")
    elif gguf_file is not None:
        values = dict(gguf_file.config)
    else:
        raise mistake("missing-config", "weights other than GGUF need the model's config.json", "config")
    code = values.pop("auto_map", None)
    known = values.get("model_type") in (None, *transformers.CONFIG_MAPPING)
    if code is not None and not (known and hasattr(transformers, request.architecture or "")):
        raise _remote_code(code)
    return values


def _config(values: dict[str, Any], architecture: Any) -> Any:
    values.pop("_name_or_path", None)  # A path of whoever saved it.
    model_type = values.pop("model_type", None) or getattr(architecture.config_class, "model_type", None)
    if model_type not in transformers.CONFIG_MAPPING:
        close = difflib.get_close_matches(str(model_type), list(transformers.CONFIG_MAPPING.keys()), 1)
        message = f"transformers {transformers.__version__} has no model type '{model_type}'"
        hint = f"did you mean '{close[0]}'?" if close else None
        raise mistake("unknown-architecture", message, "config", hint=hint)
    try:
        config = transformers.AutoConfig.for_model(model_type, **values)
    except Exception as error:  # Each class of configs checks its values in its own way.
        message = f"transformers makes no config of type '{model_type}' of it: {_sentence(error)}"
        raise mistake("wrong-config", message, "config") from error
    wanted = getattr(architecture, "config_class", None)
    if wanted is not None and not isinstance(config, wanted):
        message = f"{architecture.__name__} needs a config of type '{wanted.model_type}', is '{model_type}'"
        raise mistake("wrong-config", message, "config")
    return config


def _remote_code(code: dict[str, Any]) -> UserError:
    message = "the model's code is not in transformers: it would need trust_remote_code, which is never given"
    hint = "vendor the code and declare a torch_model with `entry`"
    modules = tuple(sorted(str(value) for value in code.values()))
    return mistake("remote-code", message, "config", notes=modules, hint=hint)


def _generation_config(request: ExportRequest, config: Any) -> dict[str, Any]:
    values = {key: getattr(config, key, None) for key in ("bos_token_id", "eos_token_id", "pad_token_id")}
    if request.generation_config is not None:
        values.update(_read_json(request.generation_config, "generation_config"))
    return values


def _read_json(file: str, attribute: str) -> dict[str, Any]:
    try:
        values = json.loads(Path(file).read_text(encoding="utf-8-sig"), object_hook=_number)
    except (OSError, ValueError, TypeError) as error:
        raise mistake("corrupt-config", f"'{Path(file).name}' is not JSON: {error}", attribute) from error
    if not isinstance(values, dict):
        raise mistake("corrupt-config", f"'{Path(file).name}' must be a JSON object", attribute)
    return values


def _number(table: dict[str, Any]) -> Any:
    """Return the number that transformers writes as a table, as JSON has no infinity; other tables as they are."""
    return float(table["__float__"]) if list(table) == ["__float__"] else table


def _sentence(error: BaseException) -> str:
    """Return what `error` says in one line; of a bare key, what kind it is and where it was looked up."""
    text = " ".join(line.strip() for line in str(error).splitlines() if line.strip())
    if " " in text:
        return text[:300]
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {text} at {last.filename.rpartition('/site-packages/')[2]}:{last.lineno}"


def _load(architecture: Any, config: Any, state: StateDict, dtype: torch.dtype) -> tuple[torch.nn.Module, Names]:
    """Return the model and the tensors that it leaves out."""
    # Without memory at first: what another config asks for may be more than there is.
    shapes = {name: tensor.to("meta") for name, tensor in state.items()}
    skeleton, report = _build(architecture, config, shapes, dtype, device_map={"": "meta"})
    left_out = require_fit(skeleton, report, state)
    return _build(architecture, config, state, dtype)[0], left_out


def _build(architecture: Any, config: Any, state: StateDict, dtype: torch.dtype, **options: Any) -> Any:
    try:
        return architecture.from_pretrained(
            None,
            config=config,
            state_dict=state,
            dtype=dtype,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            attn_implementation="eager",
            **options,
        )
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError, RuntimeError, ImportError) as error:
        method = _quantized_by(config)
        if method not in (None, *READ):
            message = f"the weights are quantized by '{method}', which etbuild does not read"
            hint = "take weights that are not quantized, or a GGUF file; the `quantize` of a pte quantizes them"
            raise mistake("quantized-weights", message, "config", hint=hint) from error
        message = f"the config does not build a {architecture.__name__}: {_sentence(error)}"
        raise mistake("wrong-config", message, "config") from error


def _quantized_by(config: Any) -> str | None:
    quantization = getattr(config, "quantization_config", None)
    method = quantization.get("quant_method") if isinstance(quantization, dict) else quantization
    return str(getattr(method, "value", method)) if quantization else None
