"""Refuses attributes of pte that would be passed over. Knows which models, tasks and quantizations read which.

What stands in defaults, or beside a matrix or a select, is for others, and may be passed over by some.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from etbuild.api import Attrs, Diagnostic, EtbuildError, RuleContext, attributes_of, given
from rules.et.export_action import EXPORT_SCHEMES
from rules.et.providers import ModelInfo
from rules.et.pte_attrs import MethodAttrs, PteAttrs

MODULES = ("hf_model", "torch_model")
HUB = ("hf_model",)
GENERATION = ("text-generation",)
TEXTS = ("text-generation", "feature-extraction")


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads an attribute; nothing said of one axis means that all on it do."""

    kinds: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    wrapper: str = ""


METHOD_READERS: Mapping[str, Readers] = {
    "dtype": Readers(MODULES),
    "source_transforms": Readers(MODULES),
    "strict": Readers(MODULES),
    "attention": Readers(HUB),
    "dynamic_shapes": Readers(HUB, TEXTS),
    "max_seq_len": Readers(HUB, TEXTS),
    "embedding": Readers(HUB, ("feature-extraction",)),
    "wrapper": Readers(HUB, GENERATION),
    "logits": Readers(HUB, GENERATION),
    "example_input_ids": Readers(HUB, GENERATION, "transformers"),
    "example_cache_position": Readers(HUB, GENERATION, "transformers"),
}
"""By attribute of a method; those that are not here are every method's."""

TASK_READERS: Mapping[str, tuple[str, ...]] = {"prompts": TEXTS, "tokens": GENERATION}
"""By attribute of a program: the tasks whose proof reads it."""

SCHEME_READERS: Mapping[str, tuple[str, ...]] = {
    "group_size": ("8da4w", "8w", "4w"),
    "calibration": ("pt2e_static_int8",),
}
"""By attribute of a program: the quantizations that read it."""


def check_methods_alone(ctx: RuleContext[PteAttrs]) -> None:
    """Raise `method-twice` for what a target says of one method beside `methods`."""
    if not ctx.attrs.methods:
        return
    own = "each method names its own"
    found = [(name, own) for name in attributes_of(MethodAttrs) if _says(ctx.attrs, name)]
    found += [("method", "its keys are the names")] if "method" in given(ctx.attrs) else []
    messages = {name: f"'{name}' must not be given beside 'methods': {why}" for name, why in found}
    _raise(ctx.mistake("method-twice", message, attribute=name) for name, message in messages.items())


def check_read(ctx: RuleContext[PteAttrs], methods: Mapping[str, MethodAttrs]) -> None:
    """Raise `unread-attribute` for what nothing of the program reads, before anything is exported."""
    found = [*_unread_by_program(ctx, methods)]
    for name, method in methods.items():
        if method.model is not None:
            place = f"methods.{name}." if ctx.attrs.methods else ""
            found += _unread_by_method(ctx, method, ctx.provider(method.model, ModelInfo), place)
    _raise(found)


def _unread_by_method(
    ctx: RuleContext[PteAttrs], method: MethodAttrs, model: ModelInfo, place: str
) -> Iterator[EtbuildError]:
    scheme = ctx.attrs.quantize
    notes = ("what is in a .pt2 is exported already",) if model.kind == "pt2_model" else ()
    if scheme in EXPORT_SCHEMES and model.kind not in MODULES:
        message = f"quantize '{scheme}' must be of {_kinds(MODULES)}, '{model.label}' is a {model.kind}"
        hint = "pt2e_static_int8 and pt2e_dynamic_int8 quantize what is exported"
        yield ctx.mistake("unread-attribute", message, attribute="quantize", notes=notes, hint=hint)
    for name, readers in METHOD_READERS.items():
        # Without what is done before an export the program would be another.
        passed_over = not place and ctx.is_shared(name) and readers.kinds != MODULES
        if _says(method, name) and not passed_over and not _reads(readers, method, model):
            what = f"is given for '{model.label}', {_described(readers, method, model)}"
            message = f"'{place}{name}' of pte must be left out but for {_wanted(readers)}, {what}"
            yield ctx.mistake(
                "unread-attribute", message, attribute=f"{place}{name}", notes=notes, hint=_hint(name, model)
            )


def _unread_by_program(ctx: RuleContext[PteAttrs], methods: Mapping[str, MethodAttrs]) -> Iterator[EtbuildError]:
    tasks = {method.task or "none" for method in methods.values()}
    for name, readers in TASK_READERS.items():
        if _says(ctx.attrs, name) and not ctx.is_shared(name) and not tasks & {*readers}:
            is_given = f"is given for task {_either(sorted(tasks))}"
            message = f"'{name}' of pte must be left out but for task {_either(readers)}, {is_given}"
            yield ctx.mistake("unread-attribute", message, attribute=name, hint="remove it")
    for name, readers in SCHEME_READERS.items():
        if _says(ctx.attrs, name) and not ctx.is_shared(name) and ctx.attrs.quantize not in readers:
            is_given = f"is given for '{ctx.attrs.quantize}'"
            message = f"'{name}' of pte must be left out but for quantize {_either(readers)}, {is_given}"
            yield ctx.mistake("unread-attribute", message, attribute=name, hint="remove it, or quantize")


def _says(attrs: Attrs, name: str) -> bool:
    """Tell whether an attribute was written, be it with its default; an empty list says nothing."""
    return name in given(attrs) and getattr(attrs, name) != ()


def _reads(readers: Readers, method: MethodAttrs, model: ModelInfo) -> bool:
    return (
        model.kind in (readers.kinds or (model.kind,))
        # An hf_model without a task is told so.
        and (method.task is None or method.task in (readers.tasks or (method.task,)))
        and readers.wrapper in ("", method.wrapper)
    )


def _wanted(readers: Readers) -> str:
    task = f"task {_either(readers.tasks)} of " if readers.tasks else ""
    wrapper = f' with wrapper = "{readers.wrapper}"' if readers.wrapper else ""
    return f"{task}{_kinds(readers.kinds)}{wrapper}"


def _described(readers: Readers, method: MethodAttrs, model: ModelInfo) -> str:
    kind = _kinds((model.kind,))
    if model.kind not in readers.kinds:
        return kind
    if method.task not in readers.tasks:
        return f"{kind} with task '{method.task}'"
    return f'{kind} with wrapper = "{method.wrapper}"'


def _hint(name: str, model: ModelInfo) -> str:
    is_its_own = name == "dynamic_shapes" and model.kind == "torch_model"
    return "remove it: a torch_model has dynamic_shapes of its own" if is_its_own else "remove it"


def _kinds(kinds: tuple[str, ...]) -> str:
    return " or ".join(f"{'an' if kind.startswith('h') else 'a'} {kind}" for kind in kinds)


def _either(words: tuple[str, ...] | list[str]) -> str:
    return " or ".join(f"'{word}'" for word in words)


def _raise(found: Iterator[EtbuildError] | list[EtbuildError]) -> None:
    diagnostics: list[Diagnostic] = [each for error in found for each in error.diagnostics]
    if diagnostics:
        raise EtbuildError(*diagnostics)
