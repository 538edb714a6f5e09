"""ExecutionRoot: what one action left is nothing that the next one sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from etbuild.execution.execution_root import ExecutionRoot, Input
from etbuild.model.action import OutputFile
from etbuild.model.digest import digest_of


class Farm:
    """A root, and sources to fill it with."""

    def __init__(self, folder: Path) -> None:
        self.root = ExecutionRoot(folder / "0")
        self.sources = folder / "sources"
        self.sources.mkdir()

    def source(self, path: str, content: str, *, executable: bool = False) -> Input:
        """Return an input that is a source of this content, at `path`."""
        location = self.sources / str(len(list(self.sources.iterdir())))
        location.write_text(content)
        return path, OutputFile(digest_of(content.encode()), executable), str(location)

    def fill(self, *inputs: Input) -> dict[str, str]:
        """Give the root these inputs; return what is in it by path."""
        assert self.root.fill(inputs, (), lambda _digest, _executable: None, link=False) == []
        top = Path(self.root.path)
        return {str(path.relative_to(top)): path.read_text() for path in top.rglob("*") if path.is_file()}


@pytest.fixture
def farm(tmp_path: Path) -> Farm:
    return Farm(tmp_path)


@pytest.mark.parametrize("texts", [("long text", "short"), ("short", "long text"), ("same.", "equal"), ("some", "")])
def test_a_copied_source_takes_the_file_of_one_that_is_gone(farm: Farm, texts: tuple[str, str]) -> None:
    farm.fill(farm.source("p/one", texts[0]))
    before = Path(farm.root.path, "p/one").stat().st_ino
    assert farm.fill(farm.source("q/two", texts[1], executable=True)) == {"q/two": texts[1]}
    after = Path(farm.root.path, "q/two").stat()
    assert (after.st_ino, after.st_mode & 0o777) == (before, 0o555)
    assert not Path(farm.root.path, "p").exists()


def test_a_file_may_stand_where_a_folder_was_and_the_reverse(farm: Farm) -> None:
    assert farm.fill(farm.source("a/b", "1")) == {"a/b": "1"}
    assert farm.fill(farm.source("a", "2")) == {"a": "2"}
    assert farm.fill(farm.source("a/b", "3"), farm.source("c", "4")) == {"a/b": "3", "c": "4"}


def test_what_an_action_linked_to_elsewhere_is_not_written_over(farm: Farm, tmp_path: Path) -> None:
    farm.fill(farm.source("a", "kept"))
    (tmp_path / "elsewhere").hardlink_to(f"{farm.root.path}/a")
    farm.root.sweep(("",))
    assert farm.fill(farm.source("b", "other")) == {"b": "other"}
    assert (tmp_path / "elsewhere").read_text() == "kept"


def test_what_an_action_changed_is_copied_again(farm: Farm) -> None:
    one = farm.source("a", "right")
    farm.fill(one)
    copy = Path(farm.root.path, "a")
    copy.chmod(0o644)
    copy.write_text("wrong")
    farm.root.sweep(("",))
    assert farm.fill(one) == {"a": "right"}
