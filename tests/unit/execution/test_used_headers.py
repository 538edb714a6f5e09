"""Two-level keys: a changed header runs again what used it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etbuild.execution.saved_plan import part_of, reached, save_plan, save_result
from etbuild.model.action import Action, Resources
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.frozen import replace
from etbuild.model.label import Label
from etbuild.model.plan import BuildPlan
from tests.fakes import graph_of
from tests.unit.execution.test_running_action import Place

COMPILE = """
used=$(sed -n 's/^#include //p' "$1")
cat "$1" $used | grep -v '^//' > "$2"
echo "$2: $1" $used /usr/include/stdio.h > "$3"
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path, "none")
    yield place
    place.sandbox.close()
    place.roots.close()
    place.store.close()


@pytest.fixture
def tree(place: Place) -> dict[str, Artifact]:
    texts = {"a.c": "#include one.h\na\n", "b.c": "b\n", "one.h": "one\n", "two.h": "two\n"}
    return {name: place.source(name, text) for name, text in texts.items()}


def compiled(source: Artifact, headers: InputSet, script: str = COMPILE) -> Action:
    made, depfile = Artifact(f"{source.path}.o", "host"), Artifact(f"{source.path}.d", "host")
    argv = ("/bin/sh", "-c", script, "cc", source.path, made.path, depfile.path)
    inputs = InputSet((source,), (headers,))
    return Action("Compile", argv, inputs, (made,), owner=Label("", "", "a"), depfile=depfile, headers=headers)


def linked(*objects: Action) -> Action:
    files = [file for action in objects for file in action.outputs]
    argv = ("/bin/sh", "-c", f"cat {' '.join(file.path for file in files)} > app")
    return Action("Link", argv, InputSet(files), (Artifact("app", "host"),))


def build(place: Place, tree: dict[str, Artifact]) -> str:
    """Return how the compiles of a.c and b.c, and the link, ended."""
    headers = InputSet([file for path, file in tree.items() if path.endswith(".h")])
    objects = [compiled(tree["a.c"], headers), compiled(tree["b.c"], headers)]
    done = place.execute(*objects, linked(*objects))
    assert done.failures == ()
    return " ".join(done.outcomes[index].status for index in range(3))


def test_a_changed_header_recompiles_who_used_it(place, tree):
    assert build(place, tree) == "run run run"
    place.source("one.h", "other\n")
    assert build(place, tree) == "run hit run"
    place.source("two.h", "other\n")
    assert build(place, tree) == "hit hit hit"


def test_a_changed_comment_in_a_header_links_nothing(place, tree):
    build(place, tree)
    place.source("one.h", "// one\none\n")
    assert build(place, tree) == "run hit hit"


def test_a_header_that_was_changed_back_is_a_hit(place, tree):
    build(place, tree)
    place.source("one.h", "other\n")
    place.source("two.h", "other\n")
    build(place, tree)
    place.source("one.h", "one\n")
    assert build(place, tree) == "hit hit hit"


def test_a_header_that_comes_or_goes_recompiles_all(place, tree):
    build(place, tree)
    tree["three.h"] = place.source("three.h", "three\n")
    assert build(place, tree) == "run run hit"
    del tree["two.h"]
    assert build(place, tree) == "run run hit"


def test_a_changed_source_is_no_header(place, tree):
    build(place, tree)
    tree["b.c"] = place.source("b.c", "#include two.h\nb\n")
    assert build(place, tree) == "hit run run"
    place.source("two.h", "other\n")
    assert build(place, tree) == "hit run run"


def test_what_was_taken_over_is_known_by_its_own_key_from_then_on(place, tree):
    build(place, tree)
    place.source("two.h", "other\n")
    build(place, tree)
    place.store._pending.small.clear()
    place.store.database.write([("DELETE FROM small", [()])])
    assert build(place, tree) == "hit hit hit"


