"""The EtExport action: a model and a method's attributes become a `.pt2`. Knows nothing of backends."""

from __future__ import annotations

from dataclasses import dataclass

from etbuild.api import Artifact, PythonEnvironmentInfo, Resources, RuleContext
from rules.et.actions import PYTHON_ENV, WORKER, entry_flags, json_word, spec_digest
from rules.et.providers import ModelInfo
from rules.et.pte_attrs import MethodAttrs, PteAttrs

GIB = 1 << 30
EXPORT_SCHEMES = ("8da4w", "8w", "4w", "gguf")
"""What the export does to weights, and not the lowering."""


@dataclass(frozen=True, slots=True)
class Quantization:
    """What is done to the weights before export."""

    scheme: str = "none"
    group_size: int | None = None
    whole_layers: bool = False
    """Whether layers of 8da4w are one operator each, which our kernels have, and not torchao's several."""
    may_be_plain: bool = False
    """Whether it may find no layer: in a method of several."""


@dataclass(frozen=True, slots=True)
class Exported:
    """An exported method."""

    graph: Artifact
    facts: Artifact
    model: ModelInfo
    task: str


def export_method(
    ctx: RuleContext[PteAttrs], method: MethodAttrs, environment: PythonEnvironmentInfo, quantization: Quantization
) -> Exported:
    """Register the export of one method; equal ones of other targets are the same action."""
    if method.model is None:
        raise ctx.mistake("missing-attribute", "'model' of a method must be given", attribute="model")
    model = ctx.provider(method.model, ModelInfo)
    if model.kind == "hf_model" and method.task is None:
        message, hint = f"'task' must be given for '{model.label}', an hf_model", 'task = "text-generation"'
        raise ctx.mistake("missing-attribute", message, attribute="model", hint=hint)
    transforms, files = entry_flags("--source-transform", ctx, method.source_transforms)
    data = ctx.files(ctx.attrs.data) if transforms else ()
    flags = (*model.flags, *_task_flags(method, model), *_quantization_flags(quantization), *transforms)
    name = f"export-{spec_digest(flags, data)}"
    graph, facts = ctx.output(f"{name}.pt2", beside=model.label), ctx.output(f"{name}.json", beside=model.label)
    ctx.run(
        "EtExport",
        argv=[environment.python, ctx.tool("export/export_model.py"), *flags, "--output", graph, "--facts", facts],
        inputs=(*model.inputs, *files, *data),
        outputs=(graph, facts),
        env=PYTHON_ENV,
        mounts=(environment.mount,),
        worker=WORKER,
        resources=Resources(cpu=1, ram=3 * GIB),
        progress=f"torch.export, sequence ≤ {method.max_seq_len}"
        if method.task == "text-generation" and method.max_seq_len
        else "torch.export",
    )
    return Exported(graph, facts, model, method.task or "")


def _task_flags(method: MethodAttrs, model: ModelInfo) -> tuple[str, ...]:
    """Return the flags that the model's kind takes: of a graph made elsewhere nothing is left to choose."""
    if model.kind == "pt2_model":
        return ()
    strict = () if method.strict is None else ("--strict", json_word(method.strict))
    if model.kind == "torch_model" or method.task is None:
        return ("--dtype", method.dtype, *strict)
    flags: tuple[str, ...] = (
        "--dtype",
        method.dtype,
        "--task",
        method.task,
        "--dynamic-shapes",
        json_word(method.dynamic_shapes),
        *strict,
        "--attention",
        attention_of(method),
    )
    if method.task == "image-classification":
        return flags
    if method.max_seq_len is not None:
        flags += ("--max-seq-len", str(method.max_seq_len))
    if method.task == "feature-extraction":
        return (*flags, "--embedding", method.embedding)
    flags += ("--wrapper", method.wrapper, "--logits", method.logits)
    if method.example_input_ids is not None:
        flags += ("--example-input-ids", json_word(method.example_input_ids))
    if method.example_cache_position is not None:
        flags += ("--example-cache-position", json_word(method.example_cache_position))
    return flags


def attention_of(method: MethodAttrs) -> str:
    """Return how attention is computed: what is asked for, else what is fastest for the task."""
    if method.attention is not None:
        return method.attention
    return "custom_sdpa" if method.task == "text-generation" and method.wrapper == "etbuild" else "sdpa"


def _quantization_flags(quantization: Quantization) -> tuple[str, ...]:
    if quantization.scheme not in EXPORT_SCHEMES:
        return ()
    flags: tuple[str, ...] = ("--quantize", quantization.scheme)
    if quantization.group_size is not None:
        flags += ("--group-size", str(quantization.group_size))
    if quantization.may_be_plain:
        flags += ("--may-be-plain",)
    return (*flags, "--whole-layers") if quantization.whole_layers else flags
