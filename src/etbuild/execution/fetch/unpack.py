"""Unpacks archives without running anything and without leaving the folder. Knows not where they came from."""

from __future__ import annotations

import errno
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen, replace

Placer = Callable[[str], str | None]
"""Says where a member goes, relative to the folder; None leaves it out."""

MAX_MEMBERS = 1_000_000
_ROOM = 1 << 30
_MAX_RATIO = 100
"""An archive may unpack to a GiB, or to so many times its size: weights and code stay far below, bombs far above."""
_CHUNK = 1 << 20
_ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_ENCRYPTED = 1
_LIBRARIES = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError)
_UNREADABLE = (*_LIBRARIES, EOFError, RuntimeError, ValueError, LookupError, OSError)
"""What the libraries say of damage; RuntimeError of a method of packing that they do not know."""
_OF_DAMAGE = (None, errno.EINVAL)
"""What an OSError has for number then: bzip2's has none, a zip file's may seek before its begin."""
_BOTH = "a name is that of a folder and of something else"
_NO_PLACE = {
    errno.EEXIST: _BOTH,
    errno.EISDIR: _BOTH,
    errno.ENOTDIR: _BOTH,
    errno.ENAMETOOLONG: "a name is too long",
    errno.ENOENT: "a link has no target",
}


class LinksOutError(EtbuildError):
    """A link leads out of the folder."""


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
    except _UNREADABLE as error:
        if isinstance(error, OSError) and error.errno not in _OF_DAMAGE:
            raise
        raise _bad(archive.name, str(error)) from error


def unpack_members(members: Iterable[Member], what: str, packed: int, folder: Path, place: Placer) -> None:
    """Write `members` of `what`, which is `packed` bytes large, below `folder`; refuse what `unpack` refuses."""
    left = max(_ROOM, _MAX_RATIO * packed)
    links: dict[Path, str] = {}
    for count, member in enumerate(members):
        left -= member.size
        if left < 0 or count >= MAX_MEMBERS:
            raise _refused(what, member.name, "it unpacks to absurdly much")
        name = place(_safe(what, member.name))
        if name is None or member.kind == "folder":
            continue
        path = folder / _safe(what, name)
        with _placed(what, member.name):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Of several members of a name, the last one counts.
            path.unlink(missing_ok=True)
            links.pop(path, None)
            if member.kind == "file":
                _write(path, member)
            elif member.kind == "link":
                links[path] = member.target
            else:
                raise _refused(what, member.name, f"it is a {member.kind}")
    _link(what, folder, links)


def _link(what: str, folder: Path, links: Mapping[Path, str]) -> None:
    # Links come last, so that no file is written through one.
    for path, target in links.items():
        with _placed(what, str(path.relative_to(folder))):
            path.symlink_to(target)
    for path, target in links.items():
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
            for link in links:
                link.unlink()
            raise links_out(what, str(path.relative_to(folder)), target)


@contextmanager
def _placed(what: str, name: str) -> Iterator[None]:
    """Say of which member it is that the file system cannot have it."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_PLACE:
            raise
        raise _bad(what, f"of '{name}', {_NO_PLACE[error.errno]}") from error


def _write(path: Path, member: Member) -> None:
    mode = 0o555 if member.executable else 0o444
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


def links_out(what: str, name: str, target: str) -> LinksOutError:
    """Return the mistake of a link that leads out."""
    return LinksOutError(*_refused(what, name, f"it links out, to '{target}'").diagnostics)


def _bad(what: str, why: str) -> EtbuildError:
    return EtbuildError(Diagnostic("bad-archive", f"'{what}' cannot be unpacked: {why}"))


@contextmanager
def _members(archive: Path) -> Iterator[Iterator[Member]]:
    with archive.open("rb") as file:
        begins = file.read(20)
    # Its end alone makes none: a tar file may end with a zip file that it holds. A program that unpacks itself has one.
    is_tar = not begins.startswith(_ZIP) and tarfile.is_tarfile(archive)
    if is_tar:
        with tarfile.open(archive) as opened_tar:
            yield _tar_members(opened_tar)
    elif begins.startswith(_ZIP) or zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            yield (_zip_member(opened, info) for info in opened.infolist())
    else:
        raise _bad(archive.name, f"it is neither a tar nor a zip file that is whole, it begins with {begins!r}")


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    mode = info.external_attr >> 16
    if info.flag_bits & _ENCRYPTED:
        raise _bad(Path(str(archive.filename)).name, f"'{info.filename}' needs a password")
    if info.is_dir():
        return Member(info.filename, 0, "folder")
    if stat.S_ISLNK(mode):
        return Member(info.filename, info.file_size, "link", target=os.fsdecode(archive.read(info)))
    kind = "file" if stat.S_IFMT(mode) in {0, stat.S_IFREG} else "device"
    return Member(info.filename, info.file_size, kind, bool(mode & 0o111), open=lambda: archive.open(info))


def _tar_members(archive: tarfile.TarFile) -> Iterator[Member]:
    met: dict[PurePosixPath, Member] = {}
    for info in archive:
        member = _tar_member(archive, info)
        if info.islnk():  # It is another name of what came before: a copy.
            first = met.get(PurePosixPath(info.linkname))
            kind = f"hard link to '{info.linkname}', which is not before it"
            member = replace(first, name=info.name) if first else Member(info.name, 0, kind)
        met[PurePosixPath(info.name)] = member
        yield member


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    if info.isfile():
        return Member(info.name, info.size, "file", bool(info.mode & 0o111), open=lambda: archive.extractfile(info))
    kind = "folder" if info.isdir() else "link" if info.issym() else "device"
    return Member(info.name, 0, kind, target=info.linkname)
