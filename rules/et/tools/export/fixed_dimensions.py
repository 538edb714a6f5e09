"""Says in our words which dimensions torch.export fixes, or narrows, against what was declared; knows no models."""

from __future__ import annotations

import re

from common.diagnostics import UserError, mistake

MARKS = ("Constraints violated", "ConstraintViolation", "specialized", "conflicts between user-specified")
"""What torch says of a dimension that is not what was declared."""

NAME = r"(?:L|inputs)\['(?P<name>\w+)'\](?P<inner>(?:\[[^\]]+\])*)\.(?:size\(\)|shape)\[(?P<dimension>\d+)\]"
ALWAYS = re.compile(NAME + r" as dynamic but your code specialized it to be a constant \((?P<size>\d+)\)")
SPECIAL = re.compile(r"export 0/1 specialized due to hint of (?P<size>[01]) for dimension " + NAME)
STATIC = re.compile(r"tracing inferred a static shape of (?P<size>\d+) for dimension " + NAME)
NARROWER = re.compile(
    r"range of \[(?P<least>\d+), (?P<most>\d+)\], conflicting with the inferred min/max range of "
    r"\[(?P<from>\d+), (?P<to>\w+)\], for " + NAME
)
SAYINGS = {
    ALWAYS: "must be dynamic, the model takes it to be {size} always",
    STATIC: "must be dynamic, the model takes it to be {size} always",
    SPECIAL: "must be dynamic, is {size} in its example: torch.export fixes sizes of 0 and 1",
    NARROWER: "must be {least} to {most} by 'dynamic_shapes', {from} to {to} by the model",
}
HINT = (
    "leave it out of 'dynamic_shapes'; if it must equal a dimension of another input or of a weight, that one must be "
    "dynamic, too"
)
UNTOLD = ("Not all values", "specialized it")
"""Of what torch says else, the lines that name a dimension."""


def fixed_dimension(text: str, where: str, reason: str, hint: str | None = None) -> UserError:
    """Return the mistake that torch tells in `text`: a dimension of an input, at the model's line `where`."""
    told = [
        f"dimension {found['dimension']} of '{found['name']}{found['inner']}' {saying.format(**found.groupdict())}"
        for pattern, saying in SAYINGS.items()
        for found in pattern.finditer(text)
    ]
    if told:
        first, *others = dict.fromkeys(told)
        hint = hint or ("give an example of 2 or more" if SPECIAL.search(text) else HINT)
        return mistake("fixed-dimension", f"{first}{where}", "dynamic_shapes", notes=tuple(others), hint=hint)
    lines = [line.strip(" -") for line in text.splitlines() if any(mark in line for mark in UNTOLD)]
    message = f"a dimension that must be dynamic is fixed by the model{where}"
    notes = tuple(dict.fromkeys(lines)) or (reason,)
    return mistake("fixed-dimension", message, "dynamic_shapes", notes=notes, hint=hint)


def narrower_range(what: str, declared: tuple[object, object], found: tuple[object, object]) -> UserError:
    """Return the mistake of a dimension of which the model takes a part, such as that of an input that it equals."""
    least, most = declared
    message = f"{what} must be {least} to {most} by 'dynamic_shapes', {found[0]} to {found[1]} by the model"
    hint = "give it the range that the model takes; sizes that the model has equal have the same"
    return mistake("fixed-dimension", message, "dynamic_shapes", hint=hint)
