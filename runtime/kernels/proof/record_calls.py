"""Records calls of one family of operators with ATen's answers: record_calls.py FAMILY OUT."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from calls_file import write_calls
from catalogue import catalogue
from families import family_of
from op_db_calls import run_samples
from recorder import Recorder


def main() -> None:
    """Write the file."""
    family, out = sys.argv[1:]
    torch.use_deterministic_algorithms(mode=False)
    wanted = {name: operator for name, operator in catalogue().items() if family_of(name) == family}
    recorder = Recorder(wanted)
    run_samples(wanted, recorder.see)
    write_calls(Path(out), recorder.calls())


if __name__ == "__main__":
    main()
