"""The EtMeasure, EtVerdict and EtSummary actions: a program is compared, judged, described."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from etbuild.api import Artifact, PythonEnvironmentInfo, Resources, RuleContext, given
from rules.et.actions import PYTHON_ENV, WORKER, Flags, operators_env, own_operators, repeated, spec_digest
from rules.et.export_action import GIB, Exported
from rules.et.lower_action import Lowered, input_flags
from rules.et.lowering_profile import NOT_RUN
from rules.et.pte_attrs import PteAttrs

FIGURES = (
    *("tokens_equal", "top1", "equal", "max_abs_error", "relative_error", "sqnr_db", "cosine"),
    *("float_tokens_equal", "float_top1", "float_equal", "float_sqnr_db", "float_cosine", "float_perplexity_ratio"),
)
"""What tolerances are of; which of them a program has is known when it was measured."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a method's proof leaves behind."""

    measure: Artifact
    verdict: Artifact
    inputs: Artifact
    expected: Artifact


def check_method(
    ctx: RuleContext[PteAttrs],
    name: str,
    lowered: Lowered,
    exported: Exported,
    float_graph: Artifact | None,
    environment: PythonEnvironmentInfo,
) -> Checked:
    """Register a method's measurement and its judgement: two, so that a looser tolerance measures nothing again."""
    attrs = ctx.attrs
    recorded, files = input_flags(ctx, "--inputs", attrs.inputs)
    if not attrs.inputs and attrs.quantize == "pt2e_static_int8":  # What it is calibrated for is what it is good for.
        recorded, files = input_flags(ctx, "--calibration", attrs.calibration)
    flags: Flags = ("--pte", lowered.program, "--method", name, "--graph", exported.graph, "--facts", exported.facts)
    if float_graph is not None:
        flags += ("--float", float_graph)
    if exported.task:
        flags += ("--task", exported.task)
    flags += _text_flags(attrs, exported)
    flags += recorded
    flags += repeated("--not-run", filter(None, [NOT_RUN.get(attrs.backend)]))
    data = ctx.files(attrs.data)
    stem = f"measure-{spec_digest(flags, data, own_operators(ctx))}"
    home = exported.model.label
    measure = ctx.output(f"{stem}.json", beside=home)
    inputs = ctx.output(f"{stem}.inputs.safetensors", beside=home)
    expected = ctx.output(f"{stem}.expected.safetensors", beside=home)
    ctx.run(
        "EtMeasure",
        argv=[
            environment.python,
            ctx.tool("check/measure.py"),
            *flags,
            *("--output", measure, "--inputs-output", inputs, "--expected-output", expected),
        ],
        inputs=(*files, *data),
        outputs=(measure, inputs, expected),
        env={**PYTHON_ENV, **operators_env(ctx)},
        mounts=(environment.mount,),
        worker=WORKER,
        resources=Resources(cpu=1, ram=3 * GIB),
        progress="comparing the program with its model",
    )
    return Checked(measure, judge(ctx, measure, environment), inputs, expected)


def check_tolerances(ctx: RuleContext[PteAttrs]) -> None:
    """Raise `invalid-tolerance` for figures that no program has, before anything is exported."""
    for figure in ctx.attrs.tolerances:
        if figure not in FIGURES:
            close = difflib.get_close_matches(figure, FIGURES, 1)
            hint = f"did you mean '{close[0]}'?" if close else f"one of {', '.join(FIGURES)}"
            message = f"no tolerance is called '{figure}'"
            raise ctx.mistake("invalid-tolerance", message, attribute=f"tolerances.{figure}", hint=hint)


def tolerance_words(attrs: PteAttrs) -> tuple[str, ...]:
    """Return the tolerances that a target gives, as words."""
    return tuple(f"{figure}={bound:g}" for figure, bound in sorted(attrs.tolerances.items()))


def judge(ctx: RuleContext[PteAttrs], measure: Artifact, environment: PythonEnvironmentInfo) -> Artifact:
    """Register the verdict on a measurement; its bytes are the same whenever it passes."""
    flags = (*("--measure", measure), *repeated("--tolerance", tolerance_words(ctx.attrs)))
    verdict = ctx.output(f"verdict-{spec_digest(flags)}.json")
    ctx.run(
        "EtVerdict",
        argv=[environment.python, ctx.tool("check/judge.py"), *flags, "--output", verdict],
        outputs=(verdict,),
        env=PYTHON_ENV,
        mounts=(environment.mount,),
        progress="judging",
    )
    return verdict


def summary(
    ctx: RuleContext[PteAttrs],
    lowered: Lowered,
    methods: Mapping[str, Exported],
    measures: Mapping[str, Artifact],
    environment: PythonEnvironmentInfo,
) -> Artifact:
    """Register the few lines that a build's end shows of the program."""
    facts = {name: one.facts for name, one in methods.items()}
    text = ctx.output(f"{ctx.label.name}.summary.json")
    ctx.run(
        "EtSummary",
        argv=[
            environment.python,
            ctx.tool("report/summary.py"),
            *("--operators", lowered.operators),
            *("--backend", ctx.attrs.backend, "--dtype", _dtype(ctx.attrs), "--quantize", ctx.attrs.quantize),
            *repeated("--measure", [f"{name}={measure.path}" for name, measure in measures.items()]),
            *repeated("--facts", [f"{name}={fact.path}" for name, fact in facts.items()]),
            *repeated("--tolerance", tolerance_words(ctx.attrs)),
            *("--output", text),
        ],
        inputs=(*measures.values(), *facts.values()),
        outputs=(text,),
        env=PYTHON_ENV,
        mounts=(environment.mount,),
        progress="summing up",
    )
    return text


def _dtype(attrs: PteAttrs) -> str:
    """Return what a program's methods are in: the lowering refuses those that disagree."""
    methods = tuple(attrs.methods.values()) or (attrs,)
    return next((method.dtype for method in methods if "dtype" in given(method)), "float32")


def _text_flags(attrs: PteAttrs, exported: Exported) -> Flags:
    if exported.task not in ("text-generation", "feature-extraction"):
        return ()
    flags = (*repeated("--tokenizer", exported.model.tokenizer), *repeated("--prompt", attrs.prompts))
    return (*flags, "--tokens", str(attrs.tokens)) if exported.task == "text-generation" else flags
