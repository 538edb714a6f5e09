"""Refuses a task that a model's own example inputs say it does not do. Knows only what its target writes down."""

from __future__ import annotations

from collections.abc import Mapping

from etbuild.api import RuleContext
from rules.et.providers import ModelInfo
from rules.et.pte_attrs import MethodAttrs, PteAttrs


def check_task_inputs(ctx: RuleContext[PteAttrs], methods: Mapping[str, MethodAttrs]) -> None:
    """Raise `wrong-task` for a classifier of images that takes none; inputs of other tasks have names, not shapes."""
    for name, method in methods.items():
        if method.model is None or method.task != "image-classification":
            continue
        model = ctx.provider(method.model, ModelInfo)
        if model.shapes and not _is_image(model.shapes):
            taken = ", ".join(str(list(shape)) for shape in model.shapes)
            message = f"'{method.task}' needs a model that takes [1, 3, height, width], '{model.label}' takes {taken}"
            hint = f"leave 'task' out: a {model.kind} needs none"
            place = f"methods.{name}.task" if ctx.attrs.methods else "task"
            raise ctx.mistake("wrong-task", message, attribute=place, hint=hint)


def _is_image(shapes: tuple[tuple[int, ...], ...]) -> bool:
    return len(shapes) == 1 and len(shapes[0]) == 4 and shapes[0][1] == 3
