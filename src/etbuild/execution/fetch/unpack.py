"""Unpacks archives without running anything and without leaving the folder. Knows not where they came from."""

from __future__ import annotations

import gzip
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen

Placer = Callable[[str], str | None]
"""Says where a member goes, relative to the folder; None leaves it out."""

MAX_MEMBERS = 1_000_000
_ROOM = 1 << 30
_MAX_RATIO = 100
"""An archive may unpack to a GiB, or to so many times its size: weights and code stay far below, bombs far above."""
_CHUNK = 1 << 20


@frozen
class Member:
    """A file, folder or link of what is unpacked."""

    name: str
    size: int
    kind: str
    """`file`, `folder`, `link` or what else it is."""
    executable: bool = False
    target: str = ""
    open: Callable[[], IO[bytes] | None] = lambda: None


def unpack(archive: Path, folder: Path, place: Placer = lambda name: name) -> None:
    """Unpack a zip or tar file into `folder`; refuse what could write outside of it or fill the disk."""
    try:
        with _members(archive) as members:
            unpack_members(members, archive.name, archive.stat().st_size, folder, place)
    except (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError) as error:
        raise EtbuildError(Diagnostic("bad-archive", f"'{archive.name}' cannot be unpacked: {error}")) from error


def strip_prefix(prefix: str) -> Placer:
    """Keep what is below the folder `prefix`, and drop that name."""
    lead = prefix.strip("/") + "/" if prefix.strip("/") else ""
    return lambda name: name[len(lead) :] or None if name.startswith(lead) else None


def unpack_members(members: Iterable[Member], what: str, packed: int, folder: Path, place: Placer) -> None:
    """Write `members` of `what`, which is `packed` bytes large, below `folder`; refuse what `unpack` refuses."""
    left = max(_ROOM, _MAX_RATIO * packed)
    links: list[tuple[Path, str]] = []
    for count, member in enumerate(members):
        left -= member.size
        if left < 0 or count >= MAX_MEMBERS:
            raise _refused(what, member.name, "it unpacks to absurdly much")
        name = place(_safe(what, member.name))
        if name is None or member.kind == "folder":
            continue
        path = folder / _safe(what, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if member.kind == "file":
            _write(path, member)
        elif member.kind == "link":
            links.append((path, member.target))
        else:
            raise _refused(what, member.name, f"it is a {member.kind}")
    # Links come last, so that no file is written through one.
    for path, target in links:
        path.symlink_to(target)
    for path, target in links:
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
            for link, _ in links:
                link.unlink()
            raise _refused(what, str(path.relative_to(folder)), f"it links out, to '{target}'")


def _write(path: Path, member: Member) -> None:
    mode = 0o555 if member.executable else 0o444
    path.unlink(missing_ok=True)
    source = member.open()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        while source is not None and (chunk := source.read(_CHUNK)):
            file.write(chunk)


def _safe(what: str, name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name or "\\" in name:
        raise _refused(what, name, "its name leads out of the folder")
    return str(path)


def _refused(what: str, name: str, why: str) -> EtbuildError:
    return EtbuildError(Diagnostic("unsafe-archive", f"'{what}' is not unpacked: of '{name}', {why}"))


@contextmanager
def _members(archive: Path) -> Iterator[Iterator[Member]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            yield (_zip_member(opened, info) for info in opened.infolist())
    else:
        with tarfile.open(archive) as opened_tar:
            yield (_tar_member(opened_tar, info) for info in opened_tar)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    mode = info.external_attr >> 16
    if info.is_dir():
        return Member(info.filename, 0, "folder")
    if stat.S_ISLNK(mode):
        return Member(info.filename, info.file_size, "link", target=archive.read(info).decode())
    kind = "file" if stat.S_IFMT(mode) in {0, stat.S_IFREG} else "device"
    return Member(info.filename, info.file_size, kind, bool(mode & 0o111), open=lambda: archive.open(info))


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    if info.isfile():
        return Member(info.name, info.size, "file", bool(info.mode & 0o111), open=lambda: archive.extractfile(info))
    kind = "folder" if info.isdir() else "link" if info.issym() else "hard link" if info.islnk() else "device"
    return Member(info.name, 0, kind, target=info.linkname)
