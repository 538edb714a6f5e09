"""The attributes of pte: of an exported method, and of a program of one or several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from etbuild.api import EXEC, Attrs, Dep, EntryPoint, Limits, Src, after, provides
from rules.et.method_values import METHOD_NAME, refuse_names, refuse_value
from rules.et.providers import ModelInfo

Task = Literal["text-generation", "feature-extraction", "image-classification"]
Backend = Literal["portable", "xnnpack", "cortex_m", "ethos_u"]
Accelerator = Literal[
    "ethos-u55-32",
    "ethos-u55-64",
    "ethos-u55-128",
    "ethos-u55-256",
    "ethos-u85-128",
    "ethos-u85-256",
    "ethos-u85-512",
    "ethos-u85-1024",
    "ethos-u85-2048",
]
HOST_KERNELS: Mapping[tuple[object, object], str] = {
    ("portable", "8da4w"): "@etbuild//runtime/kernels/int4:host_kernels",
    ("portable", "gguf"): "@etbuild//runtime/kernels/gguf:host_kernels",
    ("cortex_m", "pt2e_static_int8"): "@etbuild//runtime/kernels/cortex_m:host_kernels",
    ("ethos_u", "pt2e_static_int8"): "@etbuild//runtime/kernels/cortex_m:host_kernels",
}
"""By backend and quantization: kernels that the program needs and the official runtime lacks."""

BACKEND_ATTRIBUTES: Mapping[str, Backend] = {"accelerator": "ethos_u", "cpu_features": "cortex_m"}
"""Attributes that one backend alone reads."""

Quantize = Literal["none", "8da4w", "8w", "4w", "gguf", "pt2e_static_int8", "pt2e_dynamic_int8"]


class MethodAttrs(Attrs):
    """What is exported as one method."""

    model: Annotated[Dep, provides(ModelInfo)] | None = None
    """The model."""

    task: Task | None = None
    """What the method does: an hf_model is exported for it. A torch_model or pt2_model is exported as it is, and needs
    none; if it says one, it is proven, tested and run as programs of that task are."""

    dtype: Literal["float32", "float16", "bfloat16"] = "float32"
    """Of parameters and activations; what is in a pt2_model's file stays as it is."""

    max_seq_len: Annotated[int, Limits(ge=1, le=131072)] | None = None
    """The longest sequence, in tokens; for text generation the size of the key-value cache.  [default: 512, or what the
    model has positions for if that is less]"""

    dynamic_shapes: bool = True
    """Of texts: whether sequences may be shorter than the example; false makes a program for one token at a time."""

    attention: Literal["sdpa", "eager", "custom_sdpa"] | None = None
    """How attention is computed; if not given, custom_sdpa for text generation and sdpa elsewhere."""

    wrapper: Literal["etbuild", "transformers"] = "etbuild"
    """Who wraps a decoder and its cache: etbuild, or transformers' TorchExportableModuleWithStaticCache."""

    logits: Literal["last", "all"] = "last"
    """Of which tokens a decoder returns the logits."""

    embedding: Literal["pooled", "hidden"] = "pooled"
    """What feature extraction returns: one normalised vector a text, or the last hidden state."""

    strict: bool | None = None
    """torch.export's strict mode.  [default: what the wrapper needs; false for a torch_model]"""

    example_input_ids: tuple[int, ...] | None = None
    """For wrapper = "transformers": its `example_input_ids`, of one sequence."""

    example_cache_position: tuple[int, ...] | None = None
    """For wrapper = "transformers": its `example_cache_position`."""

    source_transforms: tuple[EntryPoint, ...] = ()
    """"file.py:function" each: takes the nn.Module before export and returns one; a pt2_model has none."""


def _proven_with_kernels(given: Any) -> Any:
    """Give the proof the kernels that `quantize` needs and the official runtime lacks."""
    kernels = HOST_KERNELS.get((given.get("backend"), given.get("quantize")))
    operators = given.get("operators", ())
    if kernels is None or not isinstance(operators, tuple):
        return given
    return {**given, "operators": (*operators, kernels)}


