"""Chooses the sandbox that works here. Tries each once; knows nothing of actions."""

from __future__ import annotations

import shutil

from etbuild.execution.sandbox.bubblewrap import NAMESPACES, NOBODY, Bubblewrap, system_binds
from etbuild.execution.sandbox.protocol import Sandbox
from etbuild.execution.sandbox.unsandboxed import Unsandboxed
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen

CHOICES = ("auto", "required", "bubblewrap", "landlock", "none")


@frozen
class SandboxChoice:
    """A sandbox, and one line for people that says which and why."""

    sandbox: Sandbox
    line: str


def choose_sandbox(wanted: str) -> SandboxChoice:
    """Return the best sandbox that works here, or the one that is wanted. Raises error[sandbox-unavailable].

    `required` is what promises equal bytes from any folder: bubblewrap.
    """
    if wanted == "none":
        return SandboxChoice(Unsandboxed(), "sandbox: none, as asked for")
    refusal = ""
    if wanted != "landlock":
        program = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
        refusal = bubblewrap_refusal(program)
        if program and not refusal:
            return SandboxChoice(Bubblewrap(program), "sandbox: bubblewrap")
        if wanted in ("required", "bubblewrap"):
            raise _unavailable(f"a sandbox is required, and bubblewrap does not work here: {refusal}")
    from etbuild.execution.sandbox.landlock import Landlock, landlock_version  # noqa: PLC0415 - ctypes: 4 ms.

    version = landlock_version()
    because = f" ({refusal})" if refusal else ""
    if version:
        network = "" if version >= 4 else "; the network is not shut off"
        return SandboxChoice(Landlock(version), f"sandbox: landlock{because}{network}")
    if wanted == "landlock":
        raise _unavailable("landlock is wanted, and this kernel does not offer it")
    return SandboxChoice(Unsandboxed(), f"sandbox: none{because}: actions see the whole machine")


def bubblewrap_refusal(program: str | None) -> str:
    """Return why bubblewrap does not work here; "" if it does."""
    if program is None:
        return "bwrap is not installed"
    import subprocess  # noqa: PLC0415 - 3 ms, for builds that are sandboxed so.

    probe = [program, *NAMESPACES, *NOBODY, *system_binds("/"), "--", "true"]
    try:
        done = subprocess.run(probe, env={}, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = done.stderr.strip().splitlines()
    return "" if done.returncode == 0 else said[-1] if said else f"bwrap ended with {done.returncode}"


def _unavailable(message: str) -> EtbuildError:
    hint = "apt install bubblewrap, and allow user namespaces; or build with --sandbox=auto"
    return EtbuildError(Diagnostic("sandbox-unavailable", message, hint=hint))