def test_each_header_counts_for_a_run_that_names_nothing(place, tree):
    headers = InputSet([tree["one.h"], tree["two.h"]])
    silent = compiled(tree["a.c"], headers, 'cat "$1" one.h >"$2"; : >"$3"')
    assert place.execute(silent).outcomes[0].status == "run"
    tree["two.h"] = place.source("two.h", "other\n")
    assert place.execute(silent).outcomes[0].status == "run"


def test_a_header_that_is_read_and_not_declared_is_an_error(place, tree):
    place.source("b/hidden.h", "x\n")
    script = 'cat "$1" > "$2"; echo "$2: $1 b/hidden.h" > "$3"'
    done = place.execute(
        compiled(tree["a.c"], InputSet(), script), header_owners=lambda _action, path: (f"//b:{Path(path).stem}",)
    )
    [mistake] = done.failures
    assert mistake.code == "undeclared-header"
    assert (
        mistake.message
        == "Compile of '//:a' includes 'b/hidden.h', which must come from a dependency and comes from none"
    )
    assert mistake.hint == "add '//b:hidden' to its dependencies"


def test_a_compile_that_finds_no_header_says_who_has_it(place, tree):
    script = 'echo "$1:1:10: fatal error: json/json.h: No such file or directory" >&2; exit 1'
    action = compiled(tree["a.c"], InputSet(), script)
    [mistake] = place.execute(action, header_owners=lambda _action, _path: ("//json", "//fast:json")).failures
    assert (mistake.code, mistake.hint) == ("undeclared-header", "add '//json' or '//fast:json' to its dependencies")
    assert "fatal error" in mistake.notes[0]
    assert place.execute(action).failures[0].code == "action-failed"


def test_a_depfile_must_be_written(place, tree):
    [mistake] = place.execute(compiled(tree["a.c"], InputSet(), 'cat "$1" > "$2"')).failures
    assert mistake.message == "Compile of '//:a' must make a file 'a.c.d', made nothing"


def test_a_depfile_is_no_output(place, tree):
    done = place.execute(compiled(tree["b.c"], InputSet([tree["two.h"]])))
    assert [file.path for file in done.files] == ["b.c.o"]


def test_a_saved_plan_knows_which_inputs_are_headers(place, tree):
    headers = InputSet([tree["one.h"], tree["two.h"]])
    action = compiled(tree["a.c"], headers)
    graph = graph_of(action)
    done = place.execute(action)
    saved = save_plan(BuildPlan((), graph), done)
    number = list(saved.sources).index(tree["two.h"].location)
    [again] = part_of(saved, [save_result(done.outcomes[0].result)], reached(saved, [number], [])).plan.actions.actions
    assert again.depfile == action.depfile
    assert again.headers in again.inputs.transitive
    assert list(again.headers) == list(headers)


def test_a_header_that_changes_before_it_is_copied_reaches_no_compile(place, tree):
    """Each compile fails, also the second, which would find what the first one's root was filled with."""
    header, done = tree["one.h"], Artifact("done", "host")
    meddler = Action("Meddle", ("/bin/sh", "-c", f"echo other > {header.location}; : > done"), InputSet(), (done,))
    headers = InputSet([header])
    compiles = [
        replace(compiled(tree[name], headers), inputs=InputSet((tree[name], done), (headers,)))
        for name in ("a.c", "b.c")
    ]
    execution = place.execute(meddler, *compiles, keep_going=True, capacity=Resources(cpu=1))
    assert [execution.outcomes[index].status for index in range(3)] == ["run", "failed", "failed"]
    assert {failure.code for failure in execution.failures} == {"input-changed"}


def test_a_header_that_changes_once_it_was_copied_does_not_matter(place, tree):
    """What was made is what the header held when the build began; the next build sees the change."""
    script = f"echo other > {tree['one.h'].location}; {COMPILE}"
    headers = InputSet([tree["one.h"]])
    execution = place.execute(compiled(tree["a.c"], headers, script))
    assert place.text(execution, "a.c.o") == "#include one.h\na\none\n"
    again = place.execute(compiled(tree["a.c"], headers, script))
    assert again.outcomes[0].status == "run"
    assert place.text(again, "a.c.o") == "#include one.h\na\nother\n"
