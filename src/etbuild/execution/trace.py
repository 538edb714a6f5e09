"""A build's log as a Chrome trace, for chrome://tracing and Perfetto. Knows nothing of files."""

from __future__ import annotations

import json

from etbuild.execution.event_log import RAN, BuildLog


def chrome_trace(build: BuildLog) -> str:
    """Return the JSON of the actions that ran; those at the same time stand in lanes of their own."""
    events = []
    free_at: list[int] = []
    for action in sorted((a for a in build.actions if a.outcome in RAN), key=lambda a: (a.start_ms, a.index)):
        lane = next((lane for lane, end in enumerate(free_at) if end <= action.start_ms), len(free_at))
        free_at[lane : lane + 1] = [action.start_ms + action.wall_ms]
        events.append(
            {
                "name": f"{action.mnemonic} {action.owner}",
                "cat": action.mnemonic,
                "ph": "X",
                "ts": action.start_ms * 1000,
                "dur": action.wall_ms * 1000,
                "pid": 1,
                "tid": lane + 1,
                "args": {"key": action.key, "outcome": action.outcome, "peak_ram": action.peak_ram},
            }
        )
    return json.dumps({"traceEvents": events, "displayTimeUnit": "ms"}, indent=1)
