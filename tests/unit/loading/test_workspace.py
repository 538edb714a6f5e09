"""WORKSPACE: what it says, and how its mistakes are told."""

# ruff: noqa: E501, ISC004 - texts stand as they are written and told.

from __future__ import annotations

from pathlib import Path

import pytest

from etbuild.loading.version_pin import check_pin
from etbuild.loading.workspace import find_workspace, load_workspace
from etbuild.model.diagnostics import EtbuildError, Span
from etbuild.model.label import parse_label
from tests.unit.loading.conftest import Tree

HEAD = 'name = "test"\nfamilies = ["toy"]\n'


def first_lines(tree: Tree, text: str) -> list[str]:
    tree.write({"WORKSPACE": text})
    with pytest.raises(EtbuildError) as raised:
        load_workspace(tree.root, tree.etbuild)
    return [diagnostic.render().partition("\n")[0] for diagnostic in raised.value.diagnostics]


def test_the_nearest_folder_with_a_workspace_file_is_the_workspace(tree: Tree) -> None:
    tree.write({"a/b/c.txt": "", "a/WORKSPACE/x": ""})
    assert find_workspace(tree.root / "a" / "b") == tree.root
    tree.write({"a/b/WORKSPACE": ""})
    assert find_workspace(tree.root / "a" / "b") == tree.root / "a" / "b"


def test_a_folder_outside_any_workspace_is_told_how_to_begin_one(tmp_path: Path) -> None:
    with pytest.raises(EtbuildError) as raised:
        find_workspace(tmp_path)
    assert str(raised.value) == (
        f"error[workspace-not-found]: no WORKSPACE in '{tmp_path}' or above it\n"
        '  hint: a workspace begins with a file WORKSPACE that says name = "…"'
    )


def test_a_workspace_is_read_whole(tree: Tree) -> None:
    tree.write(
        {
            "WORKSPACE": HEAD
            + """
            etbuild = ">=0.1"
            toolchains = ["//t:one", "@etbuild//t:two", "@test//t:three"]
            cache = "/big/cache"
            [roots]
            models = "specs"
            t = "t"
            [config.ci]
            flags = ["--keep-going"]
            [[repository]]
            name = "weights"
            kind = "pypi"
            version = "1.0"
            build_file = "//t:weights.BUILD.toml"
            [[repository]]
            name = "disk"
            kind = "local"
            path = "../disk"
        """,
            "specs/BUILD.toml": "",
            "t/weights.BUILD.toml": "",
            "etbuild.lock": "",
        }
    )
    workspace = load_workspace(tree.root, tree.etbuild)
    assert (workspace.root, workspace.name, workspace.cache) == (str(tree.root), "test", "/big/cache")
    assert workspace.toolchains == tuple(map(parse_label, ("//t:one", "@etbuild//t:two", "//t:three")))
    assert (workspace.roots, workspace.configs) == ({"models": "specs", "t": "t"}, {"ci": ("--keep-going",)})
    assert [(r.name, r.kind, r.package, r.path, r.build_file) for r in workspace.repositories.values()] == [
        ("etbuild", "local", "", str(tree.etbuild), ""),
        ("weights", "pypi", "weights", "", "//t:weights.BUILD.toml"),
        ("disk", "local", "", str(tree.root.parent / "disk"), ""),
    ]
    assert workspace.spans["repository[1]"].text.strip() == "[[repository]]"
    own = (f"{tree.root}/WORKSPACE", f"{tree.root}/etbuild.lock")
    assert workspace.read == (*own, f"{tree.etbuild}/WORKSPACE", f"{tree.etbuild}/rules/toy/__init__.py")


def test_what_etbuilds_packages_name_is_what_its_own_workspace_declares_unless_this_one_does(
    tree: Tree, tmp_path: Path
) -> None:
    declared = '[[repository]]\nname = "{}"\nkind = "pypi"\nversion = "{}"\n'
    built = 'build_file = "//t:words.BUILD.toml"\n'
    etbuild = tmp_path / "etbuild"
    etbuild.mkdir()
    (etbuild / "WORKSPACE").write_text(
        'name = "etbuild"\n' + declared.format("wheel", 1) + declared.format("words", 1) + built
    )
    tree.write({"WORKSPACE": 'name = "test"\n' + declared.format("wheel", 2)})
    workspace = load_workspace(tree.root, etbuild)
    assert list(workspace.repositories) == ["etbuild", "wheel"]
    assert [(each.name, each.build_file) for each in workspace.inherited.values()] == [
        ("words", "@etbuild//t:words.BUILD.toml")
    ]
    found = map(workspace.repository, ("wheel", "words", "sword"))
    assert [each and each.version for each in found] == ["2", "1", None]


