"""Which backend, quantization and task go together; data, found by trying each on small models. Imports nothing heavy.

A cell is here if its program lowers, runs on the official runtime and gives the answers of the same graph in eager;
docs/design/combinations.md has the figures, and tests/rules/et_tools/test_combinations.py tries every cell again.
"""

from __future__ import annotations

Combination = tuple[str, str, str | None]

TASKS: tuple[str | None, ...] = ("text-generation", "feature-extraction", "image-classification", None)
"""The tasks of pte; none is that of a torch_model or pt2_model."""

QUANTIZATIONS: dict[str, tuple[str, ...]] = {
    "xnnpack": ("none", "8da4w", "8w", "4w", "pt2e_static_int8", "pt2e_dynamic_int8"),
    "portable": ("none", "8da4w", "8w", "4w", "pt2e_static_int8", "pt2e_dynamic_int8"),
}
"""What works on each backend, for every task. 8da4w of portable programs calls kernels of ours."""

DEVICES: dict[str, tuple[Combination, ...]] = {
    backend: ((backend, "pt2e_static_int8", None), (backend, "pt2e_static_int8", "image-classification"))
    for backend in ("cortex_m", "ethos_u")
}
"""What works on a microcontroller's backend."""

SUPPORTED: tuple[Combination, ...] = (
    *(
        (backend, quantize, task)
        for backend, schemes in QUANTIZATIONS.items()
        for quantize in schemes
        for task in TASKS
    ),
    ("portable", "gguf", "text-generation"),
    *(cell for cells in DEVICES.values() for cell in cells),
)
"""Every cell that works."""

NEAREST_SCHEMES: dict[str, tuple[str, ...]] = {
    "8da4w": ("4w", "8w", "none"),
    "gguf": ("4w", "8w", "none"),
    "8w": ("pt2e_dynamic_int8", "none"),
    "4w": ("8da4w", "8w", "none"),
    "pt2e_static_int8": ("pt2e_dynamic_int8", "8w", "none"),
    "pt2e_dynamic_int8": ("pt2e_static_int8", "8w", "none"),
}
"""What comes nearest to a quantization in size and speed, best first."""


def nearest_combination(backend: str, quantize: str, task: str | None) -> Combination:
    """Return the combination itself if it works, else the nearest one that does.

    The same quantization on another backend is nearer than another quantization on the same: it is the model's answers
    that a user chose, and a backend is exchanged more easily. But a device's own backend is not.
    """
    candidates = [(backend, quantize, task), *(cell for cell in DEVICES.get(backend, ()) if cell[2] == task)]
    candidates += [(other, quantize, task) for other in QUANTIZATIONS if other != backend]
    candidates += [(backend, scheme, task) for scheme in NEAREST_SCHEMES.get(quantize, ("none",))]
    return next((each for each in candidates if each in SUPPORTED), ("portable", "none", task))
