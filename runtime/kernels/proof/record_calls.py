"""Records calls of a family of operators, or of those that are named, with ATen's answers.

record_calls.py FAMILY OUT, or record_calls.py OPERATOR,OPERATOR OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import more_elementwise
import more_movement
import more_nn
import more_reductions
import own_operators
import torch
from calls_file import write_calls
from catalogue import catalogue
from families import family_of
from op_db_calls import run_samples
from recorder import Recorder
from sample_tensors import Samples


def main() -> None:
    """Write the file."""
    chosen, out = sys.argv[1:]
    torch.manual_seed(0)
    torch.set_warn_always(False)
    names = chosen.split(",")
    wanted = {name: each for name, each in catalogue().items() if family_of(name) == chosen or name in names}
    recorder, more = Recorder(wanted), Recorder(wanted, most=1000)
    run_samples(wanted, recorder.see)
    for number, tables in enumerate((more_elementwise, more_reductions, more_movement, more_nn, own_operators)):
        tables.see_all(more, Samples(number))
    write_calls(Path(out), [*recorder.calls(), *more.calls()])


if __name__ == "__main__":
    main()
