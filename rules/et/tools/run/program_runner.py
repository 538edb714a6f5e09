"""Runs a program (`.pte`) on the official Python runtime; knows nothing of graphs or figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from common.diagnostics import mistake
from common.operators import load_operators
from common.reasons import first_line
from pte.flatbuffer import InvalidProgram
from pte.operators import operators_report
from pte.plan import method_plan
from pte.program import Method, Program
from pte.reader import read_program
from pte.summary import constant_result
from run.native_log import NativeLog
from run.quantized_io import quantized_io

Values = tuple[Any, ...]
NOTES = 4
"""How many lines of the runtime's own log a message shows."""


class ProgramRunner:
    """One method of a program, loaded."""

    def __init__(self, path: Path, name: str, debug_bytes: int = 0) -> None:
        self.path = path
        self.program = read_checked(path)
        self.method = method_of(self.program, name, path)
        self.io = quantized_io(self.method, self.constants())
        self._debug_bytes = debug_bytes
        self._has_state = any(tensor["role"] == "state" for tensor in method_plan(self.method)["tensors"])
        self._load()

    def run(self, inputs: Values) -> Values:
        """Run once, on floats where the program has whole numbers; state that the program keeps is kept."""
        log = NativeLog()
        try:
            with log:
                return self.io.floats(tuple(self._method.execute(list(self.io.taken(inputs)))))
        except RuntimeError as error:
            message = f"method '{self.method.name}' of '{self.path.name}' fails while it runs: {first_line(error)}"
            raise mistake("program-fails", message, notes=log.lines[-NOTES:]) from error

    def reset(self) -> None:
        """Forget the state, by loading again where there is any."""
        if self._has_state:
            self._load()

    def write_trace(self, trace: Path, values: Path) -> None:
        """Write what the runs since loading left in the event trace, and the values of each instruction."""
        self._loaded.write_etdump_result_to_file(str(trace), str(values))

    def constants(self) -> dict[str, Any]:
        """Return what the program's constant methods give, by name."""
        return {method.name: constant_result(method) for method in self.program.methods if not method.instructions}

    def _load(self) -> None:
        log = NativeLog()
        try:
            with log:
                runtime = runtime_for(self.program)
                _require_kernels(self.program, runtime, self.path)
                self._loaded = runtime.load_program(
                    str(self.path), enable_etdump=self._debug_bytes > 0, debug_buffer_size=self._debug_bytes
                )
                self._method = self._loaded.load_method(self.method.name)
        except RuntimeError as error:
            message = f"the official runtime does not load '{self.path.name}': {first_line(error)}"
            raise mistake("program-does-not-load", message, notes=log.lines[-NOTES:]) from error


def read_checked(path: Path) -> Program:
    """Read the program at `path`; a file that is none is a user's mistake."""
    try:
        return read_program(path)
    except InvalidProgram as error:
        message = f"'{path}' is not a whole program: {error}"
        raise mistake("invalid-program", message, hint="build it again, or copy it again") from error


def method_of(program: Program, name: str, path: Path) -> Method:
    """Return the method called `name`."""
    methods = {method.name: method for method in program.methods if method.instructions}
    if name not in methods:
        message = f"'{path.name}' has no method '{name}': it has {', '.join(sorted(methods)) or 'none'}"
        raise mistake("unknown-method", message)
    return methods[name]


def runtime_for(program: Program) -> Any:
    """Return the official runtime, with the kernel libraries that `program` calls."""
    from executorch.runtime import Runtime

    libraries = {name.split("::")[0] for method in program.methods for name, _ in method.operators}
    if "llama" in libraries:
        from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401
    if "quantized_decomposed" in libraries:
        import executorch.kernels.quantized  # noqa: F401
    load_operators()
    return Runtime.get()


def use_one_thread() -> None:
    """Run kernels on one thread: some of them sum in the order in which threads end, and figures must not change."""
    from executorch.extension.pybindings import portable_lib

    portable_lib._unsafe_reset_threadpool(1)


def _require_kernels(program: Program, runtime: Any, path: Path) -> None:
    """Name what the runtime lacks; itself it only says that something is missing."""
    known = runtime.operator_registry.operator_names
    called = {
        f"{call['operator']}.{call['overload']}" if call["overload"] else call["operator"]
        for method in operators_report(program)["methods"].values()
        for call in method["operators"]
    }
    missing = sorted(called - set(known))
    if missing:
        message = f"the official runtime has no kernel for {', '.join(missing)}, which '{path.name}' calls"
        raise mistake("missing-kernel", message, "backend")
    backends = {delegate.backend for method in program.methods for delegate in method.delegates}
    absent = sorted(name for name in backends if not runtime.backend_registry.is_available(name))
    if absent:
        message = f"the official runtime has no backend {', '.join(absent)} on this machine, which '{path.name}' needs"
        raise mistake("missing-backend", message, "backend")
