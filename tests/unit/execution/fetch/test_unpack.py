from __future__ import annotations

import contextlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from etbuild.execution.fetch import unpack as module
from etbuild.execution.fetch.prefix import Prefix, unpack_below, without_first_folder
from etbuild.execution.fetch.unpack import unpack
from etbuild.model.diagnostics import EtbuildError
from tests.package_index import names_in, tree


def make_zip(path: Path, members: dict[str, str], modes: dict[str, int] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (modes or {}).get(name, 0o100644) << 16
            archive.writestr(info, text)
    return path


def make_tar(path: Path, *members: tuple[str, bytes, str]) -> Path:
    """Write members of (name, type, text or target)."""
    with tarfile.open(path, "w:gz") as archive:
        for name, kind, text in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.mode = 0o755 if name.endswith(".sh") else 0o644
            if kind == tarfile.REGTYPE:
                info.size = len(text)
                archive.addfile(info, io.BytesIO(text.encode()))
            else:
                info.linkname = text
                archive.addfile(info)
    return path


def test_files_come_out_read_only_with_their_executable_bit(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tgz", ("d/x.sh", tarfile.REGTYPE, "run"), ("d/y", tarfile.REGTYPE, "text"))
    unpack(archive, tmp_path / "out")
    assert tree(tmp_path / "out") == {"d/x.sh": "run", "d/y": "text"}
    assert [(tmp_path / "out/d" / name).stat().st_mode & 0o777 for name in ("x.sh", "y")] == [0o555, 0o444]


def test_zip_and_tar_agree(tmp_path: Path) -> None:
    unpack(make_zip(tmp_path / "a.zip", {"d/x": "1", "d/e/y": "2"}), tmp_path / "zip")
    unpack(make_tar(tmp_path / "a.tgz", ("d/x", b"0", "1"), ("d/e", b"5", ""), ("d/e/y", b"0", "2")), tmp_path / "tar")
    assert tree(tmp_path / "zip") == tree(tmp_path / "tar") == {"d/x": "1", "d/e/y": "2"}


@pytest.mark.parametrize("folder", ["package", "package/", "./package", "/package"])
def test_a_prefix_is_stripped_and_what_is_beside_it_left_out(tmp_path: Path, folder: str) -> None:
    archive = make_zip(tmp_path / "a.zip", {"package/x": "1", "other/y": "2", "packages/z": "3"})
    prefix = Prefix(folder)
    unpack(archive, tmp_path / "out", prefix)
    assert tree(tmp_path / "out") == {"x": "1"}
    assert prefix.beside == {"other", "packages"}


def test_a_first_folder_may_have_any_name(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"ms/x": "1", "ms/d/y": "2", "beside": "3"})
    unpack(archive, tmp_path / "out", without_first_folder)
    assert tree(tmp_path / "out") == {"x": "1", "d/y": "2"}


def test_a_tar_file_that_ends_with_a_zip_file_is_a_tar_file(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "inner.zip", {"inner.txt": "inner"})
    archive = tmp_path / "a.tar"
    with tarfile.open(archive, "w") as opened:
        opened.add(inner, "p-1/weights.zip")
    unpack(archive, tmp_path / "out")
    assert names_in(tmp_path / "out/p-1") == ["weights.zip"]


def test_a_zip_file_behind_a_program_is_a_zip_file(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"x": "1"})
    archive.write_bytes(b"#!/bin/sh\n" * 100 + archive.read_bytes())
    unpack(archive, tmp_path / "out")
    assert tree(tmp_path / "out") == {"x": "1"}


def test_hard_links_become_files(tmp_path: Path) -> None:
    members = [("p/x.sh", b"0", "1"), ("q/y", tarfile.LNKTYPE, "p/x.sh"), ("q/z", tarfile.LNKTYPE, "./q/y")]
    archive = make_tar(tmp_path / "a.tgz", *members)
    unpack(archive, tmp_path / "out", Prefix("q"))
    assert tree(tmp_path / "out") == {"y": "1", "z": "1"}
    assert (tmp_path / "out/z").stat().st_mode & 0o777 == 0o555


@pytest.mark.parametrize(
    "members",
    [
        [("a", b"0", "file"), ("a", tarfile.SYMTYPE, "e"), ("e", b"0", "last")],
        [("a", tarfile.SYMTYPE, "f"), ("a", tarfile.SYMTYPE, "e"), ("e", b"0", "last")],
        [("a", tarfile.SYMTYPE, "e"), ("e", b"0", "linked"), ("a", b"0", "last")],
    ],
)
def test_of_several_members_of_a_name_the_last_counts(tmp_path: Path, members) -> None:
    unpack(make_tar(tmp_path / "a.tgz", *members), tmp_path / "out")
    assert (tmp_path / "out/a").read_text() == "last"


