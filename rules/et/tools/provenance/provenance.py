"""Writes where a program came from, as an in-toto statement with SLSA provenance; checks nothing."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import run_tool

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "urn:etbuild:pte:v1"
BUILDER = "urn:etbuild:builder"
GIVEN_DIGEST = "sha256:"


def main(argv: Sequence[str]) -> None:
    """Write the statement: no time and no machine's path is in it, so equal builds give equal bytes."""
    arguments = parse(argv)
    facts = [json.loads(Path(path).read_text(encoding="utf-8")) for path in arguments.facts]
    statement = {
        "_type": STATEMENT,
        "subject": [resource(Path(path).name, path) for path in arguments.subject],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": dict(sorted(pair(text) for text in arguments.parameter)),
                "internalParameters": {"versions": versions(facts)},
                "resolvedDependencies": [resource(*pair(text)) for text in sorted(arguments.material)],
            },
            "runDetails": {"builder": {"id": BUILDER}},
        },
    }
    Path(arguments.output).write_text(json.dumps(statement, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def resource(name: str, source: str) -> dict[str, Any]:
    """Return the descriptor of a file, or of something that only its digest is given of."""
    if source.startswith(GIVEN_DIGEST):
        return {"name": name, "digest": {"sha256": source.removeprefix(GIVEN_DIGEST)}}
    path = Path(source)
    return {"name": name, "digest": {"sha256": digest(path)}, "annotations": {"bytes": path.stat().st_size}}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file of any size."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def versions(facts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the versions of what took part, as the exports noted them."""
    return dict(sorted((name, version) for each in facts for name, version in each.get("versions", {}).items()))


def pair(text: str) -> tuple[str, str]:
    """Split NAME=VALUE."""
    name, _, value = text.partition("=")
    return name, value


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="provenance", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--subject", action="append", default=[], required=True, metavar="FILE")
    add("--material", action="append", default=[], metavar="NAME=FILE|NAME=sha256:DIGEST")
    add("--parameter", action="append", default=[], metavar="KEY=VALUE")
    add("--facts", action="append", default=[], metavar="FILE", help="what an export wrote about itself")
    add("--output", required=True)
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
