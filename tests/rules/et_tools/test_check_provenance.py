from __future__ import annotations

import hashlib
import json
from pathlib import Path

from provenance.provenance import main


def test_a_statement_names_every_material_by_digest_and_nothing_of_the_machine(tmp_path: Path) -> None:
    program, weights, facts, statement = (
        tmp_path / name for name in ("a.pte", "w.safetensors", "facts.json", "out.json")
    )
    program.write_bytes(b"program")
    weights.write_bytes(b"weights")
    facts.write_text(json.dumps({"versions": {"torch": "2.13.0"}}))
    main([
        "--subject", str(program), "--material", f"models/w.safetensors={weights}",
        "--material", "environment=sha256:ab12", "--parameter", "backend=xnnpack", "--parameter", "note=a=b",
        "--facts", str(facts), "--output", str(statement),
    ])  # fmt: skip
    written = json.loads(statement.read_text())
    assert written["_type"] == "https://in-toto.io/Statement/v1"
    [subject] = written["subject"]
    assert subject["digest"]["sha256"] == hashlib.sha256(b"program").hexdigest()
    definition = written["predicate"]["buildDefinition"]
    assert definition["externalParameters"] == {"backend": "xnnpack", "note": "a=b"}
    assert definition["internalParameters"] == {"versions": {"torch": "2.13.0"}}
    assert [material["name"] for material in definition["resolvedDependencies"]] == [
        "environment",
        "models/w.safetensors",
    ]
    assert definition["resolvedDependencies"][0]["digest"] == {"sha256": "ab12"}
    assert str(tmp_path) not in statement.read_text()


def test_the_sequence_of_materials_does_not_matter(tmp_path: Path) -> None:
    program = tmp_path / "a.pte"
    program.write_bytes(b"program")
    for name, materials in (("one", ("a=sha256:1", "b=sha256:2")), ("two", ("b=sha256:2", "a=sha256:1"))):
        flags = [word for material in materials for word in ("--material", material)]
        main(["--subject", str(program), *flags, "--output", str(tmp_path / name)])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
