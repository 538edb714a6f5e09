"""Patterns and dependencies → the whole graph, and what is wrong with it."""

# ruff: noqa: E501 - texts stand as they are written and told.

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etbuild.model.label import Label, parse_label
from tests.unit.loading.conftest import Tree


def labels(tree: Tree, *patterns: str) -> list[str]:
    return [str(label) for label in tree.load(*patterns).requested]


@pytest.fixture
def small(tree: Tree) -> Tree:
    tree.write(
        {
            "BUILD.toml": "[thing.top]\n",
            "a/BUILD.toml": "[thing.a]\n[thing.x]\n[thing.by_hand]\nmanual = true\n",
            "a/b/BUILD.toml": "[thing.b]\n",
            "c/BUILD.toml": "[thing.c]\n",
            "d/readme.txt": "",
        }
    )
    return tree


PATTERNS = {
    ("//...",): ["//:top", "//a", "//a:x", "//a/b", "//c"],
    ("//a/...",): ["//a", "//a:x", "//a/b"],
    ("//a:all",): ["//a", "//a:x"],
    ("//a:*",): ["//a", "//a:x"],
    ("//a",): ["//a"],
    ("//a:by_hand",): ["//a:by_hand"],
    (":top",): ["//:top"],
    ("//:all", "//a:x"): ["//:top", "//a:x"],
    ("//...", "-//a/..."): ["//:top", "//c"],
    ("//a:all", "-//a:x"): ["//a"],
    ("-//a:x", "//a:all"): ["//a", "//a:x"],
    ("//a/b", "//a/..."): ["//a/b", "//a", "//a:x"],
    ("@test//c",): ["//c"],
}


@pytest.mark.parametrize("patterns", PATTERNS, ids=" ".join)
def test_a_pattern_names_targets_in_a_fixed_order(small: Tree, patterns: tuple[str, ...]) -> None:
    assert labels(small, *patterns) == PATTERNS[patterns]


def test_what_is_named_one_by_one_is_told_apart_from_what_a_pattern_matches(small: Tree) -> None:
    assert small.load("//a:all", "//c").named == {Label("", "c", "c")}
    assert small.load("//c:c", "//...", "-//c").named == frozenset()


@pytest.mark.parametrize("skipped", [".git", "etbuild-out", "nested", "venv", "a/link"])
def test_the_walk_leaves_out_what_is_no_package_of_the_workspace(small: Tree, skipped: str) -> None:
    small.write({"nested/WORKSPACE": 'name = "other"', "venv/pyvenv.cfg": ""})
    if skipped == "a/link":
        (small.root / skipped).symlink_to(small.root / "c")
    else:
        small.write({f"{skipped}/x/BUILD.toml": "[thing\n", f"{skipped}/BUILD.toml": "[thing\n"})
    assert labels(small, "//...") == PATTERNS["//...",]


NOT_FOUND = {
    "//a:ax": ("unknown-target", "no target 'ax' in package '//a'", "did you mean '//a:x'?"),
    "//a:by-hand": ("unknown-target", "no target 'by-hand' in package '//a'", "did you mean '//a:by_hand'?"),
    "//c/a": ("unknown-package", "no package '//c/a': 'c/a' has no BUILD.toml", None),
    "//aa/b": ("unknown-package", "no package '//aa/b': 'aa/b' has no BUILD.toml", "did you mean '//a/b'?"),
    "//nothing/...": ("unknown-package", "'//nothing/...' must match a package, matches none", None),
    "//d/...": ("unknown-package", "'//d/...' must match a package, matches none", None),
    "@etbuildd//x": ("unknown-repository", "WORKSPACE has no repository 'etbuildd'", "did you mean '@etbuild'?"),
    "//c:BUILD.toml": ("unknown-target", "'//c:BUILD.toml' must be a target, is a file", None),
}