def below(archive: Path, folder: Path, prefix: str) -> None:
    """Unpack as a repository with a `strip_prefix` does."""
    unpack_below(lambda *to: unpack(archive, *to), archive.name, folder, Prefix(prefix))


def test_a_link_to_what_is_beside_the_prefix_becomes_that(tmp_path: Path) -> None:
    archive = make_tar(
        tmp_path / "a.tgz",
        ("LICENSE", b"0", "terms"),
        ("common/inc/c.h", b"0", "c"),
        ("p/a", b"0", "a"),
        ("p/inside", tarfile.SYMTYPE, "a"),
        ("p/LICENSE", tarfile.SYMTYPE, "../LICENSE"),
        ("p/inc", tarfile.SYMTYPE, "../common/inc"),
        ("p/there_and_back", tarfile.SYMTYPE, "../p/a"),
        ("other", tarfile.SYMTYPE, "LICENSE"),
    )
    below(archive, tmp_path / "out", "p")
    found = {"LICENSE": "terms", "a": "a", "inc/c.h": "c", "inside": "a", "there_and_back": "a"}
    assert tree(tmp_path / "out") == found
    assert [path.name for path in (tmp_path / "out").iterdir() if path.is_symlink()] == ["inside"]
    assert names_in(tmp_path) == ["a.tgz", "out"]


@pytest.mark.parametrize("target", ["../none", "..", "../loops", "../../out", "/etc/passwd"])
def test_a_link_from_the_prefix_to_nothing_that_can_be_copied_is_refused(tmp_path: Path, target: str) -> None:
    loops = [("loops/x", tarfile.SYMTYPE, ".")]
    archive = make_tar(tmp_path / "a.tgz", ("p/a", b"0", "1"), ("p/l", tarfile.SYMTYPE, target), *loops)
    with pytest.raises(EtbuildError) as error:
        below(archive, tmp_path / "out/inner", "p")
    [diagnostic] = error.value.diagnostics
    assert diagnostic.message == f"'a.tgz' is not unpacked: of 'p/l', it links out, to '{target}'"


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([("a", b"0", ""), ("a/b", b"0", "")], "of 'a/b', a name is that of a folder and of something else"),
        ([("a", b"0", ""), ("a/b/c", b"0", "")], "of 'a/b/c', a name is that of a folder and of something else"),
        ([("a/b", b"0", ""), ("a", b"0", "")], "of 'a', a name is that of a folder and of something else"),
        (
            [("d", tarfile.SYMTYPE, "e"), ("d/x", b"0", ""), ("e/y", b"0", "")],
            "of 'd', a name is that of a folder and of something else",
        ),
        ([("x" * 300, b"0", "")], f"of '{'x' * 300}', a name is too long"),
        ([("x", tarfile.SYMTYPE, "")], "of 'x', a link has no target"),
    ],
)
def test_what_no_folder_can_hold_is_told(tmp_path: Path, members, why: str) -> None:
    archive = make_tar(tmp_path / "a.tgz", *members)
    with pytest.raises(EtbuildError) as error:
        unpack(archive, tmp_path / "out")
    [diagnostic] = error.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == ("bad-archive", f"'a.tgz' cannot be unpacked: {why}")


