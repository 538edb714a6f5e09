"""Measures a decoder: greedy tokens, logits and perplexity against its graph; knows nothing of other tasks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch

from check.decoding import Decoder, decoder_inputs
from check.degenerate import require_telling
from check.figures import Comparison, rounded, sqnr_db
from check.graph_runner import GraphRunner
from check.measurement import TELLING_DB, Measurement
from common.diagnostics import mistake
from common.progress import progress
from run.program_runner import ProgramRunner
from run.seeded_inputs import seeded_tokens
from run.tokenizer import Tokenizer

PROMPTS = ("Once upon a time",)
"""What a decoder continues where the target names no prompt."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Text, and the tokens it is."""

    text: str
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decoders:
    """What is compared: a program with its graph, and with the graph before quantization where there is one."""

    graph: Decoder
    program: Decoder
    original: Decoder | None


@dataclass(frozen=True, slots=True)
class Walk:
    """A decoder's way through tokens: the prompt, those that it (or another) chose, and the logits before each."""

    prompt: tuple[int, ...]
    tokens: tuple[int, ...]
    logits: tuple[torch.Tensor, ...]


def tokenize_prompts(prompts: Sequence[str], tokenizer: Tokenizer | None, vocabulary: int) -> tuple[Prompt, ...]:
    """Return the prompts as tokens; without a tokenizer, seeded tokens stand for them."""
    if tokenizer is None:
        return (Prompt("8 seeded tokens", tuple(seeded_tokens(vocabulary, 8)[0].tolist())),)
    tokenized = tuple(Prompt(text, tuple(tokenizer.encode(text))) for text in prompts or PROMPTS)
    for index, prompt in enumerate(tokenized):
        if not prompt.tokens:
            raise mistake("empty-prompt", "a prompt must have at least one token, has none", "prompts", index=index)
    return tokenized


def measure_text(measurement: Measurement, prompts: Sequence[Prompt], count: int, decoders: Decoders) -> None:
    """Let the graph continue each prompt, walk the program the same way, and write the figures into `measurement`."""
    measurement.inputs = [prompt.text for prompt in prompts]
    walks = [_greedy(decoders.graph, prompt, count, "eager reference") for prompt in prompts]
    require_telling([(torch.cat(walk.logits),) for walk in walks], "the graph")
    followed = [_follow(decoders.program, walk, "program") for walk in walks]
    measurement.against_graph = _against(prompts, walks, followed)
    form = {"index": 0, "dtype": str(walks[0].logits[0].dtype).removeprefix("torch.")}
    measurement.outputs = [form | measurement.against_graph]
    measurement.off = _first_off(walks, followed, TELLING_DB[measurement.precision])
    for index, (walk, other) in enumerate(zip(walks, followed, strict=True)):
        _record(measurement, index, walk, other)
    if decoders.original is not None:
        truth = [_greedy(decoders.original, prompt, count, "float reference") for prompt in prompts]
        require_telling([(torch.cat(walk.logits),) for walk in truth], "the graph before quantization")
        results = [_follow(decoders.program, walk, "program") for walk in truth]
        measurement.against_float = _against(prompts, truth, results) | {
            "perplexity": _perplexity(decoders.program, truth),
            "float_perplexity": _perplexity(decoders.original, truth),
        }


def decoder_of(runner: GraphRunner | ProgramRunner, graph: GraphRunner, constants: dict[str, Any]) -> Decoder:
    """Return `runner` as a decoder; shapes are the graph's, the cache's length is the program's own word."""
    if len(graph.inputs) < 2 or len(graph.inputs[0].largest) != 2:
        names = ", ".join(spec.name for spec in graph.inputs)
        raise mistake(
            "not-a-decoder", f"text-generation needs the inputs input_ids and cache_position, has {names}", "task"
        )
    size = graph.inputs[0].sizes[1]
    chunk = graph.inputs[0].largest[1] if size is None else size
    limit = constants.get("get_max_context_len") or constants.get("get_max_seq_len") or chunk
    return Decoder(runner.run, runner.reset, min(chunk, limit), limit)