REFUSED = {
    "": ["error[missing-attribute]: 'name' of WORKSPACE must be given: text that matches ^[A-Za-z][A-Za-z0-9_.-]*$"],
    'name = "x y"': [
        "error[wrong-type]: 'name' of WORKSPACE must be text that matches ^[A-Za-z][A-Za-z0-9_.-]*$, is the text \"x y\""
    ],
    'name = "test"\nfamilies = "toy"\nroot = 1': [
        "error[wrong-type]: 'families' of WORKSPACE must be a list of texts, is the text \"toy\"",
        "error[unknown-attribute]: WORKSPACE has no attribute 'root'",
    ],
    'name = "test"\ntoolchains = ["a b"]': ["error[bad-label]: 'toolchains[0]' of WORKSPACE: 'a b' is no label: 'a b' is no "
                                            "name of a target or file: it must hold no white space and none of : \\ \" ' * ? [ ]"],
    'name = "test"\n[config.ci]\nflag = []': ["error[unknown-attribute]: 'config.ci' of WORKSPACE has no attribute 'flag'"],
    HEAD + '[[repository]]\nname = "x"\nkind = "pip"': [
        "error[wrong-type]: 'repository[0].kind' of WORKSPACE must be one of 'pypi', 'npm', 'archive', 'git', 'url', 'local' or "
        "'deb', is the text \"pip\""
    ],
    HEAD + '[[repository]]\nname = "test"\nkind = "url"\n[[repository]]\nname = "y"\nkind = "pypi"\nversion = "1"\n'
    '[[repository]]\nname = "y"\nkind = "local"\npath = "inside"': [
        "error[bad-workspace]: a repository's name must be its own, 'test' is this workspace's",
        "error[bad-workspace]: a repository of kind 'url' must have 'url'",
        "error[bad-workspace]: a repository's name must be its own, 'y' is another repository's",
        "error[bad-workspace]: a local repository must stand outside the workspace",
    ],
    HEAD + '[[repository]]\nname = "x"\nkind = "git"\nurl = "../x"\ncommit = "main"\n[[repository]]\nname = "y"\nkind = "git"': [
        "error[bad-workspace]: a commit must be 40 hexadecimal digits, is 'main'",
        "error[bad-workspace]: a repository of kind 'git' must have 'url'",
        "error[bad-workspace]: a repository of kind 'git' must have 'commit'",
    ],
    HEAD + '[[repository]]\nname = "x"\nkind = "archive"\nurl = "https://x/y.zip"\nsdist = false\ncommit = "main"': [
        "error[bad-workspace]: a repository of kind 'archive' takes no 'sdist'",
        "error[bad-workspace]: a repository of kind 'archive' takes no 'commit'",
        "error[bad-workspace]: a commit must be 40 hexadecimal digits, is 'main'",
    ],
    HEAD + '[[repository]]\nname = "x"\nkind = "pypi"\nversion = "1"\nplatform = "nonsense"\n'
    '[[repository]]\nname = "y"\nkind = "pypi"\nversion = "1"\nplatform = "any"\nsdist = true': [
        "error[bad-workspace]: a platform must be one that a wheel's name ends with, is 'nonsense'",
        "error[bad-workspace]: a source distribution is for every platform",
    ],
    HEAD + '[[repository]]\nname = "x"\nkind = "url"\nurl = "https://x/"\n'
    'files = ["../a", "/b", "", "./c", "d/", "e//f", "g", "g", "h/i", "h"]': [
        *(f"error[bad-workspace]: a file must be a name below the address, is '{name}'"
          for name in ("../a", "/b", "", "./c", "d/", "e//f")),
        "error[bad-workspace]: each file must have a place of its own, 'g' is another's",
        "error[bad-workspace]: each file must have a place of its own, 'g' is another's",
        "error[bad-workspace]: each file must have a place of its own, 'h' is another's",
    ],
    HEAD + '[[repository]]\nname = "x"\nkind = "url"\nurl = "https://x/y"\nbuild_file = "//t:x.BUILD.toml"\n'
    '[[repository]]\nname = "y"\nkind = "url"\nurl = "https://x/y"\nbuild_file = "@x//:y"': [
        "error[bad-workspace]: a build_file must be a file of the workspace, there is no 't/x.BUILD.toml'",
        "error[bad-workspace]: a build_file must be a file of the workspace, '@x//:y' is of another",
    ],
    HEAD + '[[repository]]\nname = "etbuild"\nkind = "local"\npath = "/x"': [
        "error[bad-workspace]: a repository's name must be its own, 'etbuild' is another repository's"
    ],
    HEAD + '[roots]\na = "../x"\nb = "gone"\n"c/" = "."': [
        "error[bad-workspace]: a root must be a folder below the workspace, is '../x'",
        "error[bad-workspace]: the folder of root 'b' must exist, 'gone' does not",
        "error[bad-workspace]: a root's prefix must be a package's name such as \"models\", is 'c/'",
    ],
    'name = "test"\nfamilies = ["tyo"]': [
        "error[unknown-family]: no rule family 'tyo' in the workspace's rules or in etbuild's"
    ],
    'name = "test"\netbuild = ">=99"': ["error[etbuild-version]: this workspace must be built by etbuild >=99, this is 0.1.0"],
    HEAD + "[roots]\n": ["error[wrong-type]: 'roots' of WORKSPACE must be a table of 1 key or more, is an empty table"],
    "name = ": ["error[toml-syntax]: WORKSPACE is no TOML: invalid value"],
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_a_mistake_in_workspace_is_told(tree: Tree, text: str) -> None:
    assert first_lines(tree, text) == REFUSED[text]


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("sdist = true", "it takes url, commit, submodules, strip_prefix; 'sdist' is for pypi"),
        (
            'version = "1"',
            "it takes url, commit, submodules, strip_prefix; 'version' is for pypi, npm, deb, archive, url",
        ),
    ],
)
def test_a_key_of_another_kind_is_told_where_it_stands(tree: Tree, key: str, hint: str) -> None:
    tree.write(
        {"WORKSPACE": f'{HEAD}[[repository]]\nname = "x"\nkind = "git"\nurl = "../x"\ncommit = "{"0" * 40}"\n{key}\n'}
    )
    with pytest.raises(EtbuildError) as raised:
        load_workspace(tree.root, tree.etbuild)
    [diagnostic] = raised.value.diagnostics
    assert (str(diagnostic.span), diagnostic.hint) == ("WORKSPACE:8:1", hint)


