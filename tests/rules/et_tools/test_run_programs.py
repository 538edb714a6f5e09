from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the export environment")
pytest.importorskip("executorch", reason="needs the export environment")

from executorch.exir import to_edge_transform_and_lower
from tokenizers import Tokenizer as Backend
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from toy_programs import HIDDEN, export, lower

from common.diagnostics import EX_DATAERR, UserError, run_tool
from run import classify, embed, expect, generate
from run.image import Preparation, load_image, preparation_of
from run.tokenizer import Tokenizer, load_tokenizer

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer of 32 words, one a token."""
    backend = Backend(WordLevel({f"w{index}": index for index in range(32)}))
    backend.pre_tokenizer = Whitespace()
    path = tmp_path_factory.mktemp("words") / "tokenizer.json"
    backend.save(str(path))
    return path


def test_generate_streams_the_continuation(toys: Path, words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generate.main(
        ["--pte", str(toys / "decoder.pte"), "--tokenizer", str(words), "--prompt", "w5 w6", "--max-new-tokens", "4"]
    )
    shown = capsys.readouterr().out.split()
    assert shown[:2] == ["w5", "w6"]
    assert 0 < len(shown) - 2 <= 4


def test_generate_stops_at_the_end_of_a_text() -> None:
    assert list(generate.until_end(iter([5, 6, 1, 7]), (1,))) == [5, 6]


@pytest.mark.parametrize(
    ("program", "prompt", "code"),
    [
        ("decoder", " ".join(["w5"] * 24), "prompt-too-long"),
        ("decoder", "", "empty-prompt"),
        ("classifier", "w5", "not-a-decoder"),
    ],
)
def test_generate_says_what_is_wrong(toys: Path, words: Path, program: str, prompt: str, code: str) -> None:
    with pytest.raises(UserError) as caught:
        generate.main(["--pte", str(toys / f"{program}.pte"), "--tokenizer", str(words), "--prompt", prompt])
    assert caught.value.diagnostics[0].code == code


def test_text_without_a_tokenizer_says_where_to_name_one(toys: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_tool(generate.main, ["--pte", str(toys / "decoder.pte"), "--prompt", "w5"]) == EX_DATAERR
    message, hint = capfd.readouterr().err.splitlines()
    assert message == "error[missing-tokenizer]: 'tokenizer' must name a file, names nothing"
    assert hint == "  hint: give 'tokenizer' of the hf_model the files that came with its weights"


def test_a_program_that_is_none_is_said_so(tmp_path: Path, words: Path) -> None:
    (tmp_path / "a.pte").write_bytes(b"nothing of the sort")
    with pytest.raises(UserError, match="is not a whole program"):
        generate.main(["--pte", str(tmp_path / "a.pte"), "--tokenizer", str(words), "--prompt", "w5"])


@pytest.mark.parametrize("content", ["{", '{"version": "1.0"}'])
def test_a_tokenizer_that_is_none_is_said_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(UserError, match="is no tokenizer that can be read"):
        load_tokenizer([tmp_path / "tokenizer.json"])
    with pytest.raises(UserError, match="which does not exist"):
        load_tokenizer([tmp_path / "absent.json"])


def test_pieces_hold_back_characters_that_are_not_whole() -> None:
    class Bytes:
        def decode(self, tokens: list[int]) -> str:
            return bytes(tokens).decode("utf-8", "replace")

    pieces = list(Tokenizer(Bytes()).pieces([65], iter([*"é".encode(), 66])))
    assert pieces == ["é", "B"]


def test_expect_holds_the_answer_against_the_expected_one(
    toys: Path, words: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [
        "--task",
        "text-generation",
        "--pte",
        str(toys / "decoder.pte"),
        "--tokenizer",
        str(words),
        "--prompt",
        "w5 w6",
    ]
    with pytest.raises(UserError) as caught:
        expect.main([*flags, "--expect", "not a word"])
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "unexpected-answer"
    answer = diagnostic.message.rpartition("continues with ")[2].strip("'")
    expect.main([*flags, "--expect", answer])
    assert answer in capsys.readouterr().out


def test_expect_without_a_task_wants_finite_values_that_differ(toys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expect.main(["--pte", str(toys / "classifier.pte")])
    assert capsys.readouterr().out == "1 outputs, finite\n"
    with pytest.raises(UserError, match="is constant"):
        expect.main(["--pte", str(toys / "constant.pte")])


def test_expect_runs_each_method_that_is_named(toys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "several.pte"
    graphs = {name: torch.export.load(toys / f"{name}.pt2") for name in ("classifier", "constant")}
    program.write_bytes(to_edge_transform_and_lower(graphs).to_executorch().buffer)
    fine = ["--pte", str(program), *["--task", "none", "--method", "classifier"] * 2]
    expect.main(fine)
    assert capsys.readouterr().out == "classifier: 1 outputs, finite\n" * 2
    with pytest.raises(UserError, match="output 0 of 'constant' must be finite"):
        expect.main([*fine, "--task", "none", "--method", "constant"])


def test_expect_names_the_attribute_that_its_task_needs(toys: Path) -> None:
    with pytest.raises(UserError) as caught:
        expect.main(["--task", "image-classification", "--pte", str(toys / "classifier.pte")])
    assert caught.value.diagnostics[0].attribute == "image"


@pytest.fixture
def red(tmp_path: Path) -> Path:
    image = pytest.importorskip("PIL.Image")
    picture = image.new("RGB", (40, 20), (255, 0, 0))
    picture.save(tmp_path / "red.png")
    return tmp_path / "red.png"


def test_a_picture_becomes_the_tensor_that_the_program_takes(red: Path) -> None:
    tensor = load_image(red, preparation_of([1, 3, 8, 4], {"image_mean": [255.0, 0.0, 0.0], "image_std": 51.0}))
    assert tensor.shape == (1, 3, 8, 4)
    assert torch.equal(tensor, torch.zeros(1, 3, 8, 4))
    assert float(load_image(red, Preparation(2, 2, (0.0,) * 3, (51.0,) * 3))[0, 0, 0, 0]) == 5.0


def test_classify_prints_the_likeliest_classes(toys: Path, red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = red.parent / "labels.txt"
    labels.write_text("\n".join(f"thing {index}" for index in range(10)))
    classify.main(["--pte", str(toys / "classifier.pte"), "--top", "2", "--labels", str(labels), str(red)])
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == str(red)
    assert len(lines) == 2
    assert all("thing" in line for line in lines)


@pytest.mark.parametrize(("name", "code"), [("absent.png", "missing-image"), ("text.png", "invalid-image")])
def test_classify_says_what_is_wrong_with_a_picture(toys: Path, red: Path, name: str, code: str) -> None:
    red.with_name("text.png").write_text("no picture")
    with pytest.raises(UserError) as caught:
        classify.main(["--pte", str(toys / "classifier.pte"), str(red.with_name(name))])
    assert caught.value.diagnostics[0].code == code


def test_embed_compares_sentences(words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = torch.nn.Embedding(32, HIDDEN)

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            mask = attention_mask[..., None].to(torch.float32)
            return (self.embed(input_ids) * mask).sum(1) / mask.sum(1)

    inputs = (torch.tensor([[1, 2, 3, 4]]), torch.ones(1, 4, dtype=torch.int64))
    program = lower(export(Encoder(), inputs, tmp_path / "encoder.pt2"), tmp_path / "encoder.pte")
    flags = ["--pte", str(program), "--tokenizer", str(words)]
    embed.main([*flags, "w1 w2", "w9 w8", "w2 w1"])
    first, nearest, farthest = capsys.readouterr().out.splitlines()
    assert (first, nearest) == ("w1 w2", "   1.000  w2 w1")
    assert farthest.endswith("w9 w8")
    embed.main([*flags, "--json", "w1"])
    [vector] = json.loads(capsys.readouterr().out).values()
    assert len(vector) == HIDDEN
    with pytest.raises(UserError, match="a text must have 1 to 4 tokens for this program, has 5"):
        embed.main([*flags, "w1 w2 w3 w4 w5", "w1"])
    sentences = ["--sentence", "w1 w2", "--sentence", "w2 w1", "--sentence", "w9 w8"]
    expect.main(["--task", "feature-extraction", *flags, *sentences])
    with pytest.raises(UserError, match="the near sentence must be nearer"):
        expect.main(["--task", "feature-extraction", *flags, *sentences[:2], *sentences[4:], *sentences[2:4]])
