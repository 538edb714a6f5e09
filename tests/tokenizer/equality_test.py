"""Holds the C++ tokenizer against the library that its file was made for: the same ids, the same texts.

    equality_test.py --program tokenizer_main --files NAME.json NAME.tokenizer ... [--strings 20000] [--seed 1]

Texts are of many scripts and kinds; every tenth holds bytes that are no UTF-8, which count as what Python's
decode(errors="replace") makes of them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random

from corpus import strings
from references import Ids, Library, Pieces, reference

AT_ONCE = 20_000
SIGN = "\ufffd"
STREAMED = 300
"""Of so many texts each prefix is decoded."""


class Ours:
    """The C++ tokenizer with one flat file."""

    def __init__(self, program: Path, file: Path) -> None:
        self.command = [str(program.resolve()), str(file)]

    def encode(self, texts: Sequence[bytes], *, special: bool) -> Ids:
        given = (_counted(text, len(text)) for text in texts)
        records = self._run(["encode", *(["--special"] if special else [])], given, 4)
        return [array("i", record).tolist() for record in records]

    def decode(self, ids: Ids, *, skip_special: bool) -> list[str]:
        return [text.decode() for text in self._decoded(ids, *([] if skip_special else ["--all"]))]

    def stream(self, ids: Ids) -> Iterator[list[str]]:
        """Yield what comes out behind each id, and at the end, all of it whole characters."""
        parts = iter(self._decoded(ids, "--stream"))
        for each in ids:
            yield [part.decode() for part in islice(parts, len(each) + 1)]

    def _decoded(self, ids: Ids, *flags: str) -> list[bytes]:
        given = (_counted(array("i", each).tobytes(), len(each)) for each in ids)
        return self._run(["decode", *flags], given, 1)

    def _run(self, words: Sequence[str], records: Iterable[bytes], size: int) -> list[bytes]:
        done = subprocess.run([*self.command, *words], input=b"".join(records), stdout=subprocess.PIPE, check=True)
        return list(_records(done.stdout, size))


def _counted(content: bytes, count: int) -> bytes:
    return count.to_bytes(4, "little") + content


def _records(content: bytes, size: int) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        end = at + 4 + size * int.from_bytes(content[at : at + 4], "little")
        yield content[at + 4 : end]
        at = end


class Differences:
    """What was not equal."""

    def __init__(self) -> None:
        self.count = 0
        self.compared = 0

    def check(self, what: str, given: Sequence[object], ours: Sequence[object], theirs: Sequence[object]) -> None:
        """Compare results one by one; show the first few that differ."""
        for each, our, their in zip(given, ours, theirs, strict=True):
            self.compared += 1
            if our != their:
                self.count += 1
                if self.count <= 5:
                    print(f"{what} of {each!r}:\n  must be {their!r}\n  is      {our!r}", file=sys.stderr)


def compare(texts: Sequence[bytes], ours: Ours, theirs: Library | Pieces, found: Differences, random: Random) -> None:
    """Encode and decode `texts`, and sequences of ids that no text gives."""
    repaired = [text.decode(errors="replace") for text in texts]
    for special in (False, True):
        ids = theirs.encode(repaired, special=special)
        found.check(f"ids (special tokens: {special})", texts, ours.encode(texts, special=special), ids)
    strays = [[random.randrange(theirs.size) for _ in range(random.randint(0, 12))] for _ in texts[::4]]
    if not theirs.is_tokenizers:  # It differs in bytes that no text gives: those of no character, a first space.
        shown = theirs.decode(strays, skip_special=True)
        strays = [each for each, text in zip(strays, shown, strict=True) if SIGN not in text and text[:1] != " "]
    for given in (ids, strays):
        texts_of = {skip: theirs.decode(given, skip_special=skip) for skip in (True, False)}
        found.check("text", given, ours.decode(given, skip_special=True), texts_of[True])
        if theirs.is_tokenizers:
            found.check("text with special tokens", given, ours.decode(given, skip_special=False), texts_of[False])
    compare_streams(ids, ours, theirs, found)


def compare_streams(ids: Ids, ours: Ours, theirs: Library | Pieces, found: Differences) -> None:
    """Check that a stream adds up to the text, and that it has said all that is certain behind each id."""
    streams, wholes = list(ours.stream(ids)), theirs.decode(ids, skip_special=True)
    found.check("stream", ids, ["".join(parts) for parts in streams], wholes)
    for each, parts, whole in islice(zip(ids, streams, wholes, strict=True), STREAMED):
        prefixes = [each[: end + 1] for end in range(len(each))]
        said = ["".join(parts[: end + 1]) for end in range(len(each))]
        # The library shows a sign for each byte of an unfinished character, and of those before it in the same run.
        certain = [text.rstrip(SIGN) for text in theirs.decode(prefixes, skip_special=True)]
        held = [whole.startswith(ours) and len(ours) >= len(text) for ours, text in zip(said, certain, strict=True)]
        found.check("stream's prefix", prefixes, held, [True] * len(held))


def main(argv: Sequence[str]) -> int:
    """Compare; say how many were equal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--files", type=Path, nargs="+", required=True)
    parser.add_argument("--strings", type=int, default=AT_ONCE)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    differ = 0
    for source, flat in zip(options.files[::2], options.files[1::2], strict=True):
        found, random = Differences(), Random(options.seed)
        ours, theirs = Ours(options.program, flat), reference(source)
        texts = strings(options.seed, options.strings)
        while some := list(islice(texts, AT_ONCE)):
            compare([*some, b" ".join(some[:2000])], ours, theirs, found, random)
        print(f"{source.name}: {found.compared - found.count} equal, {found.count} differ", flush=True)
        differ += found.count
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
