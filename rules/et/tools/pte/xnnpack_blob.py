"""Names the nodes of a blob that the XNNPACK backend made; knows nothing of the program around it."""

from __future__ import annotations

from pte.flatbuffer import UINT8, UINT32, Bytes, Flatbuffer, InvalidProgram

BACKEND = "XnnpackBackend"
HEADER_BYTES = 30
NODE_KINDS = (
    "none", "add", "fully_connected", "softmax", "sigmoid", "static_transpose", "clamp", "conv2d", "div",
    "static_resize_bilinear_2d", "static_constant_pad", "avg_pooling_2d", "minimum", "depthwise_conv2d",
    "max_pooling_2d", "multiply", "subtract", "floor", "convert", "global_avg_pooling_2d", "static_reshape",
    "argmax_pooling_2d", "square_root", "ceiling", "hardswish", "leaky_relu", "maximum", "negate", "square", "elu",
    "abs", "prelu", "concatenate2", "concatenate3", "concatenate4", "static_slice", "scaled_dot_product_attention",
    "batch_matrix_multiply", "concatenate5", "conv_transpose2d", "reciprocal_square_root", "log", "gelu", "tanh",
    "exp", "sin", "copy", "cos",
)  # fmt: skip


def node_kinds(data: Bytes, start: int, size: int) -> tuple[str, ...] | None:
    """Return the kinds of the blob's nodes in their sequence, None where it is of no known form."""
    try:
        return _kinds(data, start, size)
    except InvalidProgram:
        # A blob is the backend's own: another version of it is no fault of the program.
        return None


def _kinds(data: Bytes, start: int, size: int) -> tuple[str, ...] | None:
    head = Flatbuffer(data, start, size)
    head.check(0, HEADER_BYTES, "the header")
    if bytes(data[start + 4 : start + 8]) != b"XH00":
        return None
    offset, length = head.scalar(UINT32, 10, "the offset"), head.scalar(UINT32, 14, "the size")
    head.check(offset, length, "the graph")
    tags = [node.integer(0, UINT8) for node in Flatbuffer(data, start + offset, length).root().tables(1)]
    return tuple(NODE_KINDS[tag] if tag < len(NODE_KINDS) else f"kind {tag}" for tag in tags)
