"""pte: a model, exported, lowered for a backend, and proven to keep its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etbuild.api import Artifact, DefaultInfo, Provider, PythonEnvironmentInfo, Request, RuleContext, RunInfo, rule
from rules.et.actions import PYTHON_ENV, own_operators, repeated
from rules.et.check_action import Checked, check_method, check_tolerances, summary, tolerance_words
from rules.et.combinations import nearest_combination
from rules.et.export_action import EXPORT_SCHEMES, Exported, Quantization, export_method
from rules.et.lower_action import Lowered, lower_program, quantize_graph
from rules.et.lowering_profile import LOWERING_ENVIRONMENTS, profile_of
from rules.et.provenance_action import provenance
from rules.et.providers import MethodProof, ProgramInfo
from rules.et.pte_attrs import BACKEND_ATTRIBUTES, MethodAttrs, PteAttrs
from rules.et.task_inputs import check_task_inputs
from rules.et.unread_attributes import check_methods_alone, check_read


def _toolchains(attrs: PteAttrs) -> tuple[Request, ...]:
    if attrs.backend not in LOWERING_ENVIRONMENTS:
        return (Request("python_environment", frozenset({"export", attrs.backend, "runtime"})),)
    return (Request("python_environment", frozenset({"export", "runtime"})), _lowering_request(attrs))


def _lowering_request(attrs: PteAttrs) -> Request:
    """Return what asks for the environment that quantizes and lowers, where it is not the one that exports."""
    return Request("python_environment", frozenset({attrs.backend}))


@rule(attrs=PteAttrs, toolchains=_toolchains, provides=(ProgramInfo,))
def pte(ctx: RuleContext[PteAttrs]) -> Sequence[Provider]:
    """Make an ExecuTorch program of a model, and prove on the host that it keeps the model's answers."""
    _check_backend(ctx)
    _check_calibration(ctx)
    check_tolerances(ctx)
    methods = _methods(ctx)
    for method in methods.values():
        _check_combination(ctx, method)
    check_read(ctx, methods)
    check_task_inputs(ctx, methods)
    environment = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    lowering = environment
    if ctx.attrs.backend in LOWERING_ENVIRONMENTS:
        lowering = ctx.toolchain(_lowering_request(ctx.attrs), PythonEnvironmentInfo)
    exported = {name: _export(ctx, method, environment, lowering) for name, method in methods.items()}
    profile = _profile(ctx)
    lowered = lower_program(ctx, exported, lowering, profile)
    checked = {
        name: check_method(ctx, name, lowered, one, _float_graph(ctx, methods[name], environment), environment)
        for name, one in exported.items()
    }
    statement = provenance(ctx, lowered, exported, environment)
    text = summary(ctx, lowered, exported, {name: one.measure for name, one in checked.items()}, environment)
    first, proof = next(iter(exported.values())), next(iter(checked.values()))
    return [
        DefaultInfo(
            files=(lowered.program,),
            validations=tuple(one.verdict for one in checked.values()),
            beside=(*_reports(lowered, checked), statement),
            names=_names(ctx.label.name, lowered, checked),
            summary=text,
        ),
        ProgramInfo(
            lowered.program,
            lowered.operators,
            lowered.plan,
            first.facts,
            proof.verdict,
            first.task,
            proof.inputs,
            proof.expected,
            first.model.tokenizer,
            tuple(_proof(ctx, name, one, exported[name]) for name, one in checked.items()),
            own_operators(ctx),
            profile,
        ),
        *_run_info(ctx, lowered, first, environment),
    ]


def _methods(ctx: RuleContext[PteAttrs]) -> Mapping[str, MethodAttrs]:
    """Return the methods by name: those of `methods`, or the one that the target itself describes."""
    attrs = ctx.attrs
    check_methods_alone(ctx)
    if not attrs.methods and attrs.model is None:
        raise ctx.mistake("missing-attribute", "'model' of pte must be given", hint='model = ":name of a model"')
    return attrs.methods or {attrs.method: attrs}


def _check_backend(ctx: RuleContext[PteAttrs]) -> None:
    """Raise `other-backend` for attributes that say nothing to the backend, and would be passed over."""
    for name, backend in BACKEND_ATTRIBUTES.items():
        if getattr(ctx.attrs, name) is not None and ctx.attrs.backend != backend:
            message = (
                f"'{name}' of pte must be left out but for backend '{backend}', is given for '{ctx.attrs.backend}'"
            )
            hint = f'remove it, or say backend = "{backend}"'
            raise ctx.mistake("other-backend", message, attribute=name, hint=hint)