@pytest.mark.parametrize(
    "platform",
    [
        "manylinux_2_28_aarch64",
        "manylinux2014_x86_64",
        "musllinux_1_2_x86_64",
        "macosx_14_0_arm64",
        "win_amd64",
        "win32",
        "any",
    ],
)
def test_a_platform_is_one_that_wheels_are_named_for(tree: Tree, platform: str) -> None:
    tree.write(
        {"WORKSPACE": f'{HEAD}[[repository]]\nname = "x"\nkind = "pypi"\nversion = "1"\nplatform = "{platform}"\n'}
    )
    assert load_workspace(tree.root, tree.etbuild).repositories["x"].platform == platform


@pytest.mark.parametrize(
    ("pin", "version", "code"),
    [
        (">=0.1", "0.1.0", None),
        (">=0.1,<0.2", "0.1.9", None),
        ("0.1", "0.1.0", None),
        ("==0.1.1", "0.1.0", "etbuild-version"),
        ("<0.10", "0.9.9", None),
        ("> 0.9", "0.10", None),
        ("!=0.1", "0.1", "etbuild-version"),
        ("latest", "0.1", "bad-workspace"),
        ("~=0.1", "0.1", "bad-workspace"),
    ],
)
def test_a_pin_compares_numbers(pin: str, version: str, code: str | None) -> None:
    assert [diagnostic.code for diagnostic in check_pin(pin, Span("WORKSPACE", 1, 1), version)] == (
        [code] if code else []
    )
