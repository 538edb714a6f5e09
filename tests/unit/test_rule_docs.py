"""docs/rules.md is what `etbuild docs` prints in etbuild's own workspace."""

from __future__ import annotations

from pathlib import Path

from etbuild.attribute_docs import describe
from etbuild.loading.workspace import load_workspace
from etbuild.model.attrs_schema import attributes_of
from etbuild.rule_docs import rules_document

ROOT = Path(__file__).parents[2]


def test_the_document_of_rules_is_up_to_date() -> None:
    written = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    assert written == rules_document(load_workspace(ROOT, ROOT)), "run ./etbuild docs > docs/rules.md"


def test_every_attribute_of_every_rule_has_a_description() -> None:
    for family in load_workspace(ROOT, ROOT).families:
        for rule in family.rules:
            assert rule.doc, rule.name
            bare = sorted(attributes_of(rule.attrs).keys() - describe(rule.attrs).keys())
            assert bare == [], rule.name
