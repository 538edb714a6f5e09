"""Has eSpeak NG say a text in a quiet room, as 16-bit sound of 16 kHz; knows of no model.

speak.py VOICE WORDS_A_MINUTE VOLUME OUT.wav OUT.pcm TEXT...

Voices that breathe, such as `+f2`, `+f3` and `+f5`, do it otherwise each time: they are none for a build.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import random
import sys
import wave
from array import array
from pathlib import Path

import espeakng_loader

RATE = 16000
BEFORE, BEHIND = RATE, RATE // 2
"""Samples around what is said."""
ROOM = 50
"""How loud a microphone's noise is, at most."""
WAITS_FOR_ALL = 2
"""eSpeak's AUDIO_OUTPUT_SYNCHRONOUS: sound goes to a function of ours, and synthesis returns when it is done."""
SPEED, UTF8 = 1, 1
TAPS = 24
"""Of the filter that changes the rate, on each side of a sample."""
ONE = 1 << 15


def main() -> None:
    """Write what is said, as a sound file and as nothing but samples."""
    voice, speed, volume, sound, samples = sys.argv[1:6]
    rate, spoken = speak(" ".join(sys.argv[6:]), voice, int(speed))
    said = [0] * BEFORE + [value * int(volume) // 100 for value in resampled(spoken, rate)] + [0] * BEHIND
    room = random.Random(0)  # noqa: S311  Noise, and always the same.
    recording = array("h", [clipped(value + room.randint(-ROOM, ROOM)) for value in said]).tobytes()
    Path(samples).write_bytes(recording)
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(recording)


def speak(text: str, voice: str, speed: int) -> tuple[int, list[int]]:
    """Return the rate of the voice's samples, and what it says."""
    spoken: list[int] = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    def keep(chunk: ctypes._Pointer[ctypes.c_short], length: int, _events: int) -> int:
        if chunk and length > 0:
            spoken.extend(chunk[:length])
        return 0

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    # It cuts paths at 160 bytes; that of an environment is longer.
    with contextlib.chdir(Path(espeakng_loader.get_data_path()).parent):
        rate = library.espeak_Initialize(WAITS_FOR_ALL, 0, b".", 0)
        if rate <= 0 or library.espeak_SetVoiceByName(voice.encode()) != 0:
            sys.exit(f"eSpeak NG has no voice '{voice}'")
        library.espeak_SetSynthCallback(keep)
        library.espeak_SetParameter(SPEED, speed, 0)
        words = text.encode()
        library.espeak_Synth(words, len(words) + 1, 0, 0, 0, UTF8, None, None)
    return rate, spoken


def resampled(samples: list[int], rate: int) -> list[int]:
    """Return the samples at 16 kHz, each from those around it by a windowed sinc; in whole numbers, equal anywhere."""
    up, down = RATE // math.gcd(rate, RATE), rate // math.gcd(rate, RATE)
    phases = [_filter(phase / up, min(1.0, RATE / rate)) for phase in range(up)]
    padded = [0] * TAPS + samples + [0] * (TAPS + 1)
    made = []
    for index in range(len(samples) * up // down):
        first, phase = divmod(index * down, up)
        total = sum(map(int.__mul__, padded[first + 1 : first + 2 * TAPS + 1], phases[phase]))
        made.append((total + ONE // 2) // ONE)
    return made


def clipped(value: int) -> int:
    """Return the nearest number of 16 bits."""
    return max(-ONE, min(ONE - 1, value))


def _filter(offset: float, cutoff: float) -> list[int]:
    """Return weights for the samples from -TAPS + 1 to TAPS around one that lies `offset` behind sample 0."""
    weights = []
    for tap in range(1 - TAPS, TAPS + 1):
        place = tap - offset
        window = 0.5 + 0.5 * math.cos(math.pi * place / TAPS)
        wave_ = math.sin(math.pi * place * cutoff) / (math.pi * place) if place else cutoff
        weights.append(round(wave_ * window * ONE))
    return weights


if __name__ == "__main__":
    main()
