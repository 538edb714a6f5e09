"""What is said of a program's kernels: operators, their functions, objects and dtypes. Asks nobody."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Actions = Sequence[Mapping[str, Any]]
DTYPES = {
    0: "uint8",
    1: "int8",
    2: "int16",
    3: "int32",
    4: "int64",
    5: "float16",
    6: "float32",
    7: "float64",
    11: "bool",
    8: "complex32",
    9: "complex64",
    10: "complex128",
    15: "bfloat16",
    27: "uint16",
    28: "uint32",
    29: "uint64",
}
"""By ExecuTorch's numbers."""
_ENTRY = re.compile(r'Kernel\("([^"]+)", ::([\w:]+)\)')
_OBJECT = re.compile(r"(?:^|/)_cc/[^/]+/[0-9a-f]{16}/(all|[0-9a-f]+)/(?:.*/)?([^/]+\.o)$")
"""Where the object of a kernel's source is made: below the dtypes that it is compiled for."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel of a program."""

    operator: str
    function: str
    """Of C++, with its namespaces."""
    object: str
    """The name of its object, such as `op_add.cpp.o`; empty if nothing says so."""
    dtypes: tuple[str, ...]
    """Those that it is compiled for; empty for all."""


def read_kernels(text: str) -> tuple[Kernel, ...]:
    """Return the kernels that an image's rule has written down."""
    return tuple(
        Kernel(each["operator"], each["function"], each["object"], _dtypes(each["dtypes"])) for each in json.loads(text)
    )


def kernels_of(actions: Actions, read: Callable[[str], bytes | None]) -> tuple[Kernel, ...]:
    """Return the kernels that a program's tables name; `read` gives a source file, None if there is none."""
    masks = dict(_masks(actions))
    sources = dict(_sources(actions, read))
    found = {}
    for operator, function in _tables(actions):
        name = f"{sources.get(operator, '').rpartition('/')[2]}.o"
        made = next((each for each in (name, f"boxed_{name}") if each in masks), "")
        found[operator] = Kernel(operator, function, made, _dtypes(masks.get(made, "all")))
    return tuple(found[operator] for operator in sorted(found))


def objects_of_kernels(actions: Actions) -> frozenset[str]:
    """Return the names of all objects that are compiled for kernels, those that they share among them."""
    return frozenset(name for name, _ in _masks(actions))


def _masks(actions: Actions) -> Iterator[tuple[str, str]]:
    for action in actions:
        for output in action["outputs"] if action["mnemonic"] == "CcCompile" else ():
            if found := _OBJECT.search(output):
                yield found[2], found[1]


def _sources(actions: Actions, read: Callable[[str], bytes | None]) -> Iterator[tuple[str, str]]:
    for action in actions:
        if action["mnemonic"] != "EtSelectKernels":
            continue
        places = dict(action["places"])
        for path in action["inputs"]:
            content = read(places.get(path, path)) if path.endswith(".toml") else None
            for operator, entry in tomllib.loads((content or b"").decode()).items():
                if isinstance(entry, dict) and "source" in entry:
                    yield operator, str(entry["source"])


def _tables(actions: Actions) -> Iterator[tuple[str, str]]:
    for action in actions:
        if action["mnemonic"] == "EtWrite":
            for word in action["argv"]:
                yield from _ENTRY.findall(word)


def _dtypes(mask: str) -> tuple[str, ...]:
    if mask == "all":
        return ()
    bits = int(mask, 16)
    return tuple(DTYPES.get(bit, str(bit)) for bit in range(bits.bit_length()) if bits >> bit & 1)
