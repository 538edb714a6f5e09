"""pte_test on the host: every method is run, the one whose task reads real input with it; else that is refused."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from etbuild.api import Artifact, EtbuildError
from etbuild.testing import PYTHON_ENVIRONMENT, Analyzed, analyze
from rules.et.providers import MethodProof, ProgramInfo
from rules.et.pte_test import pte_test

FILE = Artifact("m/it.pte", "host")


def run(tasks: dict[str, str], **attrs: Any) -> Analyzed:
    proofs = tuple(MethodProof(name, FILE, FILE, FILE, FILE, (), task) for name, task in tasks.items())
    task = next(iter(tasks.values()))
    program = ProgramInfo(FILE, FILE, FILE, FILE, FILE, task, FILE, FILE, proofs=proofs)
    return analyze(
        pte_test,
        {"program": "//m:it", **attrs},
        deps={"//m:it": [program], "@etbuild//runtime/program_runner": []},
        toolchains={"python_environment": [PYTHON_ENVIRONMENT]},
        label="//m:test",
    )


def methods(tasks: dict[str, str], **attrs: Any) -> list[tuple[str, str]]:
    test = run(tasks, **attrs).test
    assert test is not None
    pairs = list(pairwise(test.argv))
    named, tasked = ([word for flag, word in pairs if flag == wanted] for wanted in ("--method", "--task"))
    return list(zip(named, tasked, strict=True))


def test_every_method_is_run() -> None:
    assert methods({"first": "", "second": ""}) == [("first", "none"), ("second", "none")]
    assert methods({"forward": "text-generation"}) == [("forward", "tokens")]


def test_real_input_is_for_the_first_method_whose_task_reads_it() -> None:
    tasks = {"see": "image-classification", "say": "text-generation", "more": "text-generation", "rest": ""}
    found = methods(tasks, prompt="one", expect="two", max_new_tokens=3)
    assert found == [("see", "none"), ("say", "text-generation"), ("more", "tokens"), ("rest", "none")]
    assert methods(tasks, image="cat.png", expect="3")[0] == ("see", "image-classification")


@pytest.mark.parametrize(
    ("attrs", "task", "wanted", "has"),
    [
        ({"expect": "nonsense"}, "", "'text-generation' or 'image-classification'", "none"),
        ({"prompt": "hello", "expect": "x"}, "", "'text-generation'", "none"),
        ({"sentences": ("a",)}, "", "'feature-extraction'", "none"),
        ({"image": "cat.png"}, "", "'image-classification'", "none"),
        ({"max_new_tokens": 3}, "", "'text-generation'", "none"),
        ({"expect": "x"}, "feature-extraction", "'text-generation' or 'image-classification'", "'feature-extraction'"),
        ({"prompt": "one", "sentences": ("a",)}, "text-generation", "'feature-extraction'", "'text-generation'"),
    ],
)
def test_what_no_method_is_tested_with_is_refused(attrs: dict[str, Any], task: str, wanted: str, has: str) -> None:
    with pytest.raises(EtbuildError) as raised:
        run({"forward": task}, **attrs)
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "unread-attribute"
    name = next(each for each in ("sentences", *attrs) if each in attrs)
    message = f"'{name}' of pte_test must be left out but for a program with task {wanted}, '//m:it' has {has}"
    assert diagnostic.message == message
