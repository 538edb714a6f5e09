"""Says why a lowering failed: which operator, and where in the model's source; knows no backend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from torch.export import ExportedProgram

from common.diagnostics import UserError, mistake
from common.reasons import at_place, chain, reason, root_cause
from common.user_files import in_words, user_lines
from lower.places import source_of
from lower.request import LowerRequest
from lower.user_passes import passes_refused

MISSING_VARIANTS = re.compile(r"Missing out variants: \{([^}]*)\}")
NO_KERNEL = re.compile(
    r"Operator (torch\.ops\.|<OpOverload\(op=')?([\w.:]+)'?[^\n]*? is not (?:Aten|a core ATen|supported)"
)


def lowering_refused(
    error: Exception, programs: Mapping[str, ExportedProgram], backend: str, request: LowerRequest
) -> UserError:
    """Return the mistake that `error` stands for; passes hide what they failed of in its causes."""
    for each in chain(error):
        if isinstance(each, UserError):
            return UserError(*each.diagnostics)
        if request.partitioner and user_lines(each):  # Nothing else that is the user's runs unwatched.
            message = f"the partitioner of '{request.partitioner}' raised {in_words(each)}"
            return mistake("entry-failed", message, "partitioner", notes=user_lines(each))
    refused = passes_refused(error, request.edge_passes)
    if refused is not None:
        return refused
    text = str(error)
    found = MISSING_VARIANTS.search(text)
    if found:
        names = sorted(name.strip(" '\"") for name in found[1].split(","))
        return missing_operators(names, programs, backend)
    found = NO_KERNEL.search(text)
    if found:
        return missing_operators([found[2].replace("::", ".")], programs, backend)
    message = f"{backend} refuses the program{at_place(error)}: {reason(root_cause(error))}"
    return mistake("lowering-failed", message, "backend")


def missing_operators(names: Sequence[str], programs: Mapping[str, ExportedProgram], backend: str) -> UserError:
    """Return the mistake of a program that calls operators which nothing runs."""
    notes = [f"{name} {place}" for name in names for place in _places(name, programs)]
    message = f"the runtime has no kernel for {', '.join(names)}, which {backend} leaves to it"
    hint = "write the model without it, or take a backend that delegates it"
    return mistake("missing-operator", message, "backend", notes=tuple(notes), hint=hint)


def _places(name: str, programs: Mapping[str, ExportedProgram]) -> Iterator[str]:
    """Yield the first source line of each method that calls operator `name`."""
    wanted = ".".join(name.replace("::", ".").split(".")[:2]) + "."  # The out variant has another overload.
    for method, program in programs.items():
        nodes = (node for node in program.graph.nodes if node.op == "call_function" and wanted in f"{node.target}.")
        node = next(nodes, None)
        if node is not None:
            place = source_of(node.meta)
            yield f"is called by method '{method}'{f' at {place}' if place else ''}"
