"""Folders to write to: what the system refuses in one is the user's mistake. Knows not what they are for."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from etbuild.model.diagnostics import Diagnostic, EtbuildError

_REFUSALS = frozenset(
    {errno.EACCES, errno.EEXIST, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EPERM, errno.EROFS}
)


@contextmanager
def usable(folder: Path, hint: str, what: str = "", code: str = "folder-unusable") -> Iterator[None]:
    """Turn what the system refuses in `folder`, or on the way to it, into the user's diagnostic."""
    try:
        yield
    except OSError as error:
        named = [
            Path(os.fsdecode(name)) for name in (error.filename2, error.filename) if isinstance(name, (str, bytes))
        ]
        places = [place for place in named if place.is_relative_to(folder) or folder.is_relative_to(place)]
        # That a file is not there tells of the folder only if it cannot be made, as in /proc.
        refused = error.errno in _REFUSALS or (error.errno == errno.ENOENT and not os.path.lexists(folder))
        if not places or not refused:
            raise
        found = "is a file" if os.path.isfile(folder) else f"is not: '{places[0]}': {error.strerror}"
        message = f"{what}'{folder}' must be a folder that can be written, {found}"
        raise EtbuildError(Diagnostic(code, message, hint=hint)) from error


def usable_cache(cache: Path) -> AbstractContextManager[None]:
    """Do the same for a cache."""
    return usable(cache, "choose another with --cache-dir or ETBUILD_CACHE", "the cache ", "cache-unusable")
