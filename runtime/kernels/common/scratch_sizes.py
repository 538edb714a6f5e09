"""Writes products and convolutions of many forms, and the scratch memory that temp_memory.py says they ask for.

scratch_test.cpp asks the functions themselves. Knows no kernels.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from temp_memory import Convolution, Product, convolution_bytes, gemm_bytes

COUNT = 400
SIZES = (1, 2, 3, 5, 8, 9, 16, 17, 31, 64, 100, 333)
PLANES = (1, 2, 5, 8, 17, 32)


def main() -> None:
    """Write the header named on the command line."""
    numbers = random.Random(11)  # noqa: S311 - cases of a test.
    lines = ["// Forms, and the bytes that are asked for: without vectors, and by MVE.", *_products(numbers)]
    Path(sys.argv[1]).write_text("\n".join([*lines, *_convolutions(numbers), ""]), encoding="utf-8")


def _products(numbers: random.Random) -> Iterator[str]:
    yield "inline constexpr ProductCase kProducts[] = {"
    for _ in range(COUNT):
        rows, columns, depth = (numbers.choice((*SIZES, 5000)) for _ in range(3))
        a = numbers.choice([(depth, 1), (1, rows)])
        b = numbers.choice([(columns, 1), (1, depth)])
        product = Product(rows, columns, depth, a, b)
        asked = (gemm_bytes(product, ""), gemm_bytes(product, "mve"))
        yield f"    {{{', '.join(map(str, (rows, columns, depth, *a, *b, *asked)))}}},"
    yield "};"


def _convolutions(numbers: random.Random) -> Iterator[str]:
    yield "inline constexpr ConvolutionCase kConvolutions[] = {"
    for _ in range(COUNT):
        shape = _convolution(numbers)
        asked = (convolution_bytes(shape, ""), convolution_bytes(shape, "mve"))
        pairs = (shape.channels, shape.given, shape.made, shape.kernel, shape.stride, shape.padding, shape.dilation)
        words = (shape.batch, shape.groups, *(each for pair in pairs for each in pair), int(shape.is_transposed))
        yield f"    {{{', '.join(map(str, (*words, *shape.given_steps, *shape.made_steps, *asked)))}}},"
    yield "};"


def _convolution(numbers: random.Random) -> Convolution:
    groups = numbers.choice((1, 1, 2, 8, 40))
    inner, outer = numbers.choice(((1, 1), (1, 2), (3, 5), (64, 1), (40, 16)))
    channels = (groups * inner, groups * outer)
    kernel, stride, dilation = (_pair(numbers, most) for most in ((1, 1, 3, 5), (1, 1, 2), (1, 1, 2)))
    padding = (numbers.choice((0, kernel[0] // 2)), numbers.choice((0, kernel[1] // 2)))
    is_transposed = numbers.random() < 1 / 5
    given = _pair(numbers, PLANES)
    made = given if is_transposed else ((given[0] - 1) // stride[0] + 1, (given[1] - 1) // stride[1] + 1)
    is_last = numbers.random() < 1 / 3
    steps = [_steps(many, size, is_last=is_last) for many, size in zip(channels, (given, made), strict=True)]
    sizes = (channels, given, made, kernel, stride, padding, dilation)
    return Convolution(numbers.choice((1, 3)), groups, *sizes, is_transposed, steps[0], steps[1])


def _pair(numbers: random.Random, values: tuple[int, ...]) -> tuple[int, int]:
    return numbers.choice(values), numbers.choice(values)


def _steps(channels: int, size: tuple[int, int], *, is_last: bool) -> tuple[int, int, int]:
    return (1, size[1] * channels, channels) if is_last else (size[0] * size[1], size[1], 1)


if __name__ == "__main__":
    main()