@pytest.mark.parametrize("pattern", NOT_FOUND)
def test_a_pattern_that_names_nothing_is_told_with_what_is_close(small: Tree, pattern: str) -> None:
    code, message, hint = NOT_FOUND[pattern]
    [text] = small.mistakes(pattern)
    assert text == f"error[{code}]: {message}" + (f"\n  hint: {hint}" if hint else "")


def test_a_package_whose_target_has_another_name_offers_all_of_them(tree: Tree) -> None:
    tree.write({"a/BUILD.toml": "[thing.other]\n"})
    assert tree.mistakes("//a")[0].endswith("hint: for all targets of the package write '//a:all'")


def test_dependencies_come_before_their_dependents(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": '[thing.a]\ndeps = [":b", ":c"]\n[thing.b]\ndeps = [":c"]\n[thing.c]\nsrcs = ["s.txt", "d/t.txt"]\n',
            "p/s.txt": "",
            "p/d/t.txt": "",
        }
    )
    graph = tree.load("//p:a")
    assert [label.name for label in graph.targets] == ["c", "b", "a"]
    assert graph.files == {
        Label("", "p", "s.txt"): f"{tree.root}/p/s.txt",
        Label("", "p", "d/t.txt"): f"{tree.root}/p/d/t.txt",
    }
    assert graph.read == (f"{tree.root}/p/BUILD.toml",)
    assert graph.probed == (f"{tree.root}/p/d/BUILD.toml",)


def test_a_load_of_one_target_reads_only_the_packages_it_needs(small: Tree) -> None:
    small.write({"broken/BUILD.toml": "[thing"})
    assert labels(small, "//a") == ["//a"]
    assert small.codes("//...") == ["toml-syntax"]


def test_a_long_chain_does_not_end_pythons_stack(tree: Tree) -> None:
    tree.write(
        {"p/BUILD.toml": "[thing.t0]\n" + "".join(f'[thing.t{i}]\nbase = ":t{i - 1}"\n' for i in range(1, 3000))}
    )
    assert len(tree.load("//p:t2999").targets) == 3000


def test_a_name_that_is_neither_target_nor_file_is_marked_where_it_stands(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": '[thing.a]\nsrcs = [\n  "here.txt",\n  "heer.txt",\n]\nbase = ":aa"\n',
            "p/here.txt": "",
        }
    )
    file, target = tree.mistakes()
    assert file == (
        "error[unknown-target]: no target or file 'heer.txt' in package '//p'\n"
        " --> p/BUILD.toml:4:3\n"
        "  |\n"
        '4 |   "heer.txt",\n'
        "  |   ^^^^^^^^^^\n"
        "  hint: did you mean 'here.txt'?"
    )
    assert target.endswith("hint: did you mean '//p:a'?")


def test_a_dependency_on_a_target_with_mistakes_is_not_told_as_missing(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": '[thing.a]\nbase = ":b"\n[thing.b]\ncount = 0\n[thing.c]\ndeps = ["//q:any", "//p:m"]\n'
            '[thing.m.matrix]\nname = "m"\n',
            "q/BUILD.toml": "[",
        }
    )
    assert sorted(tree.codes("//p:all")) == ["bad-matrix", "toml-syntax", "wrong-type"]


