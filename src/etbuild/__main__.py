"""The program's entry: answers a build with nothing to do by itself, and hands all else to the command line."""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the command line that the process was started with; return its exit code."""
    gc.disable()  # What is made here lives to the end: to look for garbage costs a fifth of a build, and finds none.
    source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if source not in sys.path:
        sys.path.insert(0, source)
    from etbuild import up_to_date

    found = up_to_date.answer(sys.argv[1:])
    checking = "ETBUILD_CROSSCHECK" in os.environ
    if isinstance(found, str) and not checking:
        sys.stdout.write(found)
        return 0
    _have_standard_files()
    umask = os.umask(0o022)  # Modes are no part of a key: actions and what is unpacked see one, whoever calls.
    if isinstance(found, up_to_date.Changed):
        from etbuild.cli.rebuild import answer_changed

        code = answer_changed(found, source)
        if code is not None and not (checking and code == 0):
            return code
        found = "" if code == 0 else None
    from etbuild.start import start

    return start(source, found, umask)


def run() -> None:
    """Run the command line, and leave at once: to take apart what it made costs some 45 ms of a small build.

    What must be closed, stores and logs and folders for a while, is closed by then.
    """
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115 - Python has None for what is closed.
    if not sys.stdout:
        os._exit(_say_lost("is closed"))
    try:
        code = main()
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # Nobody reads any more: the exit code is the one that click gives then.
        code = 1
    except OSError as error:
        if error.filename is None:
            _leave_if_lost()
        raise
    os._exit(code)


def _have_standard_files() -> None:
    """Open what is closed of stdin and stderr: a file of ours would take its number, and be an action's."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _leave_if_lost() -> None:
    try:
        sys.stdout.write("\n")  # What could not be written may not be kept, so that flushing alone says nothing.
        sys.stdout.flush()
    except OSError as error:
        os._exit(_say_lost(f"cannot: {error.strerror}"))


def _say_lost(found: str) -> int:
    sys.stderr.write(f"error[stdout-unusable]: stdout must take what is printed, {found}\n")
    return 1


if __name__ == "__main__":
    run()
