"""Holds what our runtime answers about programs against what the official library answers: the same, line by line.

    equal_answers_test.py OFFICIAL.txt OURS.txt [DIFFERENCES.toml]

Allowed are the differences that the last file lists, each of which must occur, and answers where the official library
ends the process. Ours may end it only where the official one ends it, too, in the same way or by an abort.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import zip_longest
from pathlib import Path

Answers = dict[tuple[str, str], list[str]]
"""Lines, by program and scenario."""
ENDED = "ended: "
ABORTED = "ended: Aborted"
"""As the API has it where an index is out of range."""
NOTHING = "nothing more"
SHOWN = 20


@dataclass(frozen=True)
class Difference:
    """One that is allowed, by patterns in which `*` stands for anything."""

    programs: str
    scenarios: str
    official: str
    ours: str
    why: str

    def allows(self, program: str, scenario: str, official: str, ours: str) -> bool:
        """Tell whether it speaks of this one."""
        return (
            fnmatchcase(program, self.programs)
            and fnmatchcase(scenario, self.scenarios)
            and fnmatchcase(official, self.official)
            and fnmatchcase(ours, self.ours)
        )


def main(official: Path, ours: Path, *allowed: Path) -> int:
    """Compare, and print what differs."""
    differences = [Difference(**each) for path in allowed for each in tomllib.loads(path.read_text())["difference"]]
    theirs, own = read(official), read(ours)
    used: Counter[Difference] = Counter()
    crashes, failures = Counter[str](), []
    for (program, scenario), line, left, right in unequal(theirs, own):
        found = next((one for one in differences if one.allows(program, scenario, left, right)), None)
        if found:
            used[found] += 1
        elif left.startswith(ENDED) and (not right.startswith(ENDED) or right == ABORTED):
            crashes[left.removeprefix(ENDED)] += 1
        else:
            failures.append(f"{program}, {scenario}, line {line}:\n    official: {left}\n    ours:     {right}")
    unused = [one for one in differences if not used[one]]
    print(f"{len({program for program, _ in theirs})} programs, {len(theirs)} scenarios, ", end="")
    print(f"{sum(map(len, theirs.values()))} answers: {len(failures)} scenarios differ")
    print("where the official library ends the process, and ours does not:", dict(crashes))
    for one, times in used.items():
        print(f"allowed {times} times: {one.why}")
    print(*failures[:SHOWN], sep="\n")
    print(*(f"never seen: {one.programs}, {one.scenarios}: {one.why}" for one in unused), sep="\n")
    return 1 if failures or unused or not theirs else 0


def read(path: Path) -> Answers:
    """Return the answers of one runtime."""
    answers: Answers = {}
    for line in path.read_text(errors="backslashreplace").splitlines():
        program, scenario, answer = line.split("|", 2)
        answers.setdefault((program, scenario), []).append(answer)
    return answers


def unequal(official: Answers, ours: Answers) -> Iterator[tuple[tuple[str, str], int, str, str]]:
    """Yield where two runtimes first differ in a scenario, and both answers."""
    for place in dict.fromkeys((*official, *ours)):
        pairs = zip_longest(official.get(place, ()), ours.get(place, ()), fillvalue=NOTHING)
        first = next(((line, left, right) for line, (left, right) in enumerate(pairs, 1) if left != right), None)
        if first:
            yield place, *first


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
