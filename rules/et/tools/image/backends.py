"""Holds the backends that programs delegate to against those that an image has. Knows neither C++ nor what they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from common.diagnostics import Diagnostic, UserError
from image.image_sources import Embedded
from pte.program import Method

OTHERWISE = {
    "XnnpackBackend": '"portable" or "cortex_m"',
    "EthosUBackend": '"cortex_m"',
}
"""What to lower for instead, by backend."""


def check(programs: Sequence[Embedded], backends: Collection[str]) -> None:
    """Refuse programs that nothing in the image can run whole. Raises `missing-backend` for all of them."""
    found = [
        _mistake(index, each.name, method.name, calls, backends)
        for index, each in enumerate(programs)
        for method in each.program.methods
        for calls in _missing(method, backends)
    ]
    if found:
        raise UserError(*found)


def _missing(method: Method, backends: Collection[str]) -> Iterator[tuple[str, list[int]]]:
    """Yield each backend that is not there, with the steps that call it."""
    steps = [(at, step.target) for at, step in enumerate(method.instructions) if step.kind == "delegate"]
    counts = Counter(method.delegates[target].backend for _, target in steps)
    for backend in sorted(counts.keys() - set(backends)):
        yield backend, [at for at, target in steps if method.delegates[target].backend == backend]


def _mistake(
    index: int, program: str, method: str, calls: tuple[str, list[int]], backends: Collection[str]
) -> Diagnostic:
    backend, steps = calls
    has = ", ".join(sorted(backends)) or "none"
    told = f"step {steps[0]}" if len(steps) == 1 else f"{len(steps)} steps, the first {steps[0]}"
    message = (
        f"backends of program '{program}' must be in the image, which has {has}; method '{method}' delegates to "
        f"'{backend}' in {told}"
    )
    instead = OTHERWISE.get(backend, '"portable"')
    hint = (
        f"lower it for another backend, {instead}; where a library of 'kernels' or 'deps' registers it, "
        f'say backends = ["{backend}"]'
    )
    return Diagnostic("missing-backend", message, "programs", index, hint=hint)
