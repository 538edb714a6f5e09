"""embed_programs: the sources that an image is given for its programs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from program_bytes import Numbers, add_program, encode, integer, method, program, tensor

from common.diagnostics import UserError
from image import held_sources
from image.backends import check as check_backends
from image.image_sources import Embedded, assembly, definitions, header
from image.method_memory import allocations
from image.names import identifier
from image.recorded_calls import Place, read_proof
from image.tiers import check as check_tiers
from pte.program import Delegate, Instruction, Segment
from pte.reader import parse_program

TOOL = Path(__file__).resolve().parents[3] / "rules" / "et" / "tools" / "image" / "embed_programs.py"
ADD = parse_program(bytes(add_program()))


def embed(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "add.pte").write_bytes(add_program())
    command = [
        sys.executable,
        "-I",
        "-S",
        str(TOOL),
        "--owner",
        "//app:it",
        "--form",
        "elf",
        "--output",
        "made",
        *words,
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_bytes_stand_in_read_only_memory_at_their_own_alignment() -> None:
    plain = Embedded("add", "tiny/add.pte", ADD, {})
    lines = assembly([plain], "elf").splitlines()
    assert lines == [
        '.section .rodata.etbuild_program_add,"a",%progbits',
        ".globl etbuild_program_add",
        ".balign 16",
        "etbuild_program_add:",
        '.incbin "tiny/add.pte"',
        ".size etbuild_program_add, . - etbuild_program_add",
        '.section .note.GNU-stack,"",%progbits',
    ]
    assert assembly([plain], "macho").splitlines()[1] == ".globl _etbuild_program_add"


def test_delegates_data_keeps_the_alignment_of_segments() -> None:
    held = replace(ADD, segments=(Segment(128, 64, "constants and delegates"),))
    assert ".balign 128" in assembly([Embedded("add", "a.pte", held, {})], "elf")


def test_memory_is_exact_and_in_the_memory_of_its_id() -> None:
    program_ = Embedded("add", "a.pte", ADD, {})
    text = definitions([program_], {1: "dtcm"}, temp=32)
    place = '__attribute__((section(".bss.tier.dtcm.add_forward_memory_1")))'
    assert f"alignas(16) uint8_t forward_memory_1[64] {place};" in text
    assert "alignas(16) uint8_t forward_memory_1[64];" in definitions([program_], {1: "ram"}, temp=32)
    assert "alignas(16) uint8_t temp_memory[32];" in text
    assert "planned_bytes = 64;" in header([program_], "//app:it")


def test_a_method_takes_what_its_values_and_instructions_do() -> None:
    [forward] = (each for each in ADD.methods if each.name == "forward")
    found = allocations(forward)
    assert found[:2] == [("Value", len(forward.values)), ("Flag", len(forward.inputs))]
    assert found[-4:] == [("State", 1), ("Operator", 1), ("Instruction", 1), ("Argument", 5)]
    # Tensors of one form share strides.
    assert sum(kind == "Tensor" for kind, _ in found) > sum(kind == "Dimension" for kind, _ in found)


def test_tensors_of_other_forms_share_no_strides() -> None:
    forms = [tensor(sizes=[2, 3]), tensor(sizes=[2, 3]), tensor(sizes=[3, 2]), integer(1), tensor(sizes=[3, 2])]
    [only] = parse_program(bytes(encode(program([method("forward", forms, f8=Numbers("<q", [0, 64]))])))).methods
    assert [each for each in allocations(only) if each[0] in {"Dimension", "Tensor"}] == [
        ("Dimension", 2),
        ("Tensor", 1),
        ("Tensor", 1),
        ("Dimension", 2),
        ("Tensor", 1),
        ("Tensor", 1),
    ]


def test_the_tool_writes_three_sources_and_what_fills_memory(tmp_path: Path) -> None:
    done = embed(tmp_path, "--program", "add-it=add.pte")
    assert done.stderr == ""
    written = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert written == ["contents.txt", "programs.cpp", "programs.h", "programs.s"]
    assert (tmp_path / "made/contents.txt").read_text(encoding="utf-8") == (
        "ram        24  float32[2, 3], input 0, in 'forward' of 'add_it'\n"
        "ram        24  float32[2, 3], result of aten::add.out (step 0), in 'forward' of 'add_it'\n"
    )
    text = (tmp_path / "made/programs.h").read_text(encoding="utf-8")
    assert "namespace programs::add_it {" in text
    assert f"size = {len(add_program())};" in text


def test_two_programs_of_one_name_are_refused(tmp_path: Path) -> None:
    done = embed(tmp_path, "--program", "a-b=add.pte", "--program", "a.b=add.pte")
    assert done.returncode == 65
    assert "error[same-name]: programs must have different names in C++, 2 are called 'a_b'" in done.stderr


@pytest.mark.parametrize(("name", "is_called"), [("mlp", "mlp"), ("a-b.c", "a_b_c"), ("8bit", "_8bit"), ("ß", "_")])
def test_names_become_names_of_cpp(name: str, is_called: str) -> None:
    assert identifier(name) == is_called


def safetensors(path: Path, **tensors: list[int]) -> Path:
    entries = {
        name.replace("_", "/"): {"dtype": "F32", "shape": [1, (span[1] - span[0]) // 4], "data_offsets": span}
        for name, span in tensors.items()
    }
    text = json.dumps(entries).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(max(span[1] for span in tensors.values())))
    return path


def test_recorded_tensors_are_found_in_their_files(tmp_path: Path) -> None:
    inputs = safetensors(tmp_path / "inputs", **{"0_x": [0, 8], "1_x": [8, 16]})
    expected = safetensors(tmp_path / "expected", **{"0_graph_0": [0, 4], "0_program_0": [4, 8], "1_graph_0": [8, 12]})
    facts = tmp_path / "facts.json"
    facts.write_text('{"inputs": [{"name": "x"}]}', encoding="utf-8")
    proof = read_proof("add", "forward", str(facts), str(inputs), str(expected))
    assert [len(call.inputs) for call in proof.calls] == [1, 1]
    start = 8 + int.from_bytes(inputs.read_bytes()[:8], "little")
    assert [(place.offset, place.nbytes) for place in proof.calls[1].inputs] == [(start + 8, 8)]
    program_ = Embedded("add", "a.pte", ADD, {"forward": proof})
    lines = definitions([program_], {}, temp=0)
    assert "{forward_inputs + 1, 1, forward_expected + 1, 1, nullptr}," in lines
    assert f"{{etbuild_program_add_forward_inputs + {start + 8}, 8, forward_sizes + 0, 2}}," in lines
    assert "const int32_t forward_sizes[] = {1, 2, 1, 1};" in lines
    assert "add::forward::memory, add::forward::calls, 0}," in lines
    assert "Span<const Proven> proven();" in header([program_], "//app:it")


def test_a_decoder_is_given_its_prompt_in_pieces_and_then_each_token_that_it_said(tmp_path: Path) -> None:
    # A prompt of 5 tokens, 4 of which fit into a call; 3 that follow; logits of 2 values behind each of its calls.
    facts = tmp_path / "facts.json"
    given = [{"name": "input_ids", "shape": [1, [1, 4]]}, {"name": "cache_position", "shape": [[1, 4]]}]
    facts.write_text(json.dumps({"inputs": given}), encoding="utf-8")
    entries = {
        "inputs": {"0/input_ids": ([1, 5], 40), "0/cache_position": ([5], 40)},
        "expected": {"0/graph/0": ([2, 2], 16), "0/tokens": ([3], 24)},
    }
    for name, tensors in entries.items():
        end, spans = 0, {}
        for key, (shape, size) in tensors.items():
            spans[key] = {"dtype": "I64", "shape": shape, "data_offsets": [end, end + size]}
            end += size
        text = json.dumps(spans).encode()
        (tmp_path / name).write_bytes(len(text).to_bytes(8, "little") + text + bytes(end))
    proof = read_proof("a", "forward", str(facts), str(tmp_path / "inputs"), str(tmp_path / "expected"))
    start, told = (8 + int.from_bytes((tmp_path / name).read_bytes()[:8], "little") for name in entries)
    first, second, third, last = proof.calls
    assert first.inputs == (Place("inputs", start, 32, (1, 4)), Place("inputs", start + 40, 32, (4,)))
    assert second.inputs == (Place("inputs", start + 32, 8, (1, 1)), Place("inputs", start + 72, 8, (1,)))
    assert (first.expected, second.expected) == (
        (Place("expected", told, 8, (1, 2)),),
        (Place("expected", told + 8, 8, (1, 2)),),
    )
    assert third.inputs == (Place("expected", told + 16, 8, (1, 1)), Place("positions", 40, 8, (1,)))
    assert last.inputs[1] == Place("positions", 48, 8, (1,))
    tokens = [each.token.offset - told if each.token else None for each in proof.calls]
    assert tokens == [None, 16, 24, 32]
    lines = definitions([Embedded("a", "a.pte", ADD, {"forward": proof})], {}, temp=0)
    assert "const int64_t forward_positions[] = {0, 1, 2, 3, 4, 5, 6};" in lines
    assert "{forward_positions + 6, 8, forward_sizes" in lines


def test_for_another_runtime_programs_are_laid_out_without_memory(tmp_path: Path) -> None:
    done = embed(tmp_path, "--program", "add=add.pte", "--plan", "held")
    assert done.stderr == ""
    text = (tmp_path / "made/programs.h").read_text(encoding="utf-8")
    assert "size = " in text
    assert "memory" not in text
    assert "method_memory.h" in header([Embedded("add", "a.pte", ADD, {})], "//app:it")
    assert "uint8_t" not in held_sources.definitions([Embedded("add", "a.pte", ADD, {})], {}, 0)


def test_further_files_are_held_under_their_names(tmp_path: Path) -> None:
    (tmp_path / "words.tokenizer").write_bytes(b"12345")
    done = embed(tmp_path, "--program", "add=add.pte", "--file", "words.tokenizer")
    assert done.stderr == ""
    text = (tmp_path / "made/programs.h").read_text(encoding="utf-8")
    assert "namespace programs::files::words_tokenizer {\ninline constexpr size_t size = 5;" in text
    assert '.incbin "words.tokenizer"' in (tmp_path / "made/programs.s").read_text(encoding="utf-8")
    again = embed(tmp_path, "--program", "add=add.pte", "--file", "words.tokenizer", "--file", "words.tokenizer")
    assert "error[same-name]: files must have different names in C++, 2 are called 'words_tokenizer'" in again.stderr


def test_what_pointers_of_32_bits_do_not_reach_is_refused_for_these_alone(tmp_path: Path) -> None:
    huge = encode(program([method("forward", [tensor(sizes=[46341, 46341])], f8=Numbers("<q", [0, 1 << 34]))]))
    (tmp_path / "huge.pte").write_bytes(bytes(huge))
    done = embed(tmp_path, "--program", "huge=huge.pte", "--pointer-bits", "32")
    assert done.returncode == 65
    wanted = (
        "error[too-large-for-pointers]: 'forward' of 'huge' must have tensors of up to 2.0 GiB where pointers have 32 "
        "bits, has float32[46341, 46341] (8.0 GiB), value 0"
    )
    assert wanted in done.stderr
    assert embed(tmp_path, "--program", "huge=huge.pte").returncode == 0
    fits = encode(program([method("forward", [tensor(sizes=[16384, 16384])], f8=Numbers("<q", [0, 1 << 31]))]))
    (tmp_path / "huge.pte").write_bytes(bytes(fits))
    again = embed(tmp_path, "--program", "huge=huge.pte", "--pointer-bits", "32").stderr
    assert "must have planned memory of up to 2.0 GiB where pointers have 32 bits, has 2.0 GiB (id 1)" in again


def test_what_overflows_a_memory_is_told_with_its_largest_tensors(tmp_path: Path) -> None:
    given = ("--program", "add=add.pte", "--memory", "dtcm=48", "--memory", "ram=4096")
    done = embed(tmp_path, *given, "--tier", "1=dtcm")
    told = "error[tier-overflow]: programs must fit into memory 'dtcm' of 48 bytes, need 64 there"
    assert (done.returncode, done.stderr.splitlines()[0]) == (65, told)
    with pytest.raises(UserError) as raised:
        check_tiers([Embedded("add", "a.pte", ADD, {})], {1: "dtcm"}, [], {"dtcm": 48, "ram": 4096})
    [told] = raised.value.diagnostics
    [note] = told.notes
    assert note == (
        "the largest in it, in bytes:\n"
        "           24  float32[2, 3], input 0, in 'forward' of 'add'\n"
        "           24  float32[2, 3], result of aten::add.out (step 0), in 'forward' of 'add'"
    )
    assert embed(tmp_path, *given).returncode == 0, "what has no memory of its own lies in ram"


def test_a_program_that_is_copied_counts_where_it_is_copied_to(tmp_path: Path) -> None:
    size = len(add_program())
    given = ("--program", "add=add.pte", "--form", "bare", "--hot", "add=dtcm")
    assert embed(tmp_path, *given, "--memory", f"dtcm={size + 16}").stderr == ""
    assert '.section .hot.dtcm.etbuild_program_add,"aw",%progbits' in (tmp_path / "made/programs.s").read_text()
    done = embed(tmp_path, *given, "--memory", f"dtcm={size - 16}")
    assert f"must fit into memory 'dtcm' of {size - 16} bytes, need " in done.stderr


def test_a_program_whose_backend_the_image_lacks_is_refused_with_method_and_step() -> None:
    [forward, seven] = ADD.methods
    xnnpack, own = Delegate("XnnpackBackend", 1, None, None), Delegate("OwnBackend", 1, None, None)
    steps = (Instruction("delegate", 1), *forward.instructions, Instruction("delegate", 0), Instruction("delegate", 0))
    cut = replace(forward, delegates=(xnnpack, own), instructions=steps)
    programs = [Embedded("plain", "", ADD, {}), Embedded("cut", "", replace(ADD, methods=(cut, seven)), {})]
    with pytest.raises(UserError) as raised:
        check_backends(programs, ["OwnBackend", "Further"])
    [told] = raised.value.diagnostics
    assert (told.code, told.attribute, told.index) == ("missing-backend", "programs", 1)
    assert told.message == (
        "backends of program 'cut' must be in the image, which has Further, OwnBackend; method 'forward' delegates to "
        "'XnnpackBackend' in 2 steps, the first 2"
    )
    assert told.hint == (
        'lower it for another backend, "portable" or "cortex_m"; where a library of '
        "'kernels' or 'deps' registers it, say backends = [\"XnnpackBackend\"]"
    )
    check_backends(programs, ["OwnBackend", "XnnpackBackend"])
    with pytest.raises(UserError) as both:
        check_backends(programs, [])
    assert [each.message.partition("method")[2] for each in both.value.diagnostics] == [
        " 'forward' delegates to 'OwnBackend' in step 0",
        " 'forward' delegates to 'XnnpackBackend' in 2 steps, the first 2",
    ]


ASKING = """
def add(call):
    [x, one, alpha, out] = call.arguments
    assert (x.strides, one.sizes, alpha, call.is_static, call.vectors) == ((3, 1), (1,), 1, True, "mve")
    return ASKED
