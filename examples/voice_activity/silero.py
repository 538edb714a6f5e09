"""Silero VAD for 16 kHz, as a module that can be exported: its state is an input and an output."""

from __future__ import annotations

import wave
from pathlib import Path

import torch
from torch import nn

RATE = 16000
WINDOW = 512
"""New samples a call: 32 ms."""
CONTEXT = 64
"""Samples before them that it is given again."""
STATE = (2, 1, 128)
MIRROR = 64
"""Samples behind them, the last ones backwards."""
BINS = 129
"""Frequencies of the spectrum; the filters give the real parts of all, then the imaginary ones."""
PACKAGE = Path("external/silero_vad")
WEIGHTS = PACKAGE / "src/silero_vad/data/silero_vad.jit"
CLIP = PACKAGE / "tests/data/test.wav"
SECONDS = 16
"""How much of the recording is used."""


class SileroVad(nn.Module):
    """`forward(samples[1, 576], state[2, 1, 128]) -> (probability[1, 1], state[2, 1, 128])`."""

    def __init__(self) -> None:
        """Make the layers, without their weights."""
        super().__init__()
        self.spectrum = nn.Conv1d(1, 2 * BINS, 256, stride=128, bias=False)
        self.encoder = nn.Sequential(
            *_layer(BINS, 128, 1), *_layer(128, 64, 2), *_layer(64, 64, 2), *_layer(64, 128, 1)
        )
        self.memory = nn.LSTMCell(128, 128)
        self.decoder = nn.Conv1d(128, 1, 1)

    def forward(self, samples: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return how likely the window holds speech, and the state to be given with the next one."""
        mirrored = torch.cat((samples, samples[:, -MIRROR - 1 : -1].flip(1)), 1)
        waves = self.spectrum(mirrored[:, None])
        features = self.encoder((waves[:, :BINS] ** 2 + waves[:, BINS:] ** 2).sqrt())
        hidden, cell = self.memory(features.squeeze(-1), (state[0], state[1]))
        speech = self.decoder(torch.relu(hidden)[..., None])
        return torch.sigmoid(speech).squeeze(-1), torch.stack((hidden, cell))


def load(weights: Path) -> nn.Module:
    """Return the network with the weights of the package's own TorchScript, which is what the package runs."""
    theirs = torch.jit.load(weights, map_location="cpu").state_dict()
    names = {"spectrum.weight": "stft.forward_basis_buffer"}
    for kind in ("weight", "bias"):
        names |= {f"encoder.{2 * at}.{kind}": f"encoder.{at}.reparam_conv.{kind}" for at in range(4)}
        names |= {f"memory.{kind}_{part}": f"decoder.rnn.{kind}_{part}" for part in ("ih", "hh")}
        names[f"decoder.{kind}"] = f"decoder.decoder.2.{kind}"
    model = SileroVad()
    model.load_state_dict({ours: theirs[f"_model.{name}"] for ours, name in names.items()})
    return model.eval()


def windows() -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return each 50th window of the recording, with the state that the network is in when it comes: for proofs."""
    model, state = load(WEIGHTS), torch.zeros(STATE)
    samples = torch.cat((torch.zeros(CONTEXT), samples_of(CLIP)[: SECONDS * RATE]))
    calls = []
    for window in samples.unfold(0, CONTEXT + WINDOW, WINDOW):
        calls.append((window[None].clone(), state))
        with torch.no_grad():
            state = model(*calls[-1])[1]
    return calls[::50]


def samples_of(recording: Path) -> torch.Tensor:
    """Return the samples of a WAV file of 16 bits and one channel, from -1 to 1."""
    with wave.open(str(recording)) as file:
        samples = torch.frombuffer(bytearray(file.readframes(file.getnframes())), dtype=torch.int16)
    return samples.float() / 32768


def _layer(inputs: int, outputs: int, stride: int) -> tuple[nn.Module, nn.Module]:
    return nn.Conv1d(inputs, outputs, 3, stride=stride, padding=1), nn.ReLU()
