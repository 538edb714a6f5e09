"""Names what a program is lowered for beyond its backend: what the processor or its accelerator can do."""

from __future__ import annotations

from collections.abc import Iterable

from etbuild.api import Label

LOWERING_ENVIRONMENTS = frozenset({"cortex_m", "ethos_u"})
"""Backends whose lowering needs another environment than export and proof."""
FEATURES = ("mve", "dsp")
"""Values of //toolchains/isa by which CMSIS-NN's code differs, the widest first; it needs none of them."""


NOT_RUN = {"ethos_u": "no emulator of Ethos-U"}
"""Backends that nothing here can run, and why: their programs are checked, their graphs are compared."""


def profile_of(backend: str, constraints: Iterable[Label], cpu_features: str | None = None) -> str:
    """Return the name of the profile: nothing where a backend has but one."""
    if backend != "cortex_m":
        return ""
    if cpu_features is None:
        names = {value.name for value in constraints}
        cpu_features = next((each for each in FEATURES if each in names), "scalar")
    return f"{backend}-{cpu_features}"
