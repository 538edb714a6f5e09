from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from etbuild.execution.fetch import unpack as module
from etbuild.execution.fetch.unpack import strip_prefix, unpack
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


def test_a_prefix_is_stripped_and_what_is_beside_it_left_out(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"package/x": "1", "other/y": "2", "packages/z": "3"})
    unpack(archive, tmp_path / "out", strip_prefix("package/"))
    assert tree(tmp_path / "out") == {"x": "1"}


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
        ([("x", tarfile.LNKTYPE, "/etc/passwd")], "it is a hard link"),
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
