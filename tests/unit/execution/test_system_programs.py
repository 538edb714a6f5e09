"""SystemPrograms: another version of a compiler is another key; what lacks is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from etbuild.execution.system_programs import NotInstalledError, SystemPrograms


@pytest.fixture
def machine(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "info").mkdir()
    program(tmp_path, "cc", "compile")
    (tmp_path / "info" / "gcc.md5sums").write_text("0123  usr/bin/cc\n")
    return SystemPrograms(tmp_path / "cache", (f"{tmp_path}/bin",), f"{tmp_path}/info")


def program(folder: Path, name: str, text: str) -> None:
    path = folder / "bin" / name
    path.write_text(text)
    path.chmod(0o755)


def test_a_changed_program_or_package_is_another_digest(machine, tmp_path):
    first = machine.installed(("cc",), ("gcc",))
    assert machine.installed(("cc",), ("gcc",)) == first
    program(tmp_path, "cc", "compile better")
    second = machine.installed(("cc",), ("gcc",))
    (tmp_path / "info" / "gcc.md5sums").write_text("4567  usr/bin/cc\n")
    third = machine.installed(("cc",), ("gcc",))
    assert len({first.digest, second.digest, third.digest, machine.installed((), ()).digest}) == 4


def test_a_link_stands_for_the_program_it_leads_to(machine, tmp_path):
    (tmp_path / "bin" / "c++").symlink_to("cc")
    before = machine.installed(("c++",), ())
    program(tmp_path, "cc", "compile better")
    assert machine.installed(("c++",), ()).digest != before.digest


def test_all_that_was_looked_at_is_told(machine, tmp_path):
    assert {f"{tmp_path}/bin/cc", f"{tmp_path}/info/gcc.md5sums", "/bin/sh"} <= set(
        machine.installed(("cc",), ("gcc",)).read
    )


@pytest.mark.parametrize(
    ("programs", "packages", "lacking"), [(("cc", "ld"), (), "ld"), ((), ("gcc", "binutils"), "binutils")]
)
def test_what_is_not_installed_is_named(machine, programs, packages, lacking):
    with pytest.raises(NotInstalledError, match=f"^{lacking}$"):
        machine.installed(programs, packages)


def test_a_machine_without_dpkg_is_known_by_its_programs(machine, tmp_path):
    elsewhere = SystemPrograms(machine.cache, machine.folders, f"{tmp_path}/none")
    assert elsewhere.installed(("cc",), ("gcc",)) == elsewhere.installed(("cc",), ())
