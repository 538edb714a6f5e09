from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from etbuild.execution.fetch.pip import run_pip
from etbuild.execution.fetch.wheels import fetch_wheels
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.lock import LockedFile
from tests.package_index import fetch_session


def diagnostic_of(tmp_path: Path, said: str) -> Diagnostic:
    """Return what is made of a pip that fails with these words."""
    words = tmp_path / "words"
    words.write_text(said)
    pip = tmp_path / "pip"
    pip.write_text(f"#!/bin/sh\ncat '{words}'\nexit 1\n")
    pip.chmod(0o755)
    with pytest.raises(EtbuildError) as error:
        run_pip(replace(fetch_session(tmp_path), python=pip), ["download"], tmp_path)
    [diagnostic] = error.value.diagnostics
    return diagnostic


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        (
            "WARNING: Retrying after connection broken by 'NameResolutionError()'\nERROR: No matching\n",
            "fetch-failed",
            "pip cannot reach its index",
        ),
        (
            "ERROR: Could not find a version that satisfies the requirement a==1 (from versions: none)\n",
            "fetch-failed",
            "pip's index and links offer no usable file of 'a==1'",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
            "disk-full",
            "no space left for what pip downloads",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES.\n    a==1:\n    Expected sha256 00\n    Got 11\n",
            "wrong-sha256",
            "a downloaded file is not what the lock pins",
        ),
        ("Segmentation fault\n", "fetch-failed", "pip failed"),
    ],
)
def test_each_failure_of_pip_is_one_message_with_what_to_do(tmp_path: Path, said: str, code: str, message: str) -> None:
    diagnostic = diagnostic_of(tmp_path, said)
    assert (diagnostic.code, diagnostic.message) == (code, message)
    assert diagnostic.hint


def test_a_wrong_hash_shows_both(tmp_path: Path) -> None:
    said = "DO NOT MATCH THE HASHES\n    a==1:\n        Expected sha256 00\n             Got        11\n"
    assert diagnostic_of(tmp_path, said).notes == ("a==1:", "Expected sha256 00", "Got        11")


def test_a_missing_torch_says_where_its_cpu_builds_are_named(tmp_path: Path) -> None:
    said = "ERROR: No matching distribution found for torch==2.13.0+cpu\n"
    assert "PyTorch's CPU builds" in (diagnostic_of(tmp_path, said).hint or "")


def test_an_index_that_nobody_serves_cannot_be_reached(tmp_path: Path) -> None:
    session = fetch_session(tmp_path)
    env = {**session.env, "PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:1/simple", "PIP_RETRIES": "1"}
    with pytest.raises(EtbuildError, match="pip cannot reach its index"):
        run_pip(replace(session, env=env), ["download", "a"], tmp_path)


def test_the_callers_folder_does_not_change_which_pip_runs(tmp_path: Path) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('not me')")
    run_pip(fetch_session(tmp_path), ["--version"], tmp_path)


def test_one_failure_ends_the_transfers_beside_it(tmp_path: Path) -> None:
    pip = tmp_path / "pip"
    # The small files' run fails at once; the big one's would last a minute.
    pip.write_text(f"#!/bin/sh\ngrep -q small requirements.txt && exit 1\necho $$ >>{tmp_path}/pids\nexec sleep 60\n")
    pip.chmod(0o755)
    files = [LockedFile(name, "1", f"{name}.whl", size, "0" * 64) for name, size in (("big", 10**9), ("small", 1))]
    with pytest.raises(EtbuildError, match="pip failed"):
        fetch_wheels(replace(fetch_session(tmp_path), python=pip), files, tmp_path / "out", "two files")
    for pid in (tmp_path / "pids").read_text().split() if (tmp_path / "pids").exists() else ():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


def test_ctrl_c_ends_the_transfers(tmp_path: Path) -> None:
    pip = tmp_path / "pip"
    pip.write_text(f"#!/bin/sh\necho $$ >{tmp_path}/pid\nexec sleep 60\n")
    pip.chmod(0o755)
    code = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "from pathlib import Path\nfrom etbuild.execution.fetch.session import FetchSession\n"
        "from etbuild.execution.fetch.wheels import fetch_wheels\nfrom etbuild.model.lock import LockedFile\n"
        f"session = FetchSession(Path('.'), Path({str(pip)!r}))\n"
        "fetch_wheels(session, [LockedFile('a', '1', 'a.whl', 1, '0')], Path('out'), 'a')"
    )
    root = Path(__file__).parents[4]
    command = [sys.executable, "-c", code, str(root / "src"), str(root)]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
        tick = threading.Event()
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            tick.wait(0.02)
        process.send_signal(signal.SIGINT)  # To it alone: a terminal would send it to its children too.
        process.wait(timeout=20)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
