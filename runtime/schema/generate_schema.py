"""Makes C++ headers of .fbs files, given FOLDER FBS …: accessors, and the tables of the verifier."""

from __future__ import annotations

import sys
from pathlib import Path

from accessor_header import accessor_header, header_name
from schema import Schema, SchemaError
from schema_text import parse_schema
from verifier_tables import tables_name, verifier_tables


def generate(files: list[Path], folder: Path) -> None:
    """Write the headers of `files` into `folder`; a file comes after those that it includes."""
    schemas: dict[str, Schema] = {}
    for file in files:
        schema = parse_schema(file.read_text(encoding="utf-8"), file.name, schemas)
        schemas[file.name] = schema
        header = header_name(file.name)
        (folder / header).write_text(accessor_header(schema), encoding="utf-8")
        if schema.root:
            (folder / tables_name(header)).write_text(verifier_tables(schema), encoding="utf-8")


def main(words: list[str]) -> int:
    """Run the program on the words of its command line."""
    folder, *files = (Path(word) for word in words)
    try:
        generate(files, folder)
    except SchemaError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
