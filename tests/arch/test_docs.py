"""Documents name files, targets, platforms, verbs and flags that exist. Nothing is built here."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from etbuild.analysis.platforms import platform_label
from etbuild.cli.verbs import VERBS, cli
from etbuild.loading.declared import declared_targets
from etbuild.loading.workspace import load_workspace
from etbuild.model.label import parse_pattern

ROOT = Path(__file__).resolve().parents[2]
TRACKED = subprocess.run(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT, check=True, capture_output=True, text=True,
).stdout.split("\0")  # fmt: skip
DOCUMENTS = [name for name in TRACKED if name.endswith(".md")]
FOLDERS = tuple(sorted({f"{name.partition('/')[0]}/" for name in TRACKED if "/" in name}))
FAMILY_VERBS = ("ide", "inspect", "diff", "size")


def text_of(document: str) -> str:
    return re.sub(r"\s*\\\n\s*", " ", (ROOT / document).read_text(encoding="utf-8"))


def named_files(document: str) -> Iterator[str]:
    """Yield what stands in backticks and begins with a folder of the repository, and the targets of links."""
    text = text_of(document)
    for word in re.findall(r"`([\w./-]+)`", text):
        if word.startswith(FOLDERS) or ("/" not in word and word.endswith(".md")):
            yield word
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target:
            yield str((Path(document).parent / target).as_posix())


def commands() -> Iterator[str]:
    """Yield each document's command lines of etbuild, without the `./` of those for this workspace's targets."""
    for document in DOCUMENTS:
        for block, quoted in re.findall(
            r"^    ((?:\./)?etbuild .+)$|`((?:\./)?etbuild [^`\n]+)`", text_of(document), re.MULTILINE
        ):
            command = re.split(r"  +| > ", block or quoted)[0].strip()
            if "…" not in command and " / " not in command and "VERB" not in command:
                yield command


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_a_document_names_are_there(document: str) -> None:
    there = {*TRACKED, *(str(parent) for name in TRACKED for parent in Path(name).parents)}
    beside = str(Path(document).parent)
    missing = [n for n in named_files(document) if not {n.rstrip("/"), f"{beside}/{n}".rstrip("/")} & there]
    assert missing == []


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_a_command_of_a_document_has_a_verb_and_flags_that_exist(command: str) -> None:
    words = shlex.split(command)[1:]
    words = words[: words.index("--")] if "--" in words else words
    verb = words[0] if words[0] in (*VERBS, *FAMILY_VERBS) else "build"
    if words == [verb] and verb != "build":
        return  # Named, not used: it is there.
    if verb in VERBS and "--help" not in words:
        found = cli.get_command(click.Context(cli), verb)
        assert found is not None
        found.make_context(verb, words[1:] if words[0] == verb else words)


@pytest.mark.parametrize("command", sorted(c for c in set(commands()) if re.match(r"\./.*[ =](@etbuild)?//", c)))
def test_targets_and_platforms_of_this_workspace_that_a_command_names_exist(command: str) -> None:
    workspace = load_workspace(ROOT, ROOT)
    words = shlex.split(command.partition(" -- ")[0])
    platforms = [platform_label(word.partition("=")[2], workspace) for word in words if word.startswith("--platform=")]
    named = [word.replace("@etbuild//", "//") for word in words if word.startswith(("//", "@etbuild//"))]
    patterns = [parse_pattern(word) for word in [*named, *(str(label) for label in platforms if label)]]
    assert declared_targets(workspace, patterns, lambda name: pytest.fail(f"no repository is asked for: {name}"))