def _greedy(decoder: Decoder, prompt: Prompt, count: int, who: str) -> Walk:
    if len(prompt.tokens) >= decoder.limit:
        message = f"a prompt must be shorter than the program's {decoder.limit} tokens, has {len(prompt.tokens)}"
        raise mistake("prompt-too-long", message, "prompts")
    steps = []
    for at, step in enumerate(islice(decoder.greedy(prompt.tokens), count)):
        progress(f"{who}: token {at + 1} of {count}")
        steps.append(step)
    return Walk(prompt.tokens, tuple(token for token, _ in steps), tuple(logits for _, logits in steps))


def _follow(decoder: Decoder, walk: Walk, who: str) -> Walk:
    """Feed the tokens of `walk`: logits can be compared even after `decoder` would have gone another way."""
    decoder.reset()
    logits = [decoder.feed(walk.prompt, 0)]
    for at, token in enumerate(walk.tokens[:-1]):
        progress(f"{who}: token {at + 2} of {len(walk.tokens)}")
        logits.append(decoder.feed([token], len(walk.prompt) + at))
    return Walk(walk.prompt, tuple(int(each[-1].argmax()) for each in logits), tuple(logits))


def _against(prompts: Sequence[Prompt], truth: Sequence[Walk], results: Sequence[Walk]) -> dict[str, Any]:
    comparison = Comparison()
    equal = 0
    for prompt, walk, other in zip(prompts, truth, results, strict=True):
        equal += _equal_tokens(walk, other)
        for at, (reference, result) in enumerate(zip(walk.logits, other.logits, strict=True)):
            comparison.add(reference, result, f"the logits of token {at + 1} after '{prompt.text}'")
            comparison.add_top1(reference, result)
    return {"tokens_equal": equal, "tokens": sum(len(walk.tokens) for walk in truth), **comparison.report()}


def _equal_tokens(walk: Walk, other: Walk) -> int:
    """Count the tokens up to the first that differs: from there on it would be another text."""
    for at, (token, chosen) in enumerate(zip(walk.tokens, other.tokens, strict=True)):
        if token != chosen:
            return at
    return len(walk.tokens)


def _first_off(truth: Sequence[Walk], results: Sequence[Walk], least: float) -> list[tuple[Any, ...]] | None:
    """Return the calls up to the first one that is clearly off."""
    for walk, other in zip(truth, results, strict=True):
        for at, (reference, result) in enumerate(zip(walk.logits, other.logits, strict=True)):
            if walk.tokens[at] != other.tokens[at] or sqnr_db(reference, result) < least:
                later = [
                    decoder_inputs([token], len(walk.prompt) + step) for step, token in enumerate(walk.tokens[:at])
                ]
                return [decoder_inputs(walk.prompt, 0), *later]
    return None


def _record(measurement: Measurement, index: int, walk: Walk, other: Walk) -> None:
    """Keep the prompt's call, and the tokens that follow it."""
    inputs = decoder_inputs(walk.prompt, 0)
    given = {"graph": (walk.logits[0],), "program": (other.logits[0],)}
    measurement.record(index, ["input_ids", "cache_position"], inputs, given)
    measurement.expected[f"{index}/tokens"] = torch.tensor(walk.tokens)


def _perplexity(decoder: Decoder, truth: Sequence[Walk]) -> float:
    """Return the perplexity of the prompts and their continuation by the float graph; every token is predicted."""
    total, count = 0.0, 0
    for walk in truth:
        tokens = [*walk.prompt, *walk.tokens]
        decoder.reset()
        # One by one: a program that gives the last token's logits alone then gives all of them.
        logits = decoder.feed(tokens[:-1], 0, chunk=1).to(torch.float64)
        picked = logits.log_softmax(-1).gather(1, torch.tensor(tokens[1:])[:, None])
        total -= float(picked.sum())
        count += len(tokens) - 1
    mean = total / count
    return rounded(math.exp(mean)) if math.isfinite(mean) and mean < 500 else 1e200
