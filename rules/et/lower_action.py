"""The EtQuantize and EtLower actions: exported methods become a `.pte`. Knows nothing of proofs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from etbuild.api import Artifact, Entry, Label, PythonEnvironmentInfo, Resources, RuleContext
from rules.et.actions import (
    ARM_WORKER,
    PYTHON_ENV,
    WORKER,
    Flags,
    entry_flags,
    json_word,
    operators_env,
    own_operators,
    repeated,
    spec_digest,
)
from rules.et.export_action import GIB, Exported
from rules.et.lowering_profile import LOWERING_ENVIRONMENTS
from rules.et.pte_attrs import PteAttrs


@dataclass(frozen=True, slots=True)
class Lowered:
    """A program and what is known of it."""

    program: Artifact
    operators: Artifact
    plan: Artifact
    etrecord: Artifact | None
    environment: PythonEnvironmentInfo
    """What it was quantized and lowered in."""


def quantize_graph(ctx: RuleContext[PteAttrs], exported: Exported, environment: PythonEnvironmentInfo) -> Exported:
    """Register PT2E quantization of an exported method."""
    calibration, files = input_flags(ctx, "--calibration", ctx.attrs.calibration)
    flags: Flags = ("--graph", exported.graph, "--scheme", ctx.attrs.quantize, *calibration)
    if len(ctx.attrs.methods) > 1:
        flags += ("--may-be-plain",)
    if ctx.attrs.backend in LOWERING_ENVIRONMENTS:
        flags += ("--quantizer", ctx.attrs.backend, *repeated("--accelerator", filter(None, [ctx.attrs.accelerator])))
    data = ctx.files(ctx.attrs.data)
    name = f"quantized-{spec_digest(flags, data, own_operators(ctx))}"
    graph = ctx.output(f"{name}.pt2", beside=exported.model.label)
    ctx.run(
        "EtQuantize",
        argv=[environment.python, ctx.tool("quantize/quantize_pt2e.py"), *flags, "--output", graph],
        inputs=(*files, *data),
        outputs=(graph,),
        env={**PYTHON_ENV, **operators_env(ctx)},
        mounts=(environment.mount,),
        worker=_worker(ctx.attrs),
        resources=Resources(cpu=1, ram=2 * GIB),
        progress=f"quantizing: {ctx.attrs.quantize}",
    )
    return replace(exported, graph=graph)


def lower_program(
    ctx: RuleContext[PteAttrs], methods: Mapping[str, Exported], environment: PythonEnvironmentInfo, profile: str
) -> Lowered:
    """Register the lowering of all methods into one program."""
    if ctx.attrs.quantized_io and (ctx.attrs.backend, ctx.attrs.quantize) != ("cortex_m", "pt2e_static_int8"):
        what = f"is for backend 'cortex_m' with quantize 'pt2e_static_int8', is given for '{ctx.attrs.backend}'"
        raise ctx.mistake("no-quantized-io", f"'quantized_io' {what}", attribute="quantized_io")
    custom, files = _custom_flags(ctx)
    data = ctx.files(ctx.attrs.data) if files else ()
    flags = (*_method_flags(methods), *_constant_flags(ctx.attrs), *custom)
    if ctx.attrs.quantize != "none":
        flags += ("--quantize", ctx.attrs.quantize)
    if profile:
        flags += ("--profile", profile)
    if not ctx.attrs.scratch:
        flags += ("--no-scratch",)
    if ctx.attrs.quantized_io:
        flags += ("--quantized-io",)
    home = next(iter(methods.values())).model.label
    record = ("--etrecord",) if ctx.attrs.etrecord else ()
    name = f"lowered-{ctx.attrs.backend}-{spec_digest((*flags, *record), data, own_operators(ctx))}"
    program, operators, plan = (
        ctx.output(f"{name}{end}", beside=home) for end in (".pte", ".operators.json", ".plan.json")
    )
    etrecord = ctx.output(f"{name}.etrecord", beside=home) if ctx.attrs.etrecord else None
    outputs = (program, operators, plan, *((etrecord,) if etrecord else ()))
    ctx.run(
        "EtLower",
        argv=[
            environment.python,
            ctx.tool(f"lower/lower_{ctx.attrs.backend}.py"),
            *flags,
            *("--output", program, "--operators", operators, "--plan", plan),
            *(("--etrecord", etrecord) if etrecord else ()),
        ],
        inputs=(*files, *data),
        outputs=outputs,
        env={**PYTHON_ENV, **operators_env(ctx)},
        mounts=(environment.mount,),
        worker=_worker(ctx.attrs),
        resources=Resources(cpu=1, ram=4 * GIB),
        progress=f"lowering to {ctx.attrs.backend}",
    )
    return Lowered(program, operators, plan, etrecord, environment)


def _worker(attrs: PteAttrs) -> str:
    return ARM_WORKER if attrs.backend in LOWERING_ENVIRONMENTS else WORKER


def input_flags(
    ctx: RuleContext[PteAttrs], flag: str, values: tuple[Entry | Label, ...]
) -> tuple[Flags, tuple[Artifact, ...]]:
    """Return the flags for recorded inputs, each a file or a function that makes them, and the functions' files."""
    entries, files = entry_flags(flag, ctx, [value for value in values if isinstance(value, Entry)])
    recorded = ctx.files([value for value in values if not isinstance(value, Entry)])
    return (*entries, *repeated(flag, recorded)), files


def _method_flags(methods: Mapping[str, Exported]) -> Flags:
    flags: Flags = ()
    for name, exported in methods.items():
        flags += ("--method", name, exported.graph, "--facts", name, exported.facts)
    return flags


def _constant_flags(attrs: PteAttrs) -> Flags:
    return repeated(
        "--constant-method", [f"{name}={json_word(value)}" for name, value in sorted(attrs.constant_methods.items())]
    )


def _custom_flags(ctx: RuleContext[PteAttrs]) -> tuple[Flags, tuple[Artifact, ...]]:
    attrs = ctx.attrs
    pairs = (
        entry_flags("--partitioner", ctx, [attrs.partitioner] if attrs.partitioner else []),
        entry_flags("--edge-pass", ctx, attrs.edge_passes),
        entry_flags("--memory-planner", ctx, [attrs.memory_planner] if attrs.memory_planner else []),
    )
    files = tuple(file for _, found in pairs for file in found)
    return tuple(word for flags, _ in pairs for word in flags), files