def test_a_target_is_visible_in_its_package_and_to_those_it_names(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": """
            [package]
            visibility = ["//q"]
            [thing.a]
            [thing.b]
            visibility = ["//visibility:private"]
            [thing.c]
            visibility = ["//visibility:public"]
            [thing.d]
            deps = [":b"]
        """,
            "q/BUILD.toml": '[thing.q]\ndeps = ["//p:a", "//p:b", "//p:c"]\n',
            "r/BUILD.toml": '[thing.r]\ndeps = ["//p:a", "//p:c"]\n',
        }
    )
    from_q, from_r = tree.mistakes()
    assert from_q == (
        "error[not-visible]: '//p:b' is not visible to '//q': it is to its own package only\n"
        " --> q/BUILD.toml:2:18\n"
        "  |\n"
        '2 | deps = ["//p:a", "//p:b", "//p:c"]\n'
        "  |                  ^^^^^^^\n"
        "  note: it stands at p/BUILD.toml:4:1\n"
        '  hint: add "//q" to its visibility'
    )
    assert from_r.startswith("error[not-visible]: '//p:a' is not visible to '//r': it is to //q:all\n")


def test_toolchains_are_loaded_without_being_asked_for_or_visible(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": "[thing.a]\n[thing.b]\n"})
    graph = tree.load("//p:a", also=("//p:b",))
    assert graph.requested == (Label("", "p", "a"),)
    assert set(graph.targets) == {Label("", "p", "a"), Label("", "p", "b")}


def test_a_toolchain_that_does_not_exist_is_shown_in_workspace(tree: Tree) -> None:
    tree.write(
        {"WORKSPACE": 'name = "test"\nfamilies = ["toy"]\ntoolchains = ["//p:gone"]\n', "p/BUILD.toml": "[thing.a]\n"}
    )
    [text] = tree.mistakes("//p:a", also=("//p:gone",))
    assert text.startswith("error[unknown-target]: no target 'gone' in package '//p'\n --> WORKSPACE:3:15\n")


def test_a_ring_of_targets_is_shown_with_its_path_and_each_of_its_places(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": '[thing.a]\nbase = ":b"\n[thing.b]\ndeps = ["//p:c"]\n[thing.c]\ndeps = [":a"]\n[thing.d]\nbase = ":d"\n',
        }
    )
    ring, own = tree.mistakes()
    assert ring == (
        "error[cycle]: targets must not depend on themselves, do: '//p:a' → '//p:b' → '//p:c' → '//p:a'\n"
        " --> p/BUILD.toml:2:8\n"
        "  |\n"
        '2 | base = ":b"\n'
        "  |        ^^^^\n"
        "  note: '//p:b' names '//p:c' at p/BUILD.toml:4:9\n"
        "  note: '//p:c' names '//p:a' at p/BUILD.toml:6:9"
    )
    assert own.startswith("error[cycle]: targets must not depend on themselves, do: '//p:d' → '//p:d'\n")


def test_another_packages_file_must_be_exported(tree: Tree) -> None:
    tree.write({
        "p/BUILD.toml": '[package]\nexports = ["yes.txt", { glob = ["*.md"] }]\n',
        "p/yes.txt": "", "p/no.txt": "", "p/read.md": "",
        "q/BUILD.toml": '[thing.q]\nsrcs = ["//p:yes.txt", "//p:read.md", "//p:no.txt"]\n',
    })  # fmt: skip
    [text] = tree.mistakes()
    assert text.startswith("error[not-exported]: 'no.txt' of package '//p' is not exported, '//q' must not name it\n")
    assert text.endswith('hint: add "no.txt" to exports of [package] in its BUILD.toml')


def test_a_file_below_another_package_is_that_packages(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": '[thing.a]\nsrcs = ["q/x.txt"]\n', "p/q/BUILD.toml": "", "p/q/x.txt": ""})
    [text] = tree.mistakes()
    assert text.startswith("error[unknown-target]: 'q/x.txt' belongs to package '//p/q'\n --> p/BUILD.toml:2:9\n")
    assert text.endswith("hint: write '//p/q:x.txt'")


@pytest.fixture
def rooted(tree: Tree) -> Tree:
    tree.write(
        {
            "WORKSPACE": 'name = "test"\nfamilies = ["toy"]\n[roots]\n"" = "."\nmodels = "deep/specs"\n"models/far" = "elsewhere"\n',
            "deep/specs/BUILD.toml": "[thing.models]\n",
            "deep/specs/llama/BUILD.toml": "[thing.llama]\n",
            "elsewhere/BUILD.toml": "[thing.far]\n",
            "deep/BUILD.toml": "[thing.deep]\n",
        }
    )
    return tree


def test_roots_map_packages_to_folders_longest_prefix_first(rooted: Tree) -> None:
    assert labels(rooted, "//...") == ["//deep", "//models", "//models/llama", "//models/far"]
    assert labels(rooted, "//models/...") == ["//models", "//models/llama", "//models/far"]
    assert labels(rooted, "//models/far") == ["//models/far"]


def test_a_mapped_folder_is_no_package_under_its_physical_path(rooted: Tree) -> None:
    [text] = rooted.mistakes("//deep/specs/llama")
    assert text == (
        "error[wrong-root]: '//deep/specs/llama' is no package: WORKSPACE maps its folder to '//models/llama'\n"
        "  hint: write '//models/llama'"
    )
    assert rooted.codes("//deep/specs/...") == ["wrong-root"]
    assert labels(rooted, "//deep/...") == ["//deep"]


def test_a_place_below_a_mapped_package_that_nothing_maps_is_not_found(tree: Tree) -> None:
    tree.write({"WORKSPACE": 'name = "test"\nfamilies = ["toy"]\n[roots]\nm = "x"\n', "x/BUILD.toml": "[thing.m]\n"})
    assert labels(tree, "//...") == ["//m"]
    assert tree.codes("//x") == ["unknown-package"]


def test_etbuilds_own_packages_are_known_by_their_roots(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": '[thing.a]\ndeps = ["@etbuild//toolchains/cpu:arm", "@etbuild//models:x86"]\n'})
    graph = tree.load()
    assert parse_label("@etbuild//toolchains/cpu:arm") in graph.targets
    assert graph.read[1:] == (f"{tree.etbuild}/toolchains/cpu/BUILD.toml", f"{tree.etbuild}/specs/BUILD.toml")


def test_in_etbuilds_own_workspace_its_labels_are_the_workspaces(tree: Tree) -> None:
    tree.write(
        {
            "WORKSPACE": 'name = "etbuild"\nfamilies = ["toy"]\n',
            "p/BUILD.toml": '[thing.a]\nbase = "@etbuild//p:b"\nvisibility = ["@etbuild//p"]\n[thing.b]\n',
        }
    )
    graph = tree.load("@etbuild//p:a")
    assert set(graph.targets) == {Label("", "p", "a"), Label("", "p", "b")}
    assert [str(pattern) for pattern in graph.targets[Label("", "p", "a")].visibility] == ["//p:all"]


@pytest.fixture
def fetched(tree: Tree, tmp_path: Path) -> Tree:
    """A workspace with two repositories of files; one has a BUILD.toml in the workspace."""
    for name in ("weights", "photos"):
        (tmp_path / name / "data").mkdir(parents=True)
        (tmp_path / name / "data" / "x.bin").touch()
    tree.repositories = {"weights": tmp_path / "weights", "photos": tmp_path / "photos"}
    repository = '[[repository]]\nname = "{}"\nkind = "pypi"\nversion = "1"\n'
    tree.write({
        "WORKSPACE": 'name = "test"\nfamilies = ["toy"]\n' + repository.format("weights") + repository.format("photos")
        + 'build_file = "//third_party:photos.BUILD.toml"\n',
        "third_party/photos.BUILD.toml": '[package]\nvisibility = ["//visibility:public"]\n'
        '[thing.all]\nsrcs = { glob = ["**"] }\nbase = "@test//p:b"\n',
    })  # fmt: skip
    return tree


def test_a_repository_without_packages_is_one_whose_files_all_may_be_named(fetched: Tree) -> None:
    fetched.write({"p/BUILD.toml": '[thing.a]\nsrcs = ["@weights//:data/x.bin"]\n'})
    graph = fetched.load()
    assert graph.files == {Label("weights", "", "data/x.bin"): f"{fetched.repositories['weights']}/data/x.bin"}
    assert graph.probed[0] == f"{fetched.repositories['weights']}/BUILD.toml"


def test_a_file_of_a_repository_that_is_not_there_is_told_with_the_right_form(fetched: Tree) -> None:
    fetched.write({"p/BUILD.toml": '[thing.a]\nsrcs = ["@weights//data:x.bin", "@weights//:y.bin"]\n'})
    form, missing = fetched.mistakes()
    assert form.startswith("error[unknown-package]: no package '@weights//data': ")
    assert form.endswith("as in '@weights//:data/…'")
    assert missing.startswith("error[unknown-target]: no target or file 'y.bin' in package '@weights//'\n")


def test_a_build_file_of_the_workspace_is_a_repositorys_root_package(fetched: Tree) -> None:
    fetched.write(
        {
            "p/BUILD.toml": '[thing.a]\ndeps = ["@photos//:all"]\n[thing.b]\nvisibility = ["@photos//..."]\n',
        }
    )
    graph = fetched.load()
    assert Label("photos", "", "data/x.bin") in graph.files
    assert Label("photos", "", "all") in graph.targets


@pytest.mark.parametrize("name", ["words", "test"], ids=["", "that_is_this_workspace's_name"])
def test_packages_of_etbuild_name_repositories_that_only_its_own_workspace_declares(
    fetched: Tree, tmp_path: Path, name: str
) -> None:
    etbuild = shutil.copytree(fetched.etbuild, tmp_path / "etbuild")
    repository = (
        f'[[repository]]\nname = "{name}"\nkind = "pypi"\nversion = "1"\nbuild_file = "//lib:words.BUILD.toml"\n'
    )
    public = '[package]\nvisibility = ["//visibility:public"]\n'
    (etbuild / "lib").mkdir()
    (etbuild / "WORKSPACE").write_text('name = "etbuild"\nfamilies = ["toy"]\n' + repository)
    (etbuild / "lib/BUILD.toml").write_text(f'{public}[thing.a]\ndeps = ["@{name}//:all"]\n')
    (etbuild / "lib/words.BUILD.toml").write_text(public + '[thing.all]\nsrcs = ["data/x.bin"]\n')
    fetched.etbuild, fetched.repositories = etbuild, {name: fetched.repositories["photos"]}
    fetched.write({"p/BUILD.toml": '[thing.a]\ndeps = ["@etbuild//lib:a"]\n'})
    assert Label(name, "", "data/x.bin") in fetched.load().files


def test_what_to_add_to_the_visibility_is_said_as_the_repository_names_it(fetched: Tree) -> None:
    fetched.write(
        {"third_party/photos.BUILD.toml": "[thing.all]\n", "p/BUILD.toml": '[thing.a]\ndeps = ["@photos//:all"]\n'}
    )
    [text] = fetched.mistakes()
    assert text.startswith("error[not-visible]: '@photos//:all' is not visible to '//p:a'")
    assert text.endswith('hint: add "@test//p" to its visibility')
    fetched.write({"third_party/photos.BUILD.toml": '[thing.all]\nvisibility = ["@test//p"]\n'})
    assert fetched.load().requested


def test_etbuilds_own_targets_cannot_name_who_uses_them(tree: Tree, tmp_path: Path) -> None:
    tree.etbuild = shutil.copytree(tree.etbuild, tmp_path / "etbuild")
    (tree.etbuild / "lib").mkdir()
    (tree.etbuild / "lib/BUILD.toml").write_text("[thing.a]\n")
    tree.write({"p/BUILD.toml": '[thing.a]\ndeps = ["@etbuild//lib:a"]\n'})
    [text] = tree.mistakes()
    assert text.endswith('hint: add "//visibility:public" to its visibility')


def test_a_local_repository_must_exist(tree: Tree) -> None:
    tree.write(
        {
            "WORKSPACE": 'name = "test"\nfamilies = ["toy"]\n[[repository]]\nname = "disk"\nkind = "local"\npath = "/no/where"\n',
            "p/BUILD.toml": '[thing.a]\nsrcs = ["@disk//:x"]\n',
        }
    )
    [text] = tree.mistakes()
    assert text.startswith(
        "error[unknown-repository]: the folder of repository 'disk' must exist, '/no/where' does not\n"
    )
    assert "--> WORKSPACE:3:1" in text
