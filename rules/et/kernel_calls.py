"""Which kernels the calls of programs need, of those that catalogues have. Knows no files and no compiler."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from etbuild.api import Diagnostic, EtbuildError, Label, frozen
from rules.et.kernel_operators import DTYPES, Operator


@frozen
class Call:
    """An operator that a program calls, and the dtypes of all its tensors."""

    operator: str
    dtypes: frozenset[str]
    program: Label
    method: str
    place: str
    """The line of the model, or empty."""

    def __str__(self) -> str:
        where = f" at {self.place}" if self.place else ""
        return f"method '{self.method}' of '{self.program}' calls '{self.operator}' with {_list(self.dtypes)}{where}"


@frozen
class ChosenKernel:
    """A kernel that an image needs."""

    operator: Operator
    dtypes: frozenset[str] | None
    """Those it is called with; None stands for all."""


def calls_of(program: Label, content: bytes) -> Iterator[Call]:
    """Yield what the operators.json of a program says that it calls."""
    for method, report in json.loads(content)["methods"].items():
        for call in report["operators"]:
            words = (word for text in call["dtypes"] for word in text.strip("[]").split(","))
            name = f"{call['operator']}.{call['overload']}" if call["overload"] else call["operator"]
            yield Call(name, frozenset(words) - {"", "none"}, program, method, call.get("place", ""))


def choose_kernels(operators: Mapping[str, Operator], calls: Iterable[Call]) -> tuple[ChosenKernel, ...]:
    """Return a kernel for each operator that is called, sorted. Raises `missing-kernel`, telling all that lack one."""
    dtypes: dict[str, set[str]] = {}
    mistakes = []
    for call in calls:
        operator = operators.get(call.operator)
        if operator is None:
            message = f"no catalogue has a kernel for '{call.operator}': {call}"
            mistakes.append(Diagnostic("missing-kernel", message, hint=_hint(call.operator, operators)))
            continue
        unserved = call.dtypes - operator.dtypes if operator.dtypes else call.dtypes - DTYPES.keys()
        if unserved:
            message = (
                f"the kernel of '{call.operator}' must take {_list(unserved)}, takes {_list(operator.dtypes)}: {call}"
            )
            mistakes.append(Diagnostic("missing-kernel", message, notes=(f"it is at {operator.place}",)))
        dtypes.setdefault(call.operator, set()).update(call.dtypes)
    if mistakes:
        raise EtbuildError(*dict.fromkeys(mistakes))
    return tuple(ChosenKernel(operators[name], frozenset(found)) for name, found in sorted(dtypes.items()))


def all_kernels(operators: Mapping[str, Operator]) -> tuple[ChosenKernel, ...]:
    """Return each kernel, for all dtypes."""
    return tuple(ChosenKernel(operator, None) for _, operator in sorted(operators.items()))


def dtype_mask(kernels: Sequence[ChosenKernel]) -> int | None:
    """Return a bit for each dtype that these kernels are called with, at its number; None for all."""
    found = [kernel.dtypes for kernel in kernels]
    if any(dtypes is None for dtypes in found):
        return None
    return sum(1 << DTYPES[name] for name in frozenset[str]().union(*(dtypes or () for dtypes in found)))


def _list(dtypes: frozenset[str]) -> str:
    return ", ".join(sorted(dtypes, key=lambda name: DTYPES.get(name, 99))) or "no tensors"


def _hint(name: str, operators: Mapping[str, Operator]) -> str:
    base = name.partition(".")[0]
    near = [other for other in operators if other.partition(".")[0] == base]
    if near:
        return f"there is one for {', '.join(sorted(near))}"
    return "add a catalogue that has one, or an et_kernel_catalog of your own"
