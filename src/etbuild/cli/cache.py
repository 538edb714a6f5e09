"""The verb `cache`: its size, and what is collected as garbage."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from etbuild.cli.flags import CACHE, settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, some_settings
from etbuild.cli.output import show_result
from etbuild.cli.wording import counted, size
from etbuild.execution.collect_garbage import (
    FolderFigures,
    cache_figures,
    collect_garbage,
    folder_size,
    make_room,
)
from etbuild.execution.store import Store
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import replace

_SIZES = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_TIMES = {"h": 3_600, "d": 86_400, "w": 604_800}
_MOST = 1 << 62
"""More than any disk has bytes or any clock seconds, and less than what the database can hold."""


@click.group(short_help="Tell what the cache holds, or make room.")
def cache() -> None:
    """Tell what the cache holds, or make room in it."""


@cache.command
@some_settings(CACHE)
@json_option
@click.pass_obj
def info(invocation: Invocation, /, as_json: bool, **flags: Any) -> int:
    """Tell where the cache is and how much it holds."""
    with _store(_cache(invocation, flags)) as store:
        figures = cache_figures(store)
        tool = folder_size(store.cache / "tool")
        folder = str(store.cache)
    table = asdict(figures)
    lines = [
        folder,
        f"  results       {figures.results:,} in a database of {size(figures.database_bytes)}",
        f"  blobs         {figures.blobs:,}, {size(figures.bytes)}; oldest use {figures.oldest_days} days ago",
        *(f"  {kind:<13} {f.count}, {size(f.bytes)}{_oldest(f)}" for kind, f in figures.folders.items()),
        f"  {'tool':<13} {size(tool)}",
    ]
    show_result({"folder": folder, **table, "tool_bytes": tool}, lines, as_json=as_json)
    return 0


@cache.command
@click.option("--max-size", metavar="SIZE", help="Keep at most so much, such as 20G.")
@click.option("--max-age", metavar="AGE", help="Remove what was not used for so long, such as 30d.")
@some_settings(CACHE)
@json_option
@click.pass_obj
def gc(invocation: Invocation, /, max_size: str | None, max_age: str | None, as_json: bool, **flags: Any) -> int:
    """Remove what was not used for longest: results, environments, repositories.

    Builds may go on meanwhile; none is broken by it. Environments and repositories that
    were used within a day stay.
    """
    if not (max_size or max_age):
        raise click.UsageError("say how much to keep: --max-size=20G, --max-age=30d, or both")
    limits = _amount(max_size, _SIZES, "20G"), _amount(max_age, _TIMES, "30d")
    folder = _cache(invocation, flags)
    room = make_room(folder)
    with _store(folder) as store:
        collected = collect_garbage(store, *limits)
    collected = replace(collected, blobs=collected.blobs + room.blobs, bytes=collected.bytes + room.bytes)
    folders = ((collected.environments, "environment", ""), (collected.repositories, "repository", "repositories"))
    more = "".join(f", {counted(*each)}" for each in folders if each[0])
    line = f"removed {counted(collected.blobs, 'blob')}{more}, {size(collected.bytes)}"
    show_result(collected, [line], as_json=as_json)
    return 0


def _cache(invocation: Invocation, flags: dict[str, Any]) -> Path:
    cache = Path(settings_of(invocation, flags).cache)
    if flags.get("cache_dir") and not any(
        os.path.lexists(cache / name) for name in ("store.db", "environments", "repositories", "tool")
    ):
        message = f"'{cache}' must be a cache, is none"
        raise EtbuildError(Diagnostic("no-cache", message, hint="the first build with this --cache-dir makes it"))
    return cache


@contextmanager
def _store(cache: Path) -> Iterator[Store]:
    store = Store.open(cache)
    try:
        yield store
    finally:
        store.close()


def _amount(text: str | None, units: dict[str, int], example: str) -> int | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]?)(?:i?B)?", text)
    unit = found[2] if found else ""
    unit = unit if unit in units else unit.upper()
    if found is None or unit not in units:
        raise click.UsageError(f"an amount such as {example} is wanted, is '{text}'")
    return int(min(float(found[1]) * units[unit], _MOST))


def _oldest(figures: FolderFigures) -> str:
    return f"; oldest use {figures.oldest_days} days ago" if figures.count else ""
