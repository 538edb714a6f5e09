from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etbuild.loading.lock_file import parse_lock, read_lock, render_lock, stale_environment
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.lock import EnvironmentIntent, LockedFile, LockFile, normalise_name

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
FILES = st.builds(
    LockedFile,
    name=TEXT,
    version=TEXT,
    filename=st.from_regex(r"[a-z0-9+_.-]*[a-z][a-z0-9+_-]*(/[a-z]+\.json)?", fullmatch=True),
    size=st.integers(0, 1 << 50),
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
)
WORDS = st.lists(TEXT, max_size=3).map(tuple)
FILE = LockedFile("click", "8.5.1", "click-8.5.1-py3-none-any.whl", 126163, "8b" * 32)


@given(st.lists(FILES, max_size=5, unique=True), WORDS, WORDS, WORDS, st.randoms())
def test_what_is_written_is_read_and_order_does_not_show(files, requirements, without, platforms, rng: random.Random):
    text = render_lock(LockFile(tuple(files), requirements, without, platforms))
    assert parse_lock(text, "x.lock") == LockFile(tuple(sorted(files)), requirements, without, platforms)
    rng.shuffle(files)
    assert render_lock(LockFile(tuple(files), requirements, without, platforms)) == text


def test_a_lock_reads_as_one_line_a_file_without_an_address() -> None:
    text = render_lock(LockFile((FILE,), ("click",)))
    assert text.splitlines()[1:] == [
        "format = 1",
        f'resolved = "{LockFile((FILE,), ("click",)).resolution}"',
        "requirements = [",
        '  "click",',
        "]",
        "files = [",
        f"  {FILE.line()},",
        "]",
    ]
    assert FILE.line() == (
        '{ name = "click", version = "8.5.1", filename = "click-8.5.1-py3-none-any.whl", size = 126163, '
        f'sha256 = "{"8b" * 32}" }}'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("files = [", "must be TOML, is not"),
        ("", "must have format = 1, has none"),
        ("format = 2", "must have format = 1, has 2"),
        ('format = 1\nfiles = ["a"]', "'files' must be a list of tables, is ['a']"),
        ("format = 1\nfiles = 3", "'files' must be a list of tables, is 3"),
        ("format = 1\nrequirements = 3", "'requirements' must be a list of texts, is 3"),
        ("format = 1\nwithout = [3]", "'without' must be a list of texts, is [3]"),
        ("format = 1\nfiles = [{ name = 'a' }]", "each file must have 'version', is missing"),
        (render_lock(LockFile((LockedFile("a", "1", "a.whl", 1, "ABC"),))), "must be 64 hexadecimal digits, is 'ABC'"),
        (render_lock(LockFile((LockedFile("a", "1", "../a.whl", 1, "0" * 64),))), "must stay in its folder"),
        (render_lock(LockFile((LockedFile("a", "1", "/a.whl", 1, "0" * 64),))), "must stay in its folder"),
        (render_lock(LockFile((LockedFile("a", "1", "", 1, "0" * 64),))), "must stay in its folder"),
    ],
)
def test_a_bad_lock_says_what_must_be(text: str, message: str) -> None:
    with pytest.raises(EtbuildError) as error:
        parse_lock(text, "base.lock")
    [diagnostic] = error.value.diagnostics
    assert diagnostic.code == "bad-lock"
    assert diagnostic.message.startswith("base.lock: ")
    assert message in diagnostic.message


def test_what_is_wrong_with_an_environments_lock_is_told() -> None:
    intent, lock = EnvironmentIntent(("click",)), LockFile((FILE,), ("click",))
    assert stale_environment(lock, intent, "base.lock", "//:env") is None
    other = stale_environment(lock, EnvironmentIntent(("clack",)), "base.lock", "//:env")
    assert other is not None
    assert other.message == "'base.lock' must be locked from the requirements of '//:env', is from others"
    lost = parse_lock(render_lock(lock).replace(f"  {FILE.line()},\n", ""), "base.lock")
    torn = stale_environment(lost, intent, "base.lock", "//:env")
    assert torn is not None
    assert torn.message == "the files of 'base.lock' must be those that were resolved together, some are others or lost"
    assert (torn.code, torn.hint) == ("stale-lock", "run `etbuild lock //:env`")


def test_what_is_no_toml_is_told_with_its_place() -> None:
    with pytest.raises(EtbuildError) as error:
        parse_lock('format = 1\nfiles = [\n  { name "a" },\n]\n', "base.lock")
    assert str(error.value).startswith(
        "error[bad-lock]: base.lock: must be TOML, is not: Expected '=' after a key in a key/value pair\n"
        " --> base.lock:3:10\n"
    )


def test_the_marks_of_a_conflict_are_told_as_such() -> None:
    text = 'format = 1\nfiles = [\n<<<<<<< HEAD\n  { name = "a" },\n=======\n  { name = "b" },\n>>>>>>> theirs\n]\n'
    with pytest.raises(EtbuildError) as error:
        parse_lock(text, "base.lock")
    assert str(error.value) == (
        "error[bad-lock]: base.lock: must be merged, holds the marks of a conflict\n"
        " --> base.lock:3:1\n"
        "  |\n"
        "3 | <<<<<<< HEAD\n"
        "  | ^\n"
        "  hint: take either side whole (`git checkout --ours base.lock`, or --theirs); then run `etbuild lock`"
    )


def test_what_cannot_be_read_is_a_bad_lock(tmp_path: Path) -> None:
    path = tmp_path / "base.lock"
    with pytest.raises(FileNotFoundError):
        read_lock(path, "base.lock")
    path.write_bytes(b"format = 1\n# \xff\n")
    with pytest.raises(EtbuildError, match=r"base\.lock: must be UTF-8, is not\n --> base\.lock:2:1"):
        read_lock(path, "base.lock")
    path.unlink()
    path.mkdir()
    with pytest.raises(EtbuildError, match=r"base\.lock: must be a file that can be read: Is a directory"):
        read_lock(path, "base.lock")


@pytest.mark.parametrize("name", ["ruamel.yaml", "Ruamel_YAML", "ruamel--yaml"])
def test_names_are_compared_as_indexes_do(name: str) -> None:
    assert normalise_name(name) == "ruamel-yaml"