"""


def ask(folder: Path, asked: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Embed a program whose kernel asks for temporary memory."""
    (folder / "temp.py").write_text(ASKING.replace("ASKED", asked))
    (folder / "operators.toml").write_text('"aten::add.out" = { source = "a.cpp", arguments = "tttt", temp = "add" }\n')
    given = ("--program", "add=add.pte", "--vectors", "mve", "--temp-memory-of", "operators.toml", "temp.py")
    return embed(folder, *given, *words)


def test_temporary_memory_is_what_kernels_say_that_they_ask_for(tmp_path: Path) -> None:
    assert ask(tmp_path, "x.nbytes + 100").stderr == ""
    assert "alignas(64) uint8_t temp_memory[124];" in (tmp_path / "made/programs.cpp").read_text()
    assert "static constexpr size_t temp_bytes = 124;" in (tmp_path / "made/programs.h").read_text()
    told = (tmp_path / "made/contents.txt").read_text()
    assert "ram       124  temporary memory, most for aten::add.out (step 0) in 'forward' of 'add'\n" in told
    assert ask(tmp_path, "(4096, 0)", "--temp-memory", "64").stderr == "", "with less it is slower"
    assert "temp_memory[64];" in (tmp_path / "made/programs.cpp").read_text()


@pytest.mark.parametrize(
    ("asked", "words", "code", "said"),
    [
        (
            "(4096, 200)",
            ("--temp-memory", "199"),
            "temp-memory-too-small",
            "'temp_memory' must be at least 200 bytes for aten::add.out (step 0) in 'forward' of 'add', is 199",
        ),
        (
            "None",
            (),
            "unknown-temp-memory",
            "'temp_memory' must be given: how much aten::add.out (step 0) in 'forward' of 'add' takes is not known",
        ),
        (
            "x.ncols",
            (),
            "entry-failed",
            (
                "'temp.py:add' must say how much temporary memory aten::add.out (step 0) in 'forward' of 'add' takes: "
                "AttributeError: 'TensorArgument' object has no attribute 'ncols'"
            ),
        ),
    ],
)
def test_too_little_temporary_memory_and_what_nobody_knows_are_told(
    tmp_path: Path, asked: str, words: tuple[str, ...], code: str, said: str
) -> None:
    done = ask(tmp_path, asked, *words)
    assert (done.returncode, done.stderr.splitlines()[0]) == (65, f"error[{code}]: {said}")


def test_memory_ids_that_no_program_has_are_refused(tmp_path: Path) -> None:
    done = embed(tmp_path, "--program", "add=add.pte", "--memory", "dtcm=64", "--tier", "3=dtcm")
    assert done.stderr == "error[unknown-memory-id]: memory ids must be those of the programs, 1; 3 is not\n"
