"""What the targets of the et family give each other."""

from __future__ import annotations

from dataclasses import dataclass

from etbuild.api import Artifact, Label, Provider


@dataclass(frozen=True, slots=True)
class ModelInfo(Provider):
    """A model that can be exported."""

    label: Label
    """Its outputs stand in this label's package, whoever asks for them: so programs share an export."""
    kind: str
    """`hf_model`, `torch_model` or `pt2_model`."""
    flags: tuple[str | Artifact, ...]
    """The flags of export_model.py that describe it."""
    inputs: tuple[Artifact, ...] = ()
    """Files that the flags name inside a longer word, such as "file.py:function"."""
    tokenizer: tuple[Artifact, ...] = ()
    """Files that a tokenizer is made of; empty if it has none."""
    shapes: tuple[tuple[int, ...], ...] = ()
    """Of its example inputs, where its target writes them down."""


@dataclass(frozen=True, slots=True)
class MethodProof:
    """What the proof of a program's method leaves for others that run it."""

    method: str
    facts: Artifact
    """JSON: its inputs, outputs and constants."""
    measure: Artifact
    """JSON: figures."""
    inputs: Artifact
    """The recorded inputs, as safetensors."""
    expected: Artifact
    """What its graph and the program gave for them, as safetensors."""
    tolerances: tuple[str, ...]
    """`figure=bound`, as the target gives them."""
    task: str = ""
    """What the method does; nothing if its target does not say."""


@dataclass(frozen=True, slots=True)
class ProgramInfo(Provider):
    """A proven `.pte` program."""

    program: Artifact
    operators: Artifact
    """JSON: operators and dtypes of each method, delegates."""
    plan: Artifact
    """JSON: the memory plan."""
    facts: Artifact
    """JSON: inputs, outputs and constants of its method."""
    verdict: Artifact
    """Exists only if the program keeps its model's answers."""
    task: str
    inputs: Artifact
    """safetensors: what its first method was proven with."""
    expected: Artifact
    """safetensors: what its graph gave for these, and for text the greedy tokens."""
    tokenizer: tuple[Artifact, ...] = ()
    proofs: tuple[MethodProof, ...] = ()
    own_operators: tuple[Artifact, ...] = ()
    """What defines operators that it calls beyond torch's and ExecuTorch's, for the official runtime on the host."""
    profile: str = ""
    """What it was lowered for beyond its backend, such as `cortex_m-mve`; nothing if any processor runs it."""


@dataclass(frozen=True, slots=True)
class EagerTextInfo(Provider):
    """What a model says to a prompt in eager PyTorch."""

    reference: Artifact
    """safetensors: input_ids, the greedy tokens, and the logits before each."""


@dataclass(frozen=True, slots=True)
class EtRuntimeInfo(Provider):
    """An ExecuTorch runtime for one platform; its CcInfo is what C++ needs of it."""

    provider: str
    """Where it comes from."""
    features: tuple[str, ...]
    """What of it is linked, where that can be chosen."""
    defines: tuple[str, ...]
    """What its ABI wants defined."""
    libraries: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True)
class ImageInfo(Provider):
    """What an image takes and does on its platform."""

    sizes: Artifact
    """JSON: what takes how much of each memory."""
    budgets: tuple[tuple[str, int], ...]
    """The most bytes that it may take, by memory."""
    run: Artifact | None
    """JSON: how it ended there, and what it said of itself. None if what runs it is not installed."""
    lacks: str = ""
    """What that is."""


@dataclass(frozen=True, slots=True)
class TokenizerInfo(Provider):
    """A tokenizer for C++ programs."""

    file: Artifact
    """The flat file; docs/design/tokenizer_file.md says what is in it."""
