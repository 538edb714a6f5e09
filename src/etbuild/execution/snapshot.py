"""Writes the snapshot that `up_to_date` checks. Knows nothing of what the files mean."""

from __future__ import annotations

import marshal
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from etbuild.model.action import ActionGraph
from etbuild.model.graph import reachable
from etbuild.up_to_date import OUTPUT, SOURCE, header, stat_hash

_RACE_NS = 20_000_000
"""File systems stamp times by a clock that may stand up to this long."""


@dataclass(frozen=True, slots=True)
class Watched:
    """All that the answer to a request depends on."""

    sources: tuple[str, ...]
    """Files that were read, and folders whose listing was used: absolute paths."""
    absent: tuple[str, ...]
    """Paths that were looked for and are not there."""
    outputs: tuple[str, ...] = field(default=())
    """Files in the output tree."""


def watch(paths: Iterable[str], outputs: Iterable[str]) -> Watched:
    """Sort paths into those that are there and those that are not."""
    there: list[str] = []
    absent: list[str] = []
    for path in dict.fromkeys(paths):
        (there if os.path.lexists(path) else absent).append(path)
    return Watched(tuple(there), tuple(absent), tuple(outputs))


def source_locations(graph: ActionGraph) -> list[str]:
    """Return the places of all sources that actions read."""
    sets = reachable([action.inputs for action in graph.actions], lambda one: one.transitive)
    return [artifact.location for one in sets for artifact in one.direct if artifact.is_source]


def own_files() -> list[str]:
    """Return etbuild's own modules: a change of the tool may change any answer."""
    return [str(path) for path in sorted(Path(__file__).parents[1].rglob("*.py"))]


def write_snapshot(path: Path, request: tuple[object, ...], watched: Watched, text: str, since_ns: int) -> bool:
    """Write a snapshot, unless something changed after `since_ns`, when loading began: what was read is not known then."""
    root = str(path.parents[3]) + "/"
    sources = [_below(root, each) for each in watched.sources]
    outputs = [_below(root, each) for each in watched.outputs]
    before = os.getcwd()
    try:
        os.chdir(root)
        stats = [os.stat(each) for each in sources]
        if any(max(stat.st_mtime_ns, stat.st_ctime_ns) > since_ns - _RACE_NS for stat in stats):
            return False
        hashes = hash(tuple(map(SOURCE, stats))), stat_hash(outputs, OUTPUT)
    except OSError:
        return False
    finally:
        os.chdir(before)
    absent = [_below(root, each) for each in watched.absent]
    write_checked(path, (request, sources, hashes[0], absent, outputs, hashes[1], text))
    return True


def write_checked(path: Path, value: object) -> None:
    """Write a value so that a reader sees all of it or nothing."""
    body = marshal.dumps(value)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft.write_bytes(header(body, zlib.crc32(body)) + body)
    draft.replace(path)


def _below(root: str, path: str) -> str:
    return path[len(root) :] or "." if path.startswith(root) else path
