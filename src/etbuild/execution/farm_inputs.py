"""FarmInputs: what an execution root must hold for each action. Knows nothing of roots or keys.

The headers of a target are one set that all of its compiles share: what is to be known of them is found out once.
"""

from __future__ import annotations

from collections.abc import Iterable

from etbuild.execution.execution_root import SMALL, Input, is_outside
from etbuild.execution.input_tree import DigestSource
from etbuild.model.action import Action, OutputFile
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.digest import Digest


class FarmInputs:
    """For one build."""

    def __init__(self, source: DigestSource) -> None:
        self._source = source
        self._headers: dict[InputSet, tuple[list[Input], list[str]]] = {}

    def of(self, action: Action) -> list[Input]:
        """Return all inputs of an action."""
        return self._inputs(main_inputs(action)) + self._of_headers(action)[0]

    def sources(self, action: Action) -> list[str]:
        """Return the sources that must not have changed while an action ran, by their places.

        Small headers are not among them: it read copies, which were held against their sources when they were made.
        """
        return [a.location for a in main_inputs(action) if a.is_source] + self._of_headers(action)[1]

    def forget(self) -> None:
        """Look anew: an action ran again and made other bytes than before."""
        self._headers.clear()

    def _of_headers(self, action: Action) -> tuple[list[Input], list[str]]:
        known = self._headers.get(action.headers)
        if known is None:
            inputs = self._inputs(action.headers)
            known = inputs, [at for _, file, at in inputs if is_outside(file, at)]
            self._headers[action.headers] = known
        return known

    def _inputs(self, artifacts: Iterable[Artifact]) -> list[Input]:
        inputs: list[Input] = []
        for artifact in artifacts:
            if artifact.is_source and artifact.is_tree:
                # As one folder: it may hold anything, and much of it.
                inputs.append((artifact.path, OutputFile(Digest("", SMALL + 1)), artifact.location))
            else:
                inputs += [(path, file, artifact.location) for path, file in self._source.files(artifact)]
        return inputs


def main_inputs(action: Action) -> Iterable[Artifact]:
    """Return the inputs of an action but for its headers."""
    inputs, headers = action.inputs, action.headers
    if not headers:
        return inputs
    others = (artifact for each in inputs.transitive if each is not headers for artifact in each)
    return () if inputs is headers else (*inputs.direct, *others)
