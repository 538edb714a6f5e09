"""Writes recorded calls as the file that calls_file.h describes; knows nothing of operators.

The same calls give the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

import torch
from call import DTYPES, Argument, Call, Kind, Output, dim_order

MAGIC = b"ETCALLS1"


def write_calls(path: Path, calls: Iterable[Call]) -> None:
    """Write them by their operators' names; those of one operator stay in order."""
    encoded = [encode_call(call) for call in sorted(calls, key=lambda call: call.operator)]
    path.write_bytes(MAGIC + struct.pack("<Q", len(encoded)) + b"".join(encoded))


def encode_call(call: Call) -> bytes:
    """Return the call's bytes, their length first."""
    name = padded(call.operator.encode() + b"\0")
    counts = struct.pack("<HHI", len(name), len(call.arguments), call.compare | (256 if call.signed_zeros else 0))
    body = counts + struct.pack("<dd", call.tolerance.rtol, call.tolerance.atol) + name
    body += b"".join(encode_argument(argument) for argument in call.arguments)
    return struct.pack("<Q", len(body) + 8) + body


def encode_argument(argument: Argument) -> bytes:  # noqa: PLR0911 -- one a kind
    """Return the argument's bytes: kind and count, then what it holds."""
    content = argument.content
    match argument.kind:
        case Kind.NONE:
            return head(argument.kind, 0)
        case Kind.INT | Kind.BOOL:
            return head(argument.kind, 1) + struct.pack("<q", content)
        case Kind.DOUBLE:
            return head(argument.kind, 1) + struct.pack("<d", content)
        case Kind.STRING:
            return head(argument.kind, len(content.encode())) + padded(content.encode() + b"\0")
        case Kind.INTS | Kind.RETURNED:
            return head(argument.kind, len(content)) + struct.pack(f"<{len(content)}q", *content)
        case Kind.DOUBLES:
            return head(argument.kind, len(content)) + struct.pack(f"<{len(content)}d", *content)
        case Kind.BOOLS:
            return head(argument.kind, len(content)) + padded(bytes(content))
        case Kind.TENSOR:
            return head(argument.kind, 1) + (encode_output(content) if isinstance(content, Output) else encode(content))
    return head(argument.kind, len(content)) + b"".join(encode_argument(each) for each in content)


def encode(tensor: torch.Tensor) -> bytes:
    """Return an input's bytes."""
    content = content_of(tensor)
    return form(tensor.dtype, tensor.shape, dim_order(tensor), flags=0) + lengths(content, b"") + padded(content)


def encode_output(output: Output) -> bytes:
    """Return an output's bytes: its form before the call, then the sizes and content that are expected."""
    before = b"" if output.before is None else content_of(output.before)
    expected, order = output.expected, dim_order(output.expected)
    if output.before is not None and dim_order(output.before) != order:
        expected = output.expected.contiguous()
        order = dim_order(expected)
        before = content_of(output.before.contiguous())
    after = content_of(expected)
    flags = 1 | (output.dynamism << 2) | (2 if output.before is not None else 0)
    sizes = struct.pack(f"<{expected.dim()}i", *expected.shape)
    described = form(expected.dtype, output.room or expected.shape, order, flags) + padded(sizes)
    return described + lengths(before, after) + padded(before) + padded(after)


def form(dtype: torch.dtype, sizes: Iterable[int], order: tuple[int, ...], flags: int) -> bytes:
    """Return dtype, rank, flags, sizes and order of dimensions."""
    described = struct.pack("<BBBBI", DTYPES[dtype], len(order), flags, 0, 0)
    return described + padded(struct.pack(f"<{len(order)}i", *sizes)) + padded(bytes(order))


def content_of(tensor: torch.Tensor) -> bytes:
    """Return the elements' bytes, in the order in which they lie in memory."""
    dense = tensor.detach().resolve_conj().resolve_neg()
    dense = dense.permute(dim_order(tensor)).contiguous().reshape(-1)
    return dense.view(torch.uint8).numpy().tobytes() if dense.numel() else b""


def lengths(first: bytes, second: bytes) -> bytes:
    """Return the lengths of two contents."""
    return struct.pack("<QQ", len(first), len(second))


def head(kind: Kind, count: int) -> bytes:
    """Return what each argument begins with."""
    return struct.pack("<II", kind, count)


def padded(content: bytes) -> bytes:
    """Return it, up to a multiple of eight bytes."""
    return content + b"\0" * (-len(content) % 8)