def test_names_and_links_may_be_any_bytes(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tgz", "w:gz", errors="surrogateescape") as opened:
        opened.addfile(tarfile.TarInfo("a\udce9"))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        link = zipfile.ZipInfo("l")
        link.external_attr = 0o120777 << 16
        zipped.writestr(link, b"\xe9")
    for name in ("a.tgz", "a.zip"):
        unpack(tmp_path / name, tmp_path / "out")
    assert names_in(tmp_path / "out") == ["a\udce9", "l"]
    assert (tmp_path / "out/l").readlink() == Path("\udce9")


@pytest.mark.parametrize(
    ("patches", "why"),
    [
        ([("PK\3\4", 6, 1), ("PK\1\2", 8, 1)], "'x' needs a password"),
        ([("PK\3\4", 8, 99), ("PK\1\2", 10, 99)], "That compression method is not supported"),
    ],
)
def test_a_zip_file_that_needs_more_than_there_is_is_told(tmp_path: Path, patches, why: str) -> None:
    archive = make_zip(tmp_path / "a.zip", {"x": "1"})
    content = bytearray(archive.read_bytes())
    for mark, at, value in patches:
        content[content.find(mark.encode()) + at] = value
    archive.write_bytes(content)
    with pytest.raises(EtbuildError) as error:
        unpack(archive, tmp_path / "out")
    assert error.value.diagnostics[0].message == f"'a.zip' cannot be unpacked: {why}"


def test_what_is_no_archive_is_shown(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_text("<html>not found</html>")
    with pytest.raises(EtbuildError) as error:
        unpack(tmp_path / "a.tgz", tmp_path / "out")
    assert error.value.diagnostics[0].message == (
        "'a.tgz' cannot be unpacked: it is neither a tar nor a zip file that is whole, it begins with "
        "b'<html>not found</htm'"
    )


def test_every_flipped_byte_is_read_or_is_one_clear_error(tmp_path: Path) -> None:
    for kind in ("w", "w:gz", "w:bz2", "w:xz"):
        archive = tmp_path / "a.tar"
        with tarfile.open(archive, kind) as opened:
            for name in ("p/a", "p/b"):
                info = tarfile.TarInfo(name)
                info.size = 300
                opened.addfile(info, io.BytesIO(name.encode() * 100))
        unpack_flipped(archive, tmp_path / kind[2:])
    unpack_flipped(make_zip(tmp_path / "a.zip", {"p/a": "a" * 300, "p/l": "a"}, {"p/l": 0o120777}), tmp_path / "zip")


def unpack_flipped(archive: Path, folder: Path) -> None:
    content = archive.read_bytes()
    for at in range(0, len(content), 1 + len(content) // 150):
        for byte in (0, content[at] ^ 0xFF):
            archive.write_bytes(content[:at] + bytes([byte]) + content[at + 1 :])
            with contextlib.suppress(EtbuildError):  # Anything else that it raises fails the test.
                unpack(archive, folder / f"{at}.{byte}")


def test_links_inside_stay_links(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tgz", ("lib/a.so", tarfile.SYMTYPE, "a.so.1"), ("lib/a.so.1", b"0", "elf"))
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out/lib/a.so").read_text() == "elf"


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([("../x", b"0", "1")], "its name leads out of the folder"),
        ([("a/../../x", b"0", "1")], "its name leads out of the folder"),
        ([("/etc/x", b"0", "1")], "its name leads out of the folder"),
        ([("a\\..\\x", b"0", "1")], "its name leads out of the folder"),
        ([("x", tarfile.SYMTYPE, "/etc/passwd")], "it links out, to '/etc/passwd'"),
        ([("d/x", tarfile.SYMTYPE, "../../y")], "it links out, to '../../y'"),
        ([("d/x", tarfile.SYMTYPE, ".."), ("d/y", tarfile.SYMTYPE, "x/..")], "it links out, to 'x/..'"),
        ([("x", tarfile.LNKTYPE, "/etc/passwd")], "it is a hard link to '/etc/passwd', which is not before it"),
        ([("x", tarfile.CHRTYPE, "")], "it is a device"),
        ([("x", tarfile.FIFOTYPE, "")], "it is a device"),
    ],
)
def test_what_leaves_the_folder_is_refused(tmp_path: Path, members, why: str) -> None:
    archive = make_tar(tmp_path / "a.tgz", *members)
    with pytest.raises(EtbuildError) as error:
        unpack(archive, tmp_path / "out/inner")
    [diagnostic] = error.value.diagnostics
    assert diagnostic.code == "unsafe-archive"
    assert diagnostic.message == f"'a.tgz' is not unpacked: of '{members[-1][0]}', {why}"
    assert tree(tmp_path / "out") == {}


def test_no_file_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    archive = make_tar(tmp_path / "a.tgz", ("d", tarfile.SYMTYPE, str(tmp_path / "victim")), ("d/x", b"0", "1"))
    with pytest.raises((EtbuildError, FileExistsError)):
        unpack(archive, tmp_path / "out")
    assert names_in(tmp_path / "victim") == []


def test_a_link_in_a_zip_is_checked_too(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"x": "../other"}, {"x": 0o120777})
    with pytest.raises(EtbuildError, match="it links out"):
        unpack(archive, tmp_path / "out")


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROOM", 1000)
    archive = make_zip(tmp_path / "a.zip", {"x": "0" * 1_000_000})
    with pytest.raises(EtbuildError, match="it unpacks to absurdly much"):
        unpack(archive, tmp_path / "out")
    assert tree(tmp_path).keys() == {"a.zip"}


def test_every_truncation_is_one_clear_error(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"x": "1" * 500, "y": "2" * 500})
    content = archive.read_bytes()
    for length in range(0, len(content), 7):
        archive.write_bytes(content[:length])
        with pytest.raises(EtbuildError) as error:
            unpack(archive, tmp_path / "out")
        assert error.value.diagnostics[0].code == "bad-archive"
