"""Strings that tokenizers stumble over, drawn from a seed; knows nothing of tokenizers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

_SCRIPTS = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x2FF), (0x370, 0x3FF), (0x400, 0x52F), (0x531, 0x58A), (0x591, 0x5F4),
    (0x600, 0x6FF), (0x700, 0x74F), (0x900, 0x97F), (0x980, 0x9FE), (0xB80, 0xBFA), (0xE01, 0xE5B), (0xF00, 0xFDA),
    (0x1000, 0x109F), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x139F), (0x13A0, 0x13FD), (0x1780, 0x17F9),
    (0x1E00, 0x1FFE), (0x2000, 0x206F), (0x2070, 0x20BF), (0x2100, 0x218B), (0x2190, 0x23FF), (0x2500, 0x27BF),
    (0x2E80, 0x2FDF), (0x3000, 0x30FF), (0x3130, 0x32FF), (0x4E00, 0x9FFF), (0xA000, 0xA48C), (0xAC00, 0xD7A3),
    (0xE000, 0xE0FF), (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE00, 0xFEFF), (0xFF00, 0xFFFD), (0x10000, 0x100FA),
    (0x10330, 0x1034A), (0x10D40, 0x10D8F), (0x11000, 0x1107F), (0x11900, 0x1194F), (0x1D100, 0x1D1DD),
    (0x1D400, 0x1D7FF), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF), (0x2F800, 0x2FA1D),
    (0xE0001, 0xE007F), (0x10FF00, 0x10FFFF),
)  # fmt: skip
_SPACES = " \t\n\r\u000b\u000c\u0085\u00a0\u1680\u2003\u2009\u2028\u2029\u202f\u205f\u3000\u200b\ufeff\u180e"
_MARKS = "".join(
    map(chr, (*range(0x300, 0x370), 0x591, 0x5B0, 0x64B, 0x93C, 0x94D, 0x9BC, 0xE38, 0x1DC0, 0x20D0, 0x3099, 0x302A))
)
_WORDS = [
    "the", "The", "THE", "capital", "of", "France", "is", "Paris", "don't", "I'm", "you'll", "we've", "they're",
    "it's", "DON'T", "I'M", "WE'VE", "'S", "'ſ", "'LL", "x's", "a'd", "hello", "world", "naïve", "café", "Zürich",
    "straße", "İstanbul", "ΌΣΟΣ", "Москва", "привет", "你好", "世界", "東京タワー", "안녕하세요", "한국어",
    "مرحبا", "שלום", "नमस्ते",
    "สวัสดี", "ព្រះ", "Tiếng", "Việt", "ﬁnal", "ﬀ", "Ⅻ", "½", "²", "①", "१२३", "٣٤٥", "3.14159", "1,000,000",
    "2024-01-31", "0xDEADBEEF", "1e-9", "__init__", "foo_bar", "fooBar", "self.x", "camelCase", "HTTPServer", "▁",
    "▁▁", "##", "##ing", "<0x0A>", "<s>", "</s>", "<unk>", "[CLS]", "[MASK]", "<|im_start|>", "<|im_end|>",
    "<|endoftext|>", "<repo_name>", "Ġ", "Ċ", "▁the", "'", '"', "`", "~", "…", "–", "—", "“quoted”", "«x»", "¿", "¡",
    "#", "@user", "http://a.b/c?d=e&f=g%20h", "a+b==c",
]  # fmt: skip
_CODE = (
    "def f(x):\n    return x ** 2\n", 'for (int i = 0; i < 10; ++i) {\n\tputs("x");\n}\n', "\r\n\r\n",
    "SELECT * FROM t;",
    '<div class="a">&nbsp;</div>', '{"a": [1, 2.5e3, null]}', "if x:\n        pass\n\n\n", "#include <vector>\n",
    "a = b\\nc", "$ ls -la | grep x > /dev/null 2>&1",
)  # fmt: skip
_EMOJI = ("😀", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "❤️", "1️⃣", "🧑🏿‍🚀", "☺", "✈️", "\U0001fae8")


def strings(seed: int, count: int) -> Iterator[bytes]:
    """Yield `count` strings as bytes, a tenth of them no good UTF-8."""
    random = Random(seed)
    for index in range(count):
        text = "".join(_part(random) for _ in range(random.choice((1, 1, 2, 3, 5, 8, 20))))
        content = text.encode()
        yield _broken(random, content) if index % 10 == 0 else content


def _part(random: Random) -> str:
    kinds = (_word, _word, _word, _letters, _letters, _mixed, _spaces, _digits, _marked, _code, _repeated, _anything)
    return random.choice(kinds)(random)


def _word(random: Random) -> str:
    return random.choice(("", " ", " ", " ", "  ", "\n")) + random.choice(_WORDS)


def _letters(random: Random) -> str:
    first, last = random.choice(_SCRIPTS)
    letters = "".join(chr(random.randint(first, last)) for _ in range(random.randint(1, 8)))
    return random.choice(("", " ")) + letters


def _mixed(random: Random) -> str:
    return random.choice(_EMOJI) if random.random() < 0.4 else "".join(_letters(random)[-1] for _ in range(4))


def _spaces(random: Random) -> str:
    if random.random() < 0.6:
        return random.choice(" \n\t") * random.choice((1, 2, 3, 4, 7, 16, 33))
    return "".join(random.choice(_SPACES) for _ in range(random.randint(1, 6)))


def _digits(random: Random) -> str:
    digits = random.choice(("0123456789", "0123456789.,", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "ⅠⅡⅢ½¼²³①②"))
    return "".join(random.choice(digits) for _ in range(random.randint(1, 12)))


def _marked(random: Random) -> str:
    base = random.choice("aeiouAEIOUсиякがかはबकกㄱ가각x ")
    return base + "".join(random.choice(_MARKS) for _ in range(random.randint(1, 4)))


def _code(random: Random) -> str:
    return random.choice(_CODE)


def _repeated(random: Random) -> str:
    return random.choice(("a", "ab", "!", "=-", "\u4f60", "é", "e\u0301", "🙂", "ha", ".", "#")) * random.randint(2, 40)


def _anything(random: Random) -> str:
    codes: Sequence[int] = [random.randrange(0x110000) for _ in range(random.randint(1, 4))]
    return "".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000)


def _broken(random: Random, content: bytes) -> bytes:
    broken = bytearray(content)
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(broken))
        if random.random() < 0.4:
            del broken[at : at + random.randint(1, 2)]
        else:
            broken[at:at] = random.choice(
                (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80", b"\xf0\x9f", b"\xc3")
            )
    return bytes(broken)
