"""Words the C++ of what methods were proven with: calls as tables that point into the files held. Reads no files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from image.names import identifier
from image.recorded_calls import INT64, Call, Place, Proof

CALLS = (
    "namespace programs {",
    "",
    "// A tensor: its elements, in read-only memory, and its sizes.",
    "struct Bytes {",
    "  const void* data;",
    "  size_t size;",
    "  const int32_t* sizes;",
    "  size_t rank;",
    "};",
    "",
    "// A call of a method's proof, and what its graph gave for it. Of a decoder, whose calls are one text, also the",
    "// token that must come next: an int64.",
    "struct Call {",
    "  const Bytes* inputs;",
    "  size_t input_count;",
    "  const Bytes* expected;",
    "  size_t expected_count;",
    "  const void* token;",
    "};",
    "",
    "}  // namespace programs",
)
"""What a header with proofs declares for all of them."""
PROVEN = (
    "namespace programs {",
    "",
    "// A method that was proven, for whoever runs all of an image.",
    "struct Proven {",
    "  const uint8_t* data;",
    "  size_t size;",
    "  const char* program;",
    "  const char* method;",
    "  executorch::runtime::MemoryManager* (*memory)();",
    "  executorch::runtime::Span<const Call> (*calls)();",
    "  size_t temp_bytes;  // On a board: the most that a call asks for of temporary memory.",
    "};",
    "",
    "executorch::runtime::Span<const Proven> proven();",
    "",
    "}  // namespace programs",
)
"""What it declares of all of them together."""


def proven(methods: Sequence[tuple[str, str, int]]) -> Iterator[str]:
    """Yield the definition of `proven`: programs, methods and the temporary memory that these ask for."""
    yield from (
        "",
        "namespace programs {",
        "",
        "Span<const Proven> proven() {",
        "  static constexpr Proven kProven[] = {",
    )
    for program, method, asked in methods:
        yield f'      {{etbuild_program_{program}, {program}::size, "{program}", "{method}",'
        name = f"{program}::{identifier(method)}"
        yield f"       {name}::memory, {name}::calls, {asked}}},"
    yield from ("  };", f"  return {{kProven, size_t{{{len(methods)}}}}};", "}", "", "}  // namespace programs")


def recorded_calls(symbol: str, proof: Proof) -> Iterator[str]:
    """Yield what `proof` holds, as arrays; `symbol` is the linker's name of its program."""
    name = identifier(proof.method)
    tensors = {
        what: [place for call in proof.calls for place in getattr(call, what)] for what in ("inputs", "expected")
    }
    everything = [*tensors["inputs"], *tensors["expected"]]
    yield from ("", "namespace {", "")
    sizes: dict[tuple[int, ...], int] = {}
    for place in everything:
        sizes.setdefault(place.sizes, sum(map(len, sizes)))
    yield f"const int32_t {name}_sizes[] = {{{', '.join(str(size) for each in sizes for size in each) or '0'}}};"
    positions = max((place.offset // INT64 + 1 for place in everything if place.source == "positions"), default=0)
    if positions:
        yield f"const int64_t {name}_positions[] = {{{', '.join(map(str, range(positions)))}}};"
    for what, places in tensors.items():
        yield f"const programs::Bytes {name}_{what}[] = {{"
        for place in places:
            rank = len(place.sizes)
            yield f"    {{{_data(symbol, name, place)}, {place.nbytes}, {name}_sizes + {sizes[place.sizes]}, {rank}}},"
        yield from (*(() if places else ("    {},",)), "};")
    yield f"const programs::Call {name}_calls[] = {{"
    yield from _entries(symbol, name, proof.calls)
    yield from ("};", "", "}  // namespace", "")
    yield (f"Span<const programs::Call> {name}::calls() {{ return {{{name}_calls, size_t{{{len(proof.calls)}}}}}; }}")


def _entries(symbol: str, name: str, calls: Sequence[Call]) -> Iterator[str]:
    given = wanted = 0
    for call in calls:
        token = _data(symbol, name, call.token) if call.token else "nullptr"
        words = f"{name}_inputs + {given}, {len(call.inputs)}, {name}_expected + {wanted}, {len(call.expected)}"
        yield f"    {{{words}, {token}}},"
        given, wanted = given + len(call.inputs), wanted + len(call.expected)


def _data(symbol: str, name: str, place: Place) -> str:
    if place.source == "positions":
        return f"{name}_positions + {place.offset // INT64}"
    return f"{symbol}_{name}_{place.source} + {place.offset}"
