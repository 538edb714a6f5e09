"""The calls that PyTorch's own samples of its operators lead to.

Each sample is run under a mode that sees every overload that ATen is called with. Knows nothing of files; the same
operators give the same calls, whatever else is asked for.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from catalogue import Operator
from torch.testing._internal.common_methods_invocations import op_db
from torch.utils._python_dispatch import TorchDispatchMode

DTYPES = (
    torch.float32,
    torch.float64,
    torch.float16,
    torch.bfloat16,
    torch.int8,
    torch.uint8,
    torch.int16,
    torch.int32,
    torch.int64,
    torch.bool,
    torch.complex64,
)
# Samples that lead to operators of another name.
LEADS_TO = {
    "__getitem__": ("index", "slice", "select"),
    "cdist": ("_cdist_forward",),
    "fft.irfft": ("_fft_c2r",),
    "fft.irfft2": ("_fft_c2r",),
    "fft.rfft": ("_fft_r2c",),
    "fft.rfft2": ("_fft_r2c",),
    "nn.functional.adaptive_avg_pool2d": ("_adaptive_avg_pool2d",),
    "nn.functional.conv1d": ("convolution",),
    "nn.functional.conv2d": ("convolution",),
    "nn.functional.conv_transpose1d": ("convolution",),
    "nn.functional.conv_transpose2d": ("convolution",),
    "nn.functional.linear": ("addmm", "mm"),
    "nn.functional.pad": (
        "reflection_pad1d",
        "reflection_pad2d",
        "reflection_pad3d",
        "replication_pad1d",
        "replication_pad2d",
        "replication_pad3d",
    ),
    "pdist": ("_pdist_forward",),
    "to": ("_to_copy",),
}
See = Callable[[Any, Sequence[Any], Mapping[str, Any]], None]


class Watched(TorchDispatchMode):
    """Tells every call of ATen before it is made."""

    def __init__(self, see: See) -> None:
        super().__init__()
        self.see = see

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.see(func, args, kwargs or {})
        return func(*args, **(kwargs or {}))


def run_samples(wanted: Mapping[str, Operator], see: See) -> None:
    """Run the samples of the operators that may lead to wanted ones."""
    bases = {operator.base for operator in wanted.values()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for info in op_db:
            if bases & set(reached(info)):
                for dtype in DTYPES:
                    if dtype in info.supported_dtypes("cpu"):
                        run(info, dtype, see)


def reached(info: Any) -> Iterator[str]:
    """Return the base names of operators that the samples may lead to."""
    plain = info.name.rpartition(".")[2]
    for name in {plain, info.aten_name or plain, *LEADS_TO.get(info.name, ())}:
        yield from (name, f"{name}_copy", f"_{name}", f"{name}_")


def run(info: Any, dtype: torch.dtype, see: See) -> None:
    """Run the samples of one operator and dtype; what ATen refuses ends it."""
    torch.manual_seed(0)
    try:
        for sample in info.sample_inputs("cpu", dtype, requires_grad=False):
            with Watched(see), torch.no_grad():
                info.op(sample.input, *sample.args, **sample.kwargs)
    except (RuntimeError, NotImplementedError, TypeError, IndexError):
        return