def _check_calibration(ctx: RuleContext[PteAttrs]) -> None:
    """Raise `missing-calibration` before anything is exported."""
    if ctx.attrs.quantize == "pt2e_static_int8" and not ctx.attrs.calibration:
        message = "'calibration' of pte must be given for quantize 'pt2e_static_int8', is not"
        hint = 'recorded inputs: calibration = ["inputs.safetensors"] or ["file.py:function"]'
        raise ctx.mistake("missing-calibration", message, attribute="quantize", hint=hint)


def _profile(ctx: RuleContext[PteAttrs]) -> str:
    attrs = ctx.attrs
    if attrs.backend != "ethos_u":
        return profile_of(attrs.backend, ctx.platform.constraints.values(), attrs.cpu_features)
    if attrs.accelerator is None:
        message = "'accelerator' of pte must be given for backend 'ethos_u'"
        raise ctx.mistake("missing-attribute", message, attribute="backend", hint='accelerator = "ethos-u55-128"')
    return f"ethos_u-{attrs.accelerator}"


def _check_combination(ctx: RuleContext[PteAttrs], method: MethodAttrs) -> None:
    attrs = ctx.attrs
    nearest = nearest_combination(attrs.backend, attrs.quantize, method.task)
    if nearest == (attrs.backend, attrs.quantize, method.task):
        return
    raise ctx.mistake(
        "unsupported-combination",
        f"backend '{attrs.backend}' with quantize '{attrs.quantize}' and task '{method.task or 'none'}' "
        "does not lower, run and pass",
        attribute="quantize",
        hint=f'the nearest that does: backend = "{nearest[0]}", quantize = "{nearest[1]}"',
    )


def _export(
    ctx: RuleContext[PteAttrs], method: MethodAttrs, environment: PythonEnvironmentInfo, lowering: PythonEnvironmentInfo
) -> Exported:
    scheme = ctx.attrs.quantize
    quantization = Quantization()
    if scheme in EXPORT_SCHEMES:
        is_ours = scheme == "8da4w" and ctx.attrs.backend == "portable"
        several = len(ctx.attrs.methods) > 1
        quantization = Quantization(scheme, ctx.attrs.group_size, whole_layers=is_ours, may_be_plain=several)
    exported = export_method(ctx, method, environment, quantization)
    return quantize_graph(ctx, exported, lowering) if scheme.startswith("pt2e_") else exported


def _proof(ctx: RuleContext[PteAttrs], name: str, checked: Checked, exported: Exported) -> MethodProof:
    tolerances = tolerance_words(ctx.attrs)
    files = (exported.facts, checked.measure, checked.inputs, checked.expected)
    return MethodProof(name, *files, tolerances, exported.task)


def _float_graph(
    ctx: RuleContext[PteAttrs], method: MethodAttrs, environment: PythonEnvironmentInfo
) -> Artifact | None:
    """Return the graph before quantization, where there is any: the second thing that a proof compares with."""
    if ctx.attrs.quantize == "none":
        return None
    return export_method(ctx, method, environment, Quantization()).graph


def _reports(lowered: Lowered, checked: Mapping[str, Checked]) -> tuple[Artifact, ...]:
    records = (lowered.etrecord,) if lowered.etrecord else ()
    proofs = tuple(file for one in checked.values() for file in (one.measure, one.inputs, one.expected))
    return (lowered.operators, lowered.plan, *records, *proofs)


def _names(name: str, lowered: Lowered, checked: Mapping[str, Checked]) -> tuple[tuple[Artifact, str], ...]:
    """Return the names that a target's files are placed under: in the actions they are named by what made them."""
    names = [
        (lowered.program, f"{name}.pte"),
        (lowered.operators, f"{name}.operators.json"),
        (lowered.plan, f"{name}.plan.json"),
    ]
    if lowered.etrecord:
        names.append((lowered.etrecord, f"{name}.etrecord"))
    for method, one in checked.items():
        stem = name if len(checked) == 1 else f"{name}.{method}"
        names += [
            (one.measure, f"{stem}.proof.json"),
            (one.inputs, f"{stem}.inputs.safetensors"),
            (one.expected, f"{stem}.expected.safetensors"),
        ]
    return tuple(names)


def _run_info(
    ctx: RuleContext[PteAttrs], lowered: Lowered, method: Exported, environment: PythonEnvironmentInfo
) -> list[Provider]:
    """Return how a person tries the program, where its task says what that means."""
    program = {
        "text-generation": "run/generate.py",
        "feature-extraction": "run/embed.py",
        "image-classification": "run/classify.py",
    }.get(method.task)
    if program is None:
        return []
    tool, operators = ctx.tool(program), own_operators(ctx)
    words = ("--pte", lowered.program, *repeated("--tokenizer", method.model.tokenizer))
    argv = (environment.python, tool.script, *words, *repeated("--operators", operators))
    return [RunInfo(argv, tool.inputs, tuple(sorted(PYTHON_ENV.items())), (environment.mount,))]