class PteAttrs(MethodAttrs, before=_proven_with_kernels):
    """Attributes of pte."""

    backend: Backend
    """What runs the program: `portable` kernels, or `xnnpack` with portable kernels for the rest. For microcontrollers
    `cortex_m`: operators of int8, of plain C++ or for what the platform's processor has, and portable kernels for the
    rest; `ethos_u`: one of Arm's accelerators, by Vela, and `cortex_m` for the rest. Nothing here runs an accelerator:
    its command stream is checked, and the quantized graph compared with the float one. The environment of both is
    another than that of the export; `@etbuild//toolchains:python_environment` in WORKSPACE has all."""

    accelerator: Accelerator | None = None
    """For `ethos_u`, which must have it: the product and its multiply-accumulates a cycle."""

    cpu_features: Literal["mve", "dsp", "scalar"] | None = None
    """For `cortex_m`: the extensions of the processor that it is lowered for.  [default: what the platform has]"""

    method: Annotated[str, Limits(pattern=METHOD_NAME)] = "forward"
    """The method's name."""

    methods: Annotated[dict[str, MethodAttrs], after(refuse_names)] = {}
    """Several methods in one program, by name: each a table of the attributes that methods have, from `model` to
    `source_transforms`, which then stand nowhere else. Equal weights are stored once."""

    quantize: Quantize = "none"
    """8da4w, 8w, 4w: torchao's, before export. pt2e_static_int8, pt2e_dynamic_int8: by the backend's quantizer, after
    it; of portable programs by XNNPACK's.
    8da4w of portable programs is executed by //runtime/kernels/int4.
    gguf: a GGUF file's own blocks of Q4_0, Q4_1 and Q8_0, byte for byte; //runtime/kernels/gguf executes them."""

    quantized_io: bool = False
    """Of pt2e_static_int8, for `cortex_m`: whether the program takes and gives int8 where its model has floats. Scales
    and zero points are its constant methods, such as `forward_input0_scale` and `forward_output0_zp`. Its proof
    quantizes and dequantizes with them."""

    scratch: bool = True
    """For `cortex_m`: whether operators get the scratch memory that CMSIS-NN's code wants. Our kernels want none:
    without it planned memory is less, and no others may run the program."""

    group_size: Annotated[int, Limits(ge=1)] | None = None
    """Of 8da4w, 8w and 4w: how many weights share a scale; for portable 8da4w a multiple of 32.  [default: 32 for 8da4w
    and 4w]"""

    calibration: tuple[EntryPoint | Src, ...] = ()
    """Inputs that static quantization observes: .safetensors files, or "file.py:function" giving tuples of tensors."""

    data: tuple[Src, ...] = ()
    """Files that calibration, inputs or transforms read."""

    constant_methods: Annotated[dict[str, Annotated[Any, after(refuse_value)]], after(refuse_names)] = {}
    """Methods that return a constant: numbers, booleans, texts or lists of them. Whole numbers have 64 bits."""

    partitioner: EntryPoint | None = None
    """"file.py:function": returns the partitioners to use in place of the backend's own."""

    operators: Annotated[tuple[Src, ...], EXEC] = ()
    """What defines operators that the model calls beyond torch's and ExecuTorch's: Python files that register them with
    torch.library, and their kernels for the proof, an `et_kernels` with `shared`."""

    edge_passes: tuple[EntryPoint, ...] = ()
    """"file.py:function" each: returns a pass over the edge program."""

    memory_planner: EntryPoint | None = None
    """"file.py:function": returns the memory planning pass."""

    etrecord: bool = False
    """Whether an ETRecord is written beside the program, for ExecuTorch's Inspector."""

    prompts: tuple[str, ...] = ("The capital of France is",)
    """What the proof of a text-generation or feature-extraction program reads."""

    tokens: Annotated[int, Limits(ge=1)] = 24
    """How many tokens the proof generates from each prompt."""

    inputs: tuple[EntryPoint | Src, ...] = ()
    """Recorded real inputs for the proof: .safetensors files, or "file.py:function" that returns a tuple of tensors.
    [default: some of the calibration's, where there is any; else sentences, or the example and noise]"""

    tolerances: dict[str, float] = {}
    """What the proof allows, by figure, such as { max_abs_error = 1e-3 }; docs/design/program_reports.md has
    every figure and its default."""
