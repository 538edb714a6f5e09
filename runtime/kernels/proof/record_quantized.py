"""Records calls of the operators of `quantized_decomposed`, with the answers of their Python definitions.

record_quantized.py OUT

`add`, `mixed_mm` and `mixed_linear` have no definition there: what the package's library for export answers is
recorded, but for products of Half, which it sums up in Half; these are of float64.
Left out: what is NaN or beyond the range when it becomes 32 bits, as PyTorch's answer is the processor's.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from call import Call, Tolerance
from calls_file import write_calls
from defined_calls import EXTREMES, Calls, Numbers, layouts, like
from executorch.exir.passes import _quant_patterns_and_replacements  # noqa: F401 -- defines the embeddings
from executorch.kernels import quantized  # noqa: F401 -- has add, mixed_mm and mixed_linear
from torch.ao.quantization.fx import _decomposed  # noqa: F401 -- defines the rest

QUANTIZED = (torch.int8, torch.uint8, torch.int16, torch.uint16, torch.int32)
FLOATS = (torch.float32, torch.float16, torch.bfloat16)
SIZES: tuple[tuple[int, ...], ...] = ((), (1,), (7,), (0, 3), (3, 5), (2, 3, 4), (2, 3, 4, 5), (9, 33))
OPS = torch.ops.quantized_decomposed


def limits(dtype: torch.dtype) -> tuple[int, int]:
    """Return what is quantized to: for 32 bits, what a float holds exactly."""
    return (-(2**24), 2**24) if dtype == torch.int32 else (torch.iinfo(dtype).min, torch.iinfo(dtype).max)


def per_tensor(calls: Calls, numbers: Numbers) -> None:
    """Record (de)quantize_per_tensor."""
    for sizes, dtype, source in itertools.product(SIZES, QUANTIZED, FLOATS):
        least, most = limits(dtype)
        zero = 3 if least == 0 else -5
        for x in layouts(numbers.extreme(*sizes, dtype=source)):
            same = {"quant_min": least, "quant_max": most, "dtype": dtype}
            given = {"input": x, "scale": 0.037, "zero_point": zero, **same}
            calls.ask("quantize_per_tensor.out", OPS.quantize_per_tensor.default, given)
            tensors = {"scale": torch.tensor([0.037], dtype=torch.float64), "zero_point": torch.tensor([zero])}
            calls.ask("quantize_per_tensor.Tensor_out", OPS.quantize_per_tensor.tensor, {**given, **tensors})
            q = like(numbers.wholes(*sizes, dtype=dtype), x)
            for wanted in (None, source, torch.float64):
                back = {**given, "input": q, "out_dtype": wanted}
                calls.ask("dequantize_per_tensor.out", OPS.dequantize_per_tensor.default, back)
            tensors = {"scale": torch.tensor([0.037]), "zero_point": torch.tensor([zero], dtype=torch.int32)}
            back = {**given, **tensors, "input": q, "out_dtype": source}
            calls.ask("dequantize_per_tensor.Tensor_out", OPS.dequantize_per_tensor.tensor, back)
    for scale, zero, least, most in ((1.0, 0, -128, 127), (1e-40, 0, -128, 127), (3e38, 7, -8, 7), (0.5, -128, 3, 3)):
        given = {"input": torch.tensor(EXTREMES), "scale": scale, "zero_point": zero, "quant_min": least}
        given |= {"quant_max": most, "dtype": torch.int8}
        calls.ask("quantize_per_tensor.out", OPS.quantize_per_tensor.default, given)
    given = {"input": torch.tensor([float("nan"), 1.0]), "scale": 1.0, "zero_point": 3, "quant_min": 0, "quant_max": 99}
    for dtype in QUANTIZED[:-1]:
        calls.ask("quantize_per_tensor.out", OPS.quantize_per_tensor.default, {**given, "dtype": dtype})


def per_channel(calls: Calls, numbers: Numbers) -> None:
    """Record (de)quantize_per_channel."""
    kinds = (
        (torch.float32, torch.int64),
        (torch.float32, torch.int32),
        (torch.float64, torch.int64),
        (torch.float32, torch.float32),
        (torch.float32, torch.int8),
    )
    sizes = tuple(each for each in SIZES if len(each) > 0)
    for shape, dtype, (of_scale, of_zero) in itertools.product(sizes, QUANTIZED, kinds):
        if dtype == torch.uint16:
            continue  # PyTorch promotes it with no other.
        least, most = limits(dtype)
        for axis in sorted({-1, 0, min(1, len(shape) - 1)}):
            channels = shape[axis]
            scales = numbers.scales(channels, dtype=of_scale)
            zeros = numbers.wholes(channels, dtype=torch.int64, least=0, most=9).to(of_zero)
            for x in layouts(numbers.extreme(*shape, dtype=FLOATS[axis % 3])):
                given = {"input": x, "scales": scales, "zero_points": zeros, "axis": axis, "quant_min": least}
                given |= {"quant_max": most, "dtype": dtype}
                calls.ask("quantize_per_channel.out", OPS.quantize_per_channel.default, given)
                q = like(numbers.wholes(*shape, dtype=dtype), x)
                for wanted, some in ((None, zeros), (torch.float16, zeros), (torch.float64, None)):
                    back = {**given, "input": q, "out_dtype": wanted, "zero_points": some}
                    calls.ask("dequantize_per_channel.out", OPS.dequantize_per_channel.default, back)


def per_token(calls: Calls, numbers: Numbers) -> None:
    """Record choose_qparams*, and (de)quantize_per_token."""
    sizes = ((1, 1), (1, 33), (3, 5), (7,), (2, 3, 4), (2, 3, 4, 5), (0, 4))
    for shape, dtype in itertools.product(sizes, (*FLOATS, torch.float64)):
        for x in (numbers.floats(*shape, dtype=dtype), numbers.floats(*shape).abs().to(dtype) / 1e4):
            operator = OPS.choose_qparams_per_token_asymmetric.default
            calls.ask("choose_qparams_per_token_asymmetric.out", operator, {"input": x, "dtype": torch.int8})
            if dtype in FLOATS and x.numel():
                for least, most, wanted in ((-128, 127, torch.int8), (0, 255, torch.uint8), (-8, 7, torch.int8)):
                    given = {"input": x, "quant_min": least, "quant_max": most, "eps": 1e-5, "dtype": wanted}
                    calls.ask("choose_qparams.Tensor_out", OPS.choose_qparams.tensor, given)
            scales, zeros = operator(x, torch.int8)
            for of_scale, of_zero in ((torch.float64, torch.int64), (torch.float32, torch.int32)):
                given = {"input": x, "scales": scales.to(of_scale), "zero_points": zeros.to(of_zero)}
                given |= {"quant_min": -128, "quant_max": 127, "dtype": torch.int8}
                calls.ask("quantize_per_token.out", OPS.quantize_per_token.default, given)
                for wanted in (torch.float32, dtype):
                    back = {**given, "input": numbers.wholes(*shape, dtype=torch.int8), "output_dtype": wanted}
                    calls.ask("dequantize_per_token.out", OPS.dequantize_per_token.default, back)


def embeddings(calls: Calls, numbers: Numbers) -> None:
    """Record the embeddings of 8, 4 and 2 bits."""
    tables = (("byte", 1, -128, 127, torch.int8), ("byte", 1, 0, 255, torch.uint8))
    packed = (("4bit", 2, -8, 7, torch.uint8), ("2bit", 4, -2, 1, torch.uint8))
    for (name, per, least, most, dtype), groups in itertools.product((*tables, *packed), (0, 1, 2, 4)):
        for of_scale, has_zeros, shape in itertools.product(FLOATS, (False, True), ((3,), (2, 2), (0,), ())):
            rows, width = 6, 32
            scales = numbers.scales(rows, *([groups] if groups else []), dtype=of_scale)
            zeros = torch.round(numbers.floats(*scales.shape)).to(of_scale) if has_zeros else None
            given = {
                "weight": numbers.wholes(rows, width // per, dtype=dtype),
                "weight_scales": scales,
                "weight_zero_points": zeros,
                "weight_quant_min": least,
                "weight_quant_max": most,
                "indices": numbers.wholes(*shape, dtype=torch.int64, least=0, most=rows - 1),
            }
            operator = getattr(OPS, f"embedding_{name}")
            calls.ask(f"embedding_{name}.out", operator.default, given)
            small = {**given, "indices": given["indices"].int()}
            for wanted in FLOATS:
                calls.ask(f"embedding_{name}.dtype_out", operator.dtype, {**small, "dtype": wanted})


def products(calls: Calls, numbers: Numbers) -> None:
    """Record mixed_linear and mixed_mm."""
    for rows, depth, columns in ((1, 1, 1), (3, 4, 5), (1, 96, 70), (7, 130, 33), (2, 64, 3)):
        for dtype, wanted in ((torch.float32, None), (torch.float16, None), (torch.float16, torch.float32)):
            x = numbers.floats(rows, depth).clamp(-3, 3).to(dtype)
            near = Tolerance(rtol=4 * torch.finfo(wanted or dtype).eps, atol=1e-4)
            for groups in [0, 2] if depth % 2 == 0 else [0]:
                weight = numbers.wholes(columns, depth, dtype=torch.int8)
                scales = numbers.scales(columns, *([groups] if groups else []), dtype=dtype)
                given = {"input": x, "weight": weight, "weight_scales": scales, "weight_zero_points": None}
                given |= {"dtype": wanted}
                parts = scales.double().reshape(columns, -1, 1)
                dequantized = (weight.double().reshape(columns, parts.shape[1], -1) * parts).reshape(columns, depth)
                result = (x.double() @ dequantized.T).to(wanted or dtype)
                if dtype == torch.float32:
                    result = OPS.mixed_linear.out(**given, out=torch.empty_like(result))
                calls.add("mixed_linear.out", given, result, near)
            if wanted is None:
                weight, scales = numbers.wholes(depth, columns, dtype=torch.int8), numbers.scales(depth, dtype=dtype)
                given = {"input": x, "weight": weight, "weight_scales": scales, "weight_zero_points": None}
                result = (x.double() @ (weight.double() * scales.double().unsqueeze(1))).to(dtype)
                if dtype == torch.float32:
                    result = OPS.mixed_mm.out(**given, out=torch.empty_like(result))
                calls.add("mixed_mm.out", given, result, near)


def sums(calls: Calls, numbers: Numbers) -> None:
    """Record add."""
    for sizes in SIZES:
        for scale, zero, most in ((0.1, 7, 255), (0.03, 128, 255), (1.0, 0, 127)):
            a, b = (numbers.wholes(*sizes, dtype=torch.uint8) for _ in range(2))
            given: dict[str, Any] = {"a": a, "b": b, **affine("a", 0.031, 3, 255), **affine("b", 0.071, 200, 255)}
            given |= affine("out", scale, zero, most)
            calls.add("add.out", given, OPS.add.out(**given, out=torch.empty(sizes, dtype=torch.uint8)))


def affine(name: str, scale: float, zero: int, most: int) -> Mapping[str, float]:
    """Return the arguments of one tensor of add."""
    return {f"{name}_scale": scale, f"{name}_zero_point": zero, f"{name}_quant_min": 0, f"{name}_quant_max": most}


def recorded() -> Sequence[Call]:
    """Return all calls."""
    calls, numbers = Calls.of_file("kernels/quantized/quantized.yaml"), Numbers()
    for family in (per_tensor, per_channel, per_token, embeddings, products, sums):
        family(calls, numbers)
    return calls.made


if __name__ == "__main__":
    write_calls(Path(sys.argv[1]), recorded())
