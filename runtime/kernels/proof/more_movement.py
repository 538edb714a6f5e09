"""Calls of operators that move elements, which PyTorch's samples lack: all dtypes, no elements, edges of indices.

Knows which arguments the operators take, not how calls are recorded.
"""

from __future__ import annotations

from itertools import product

import torch
from recorder import Recorder
from sample_tensors import ALL, FLOATS, REALS, Samples, special

aten = torch.ops.aten
COMPLEX = (*ALL, torch.complex64)


def see_all(recorder: Recorder, samples: Samples) -> None:
    """Show them to the recorder."""
    steps = (conversions, views, slices, splits, joins, indices, scatters, masks, pads, factories, random, larger)
    for see in steps:
        see(recorder, samples)


def conversions(recorder: Recorder, samples: Samples) -> None:
    """Copies from each dtype to each."""
    for of, to in product(ALL, ALL):
        x = special(of) if of.is_floating_point <= to.is_floating_point else samples.tensor(of, 3, 5)
        recorder.see(aten._to_copy.default, (x,), {"dtype": to})
        recorder.see(aten.copy.default, (samples.tensor(to, 2, 3), samples.tensor(of, 3), False))
    for sizes, others in (((), ()), ((2, 3), (1, 3)), ((2, 3), ()), ((0, 3), (1, 1)), ((2, 3, 4), (3, 1))):
        x, y = samples.tensor(torch.float32, *sizes), samples.tensor(torch.float32, *others)
        recorder.see(aten.copy.default, (x, y))
        recorder.see(aten.expand_copy.default, (y, list(sizes)))
    recorder.see(aten.expand_copy.default, (samples.tensor(torch.float32, 3, 1), [2, -1, 4]))


def views(recorder: Recorder, samples: Samples) -> None:
    """Other shapes and permutations."""
    for dtype in COMPLEX:
        x = samples.tensor(dtype, 2, 3, 4)
        recorder.see(aten.view_copy.default, (x, [4, -1]))
        recorder.see(aten.permute_copy.default, (x, [2, 0, 1]))
        recorder.see(aten.transpose_copy.int, (x, -1, 0))
        recorder.see(aten.t_copy.default, (samples.tensor(dtype, 3, 5),))
        recorder.see(aten.unsqueeze_copy.default, (x, -1))
        recorder.see(aten.squeeze_copy.dim, (samples.tensor(dtype, 2, 1, 3), 1))
        recorder.see(aten.squeeze_copy.dims, (samples.tensor(dtype, 1, 2, 1), [0, -1]))
        recorder.see(aten.repeat.default, (x, [2, 1, 3]))
        recorder.see(aten.flip.default, (x, [0, -1]))
        recorder.see(aten.roll.default, (x, [1, -2], [0, 2]))
        recorder.see(aten.unfold_copy.default, (samples.tensor(dtype, 3, 8), 1, 3, 2))
        recorder.see(aten.as_strided_copy.default, (samples.tensor(dtype, 20), [3, 4], [5, 1], 1))
        recorder.see(aten.diagonal_copy.default, (x, 1, 0, 2))
        recorder.see(aten.tril.default, (samples.tensor(dtype, 3, 4), 1))
        recorder.see(aten.pixel_shuffle.default, (samples.tensor(dtype, 2, 8, 2, 3), 2))
        recorder.see(aten.pixel_unshuffle.default, (samples.tensor(dtype, 2, 2, 4, 6), 2))
    for _ in range(12):
        x = samples.tensor(torch.float32, *samples.sizes())
        order = torch.randperm(x.dim(), generator=samples.generator).tolist()
        recorder.see(aten.permute_copy.default, (x, order))
        recorder.see(aten.repeat.default, (x, [samples.number(0, 3) for _ in range(x.dim() + samples.number(0, 1))]))
        recorder.see(aten.flip.default, (x, order[:2]))
        if x.dim():
            recorder.see(aten.roll.default, (x, [samples.number(-9, 9)], [samples.number(0, x.dim() - 1)]))
            recorder.see(aten.transpose_copy.int, (x, order[0], order[-1]))
    for diagonal, sizes in product((-3, -1, 0, 2, 9), ((4, 3), (2, 3, 5), (0, 3))):
        recorder.see(aten.tril.default, (samples.tensor(torch.float32, *sizes), diagonal))
    recorder.see(aten.view_as_real_copy.default, (samples.tensor(torch.complex64, 2, 3),))


def slices(recorder: Recorder, samples: Samples) -> None:
    """Parts of a dimension, taken and put back."""
    for dtype in COMPLEX:
        x = samples.tensor(dtype, 5, 4, 3)
        recorder.see(aten.slice_copy.Tensor, (x, 1, 1, 4, 2))
        recorder.see(aten.select_copy.int, (x, -1, -2))
        recorder.see(aten.narrow_copy.default, (x, 0, 1, 3))
        recorder.see(aten.slice_scatter.default, (x, samples.tensor(dtype, 5, 2, 3), 1, 0, 4, 2))
        recorder.see(aten.select_scatter.default, (x, samples.tensor(dtype, 5, 3), 1, -1))
    x = samples.tensor(torch.float32, 7, 3)
    for start, end, step in product((None, 0, 2, -3, 9, -9), (None, 0, 5, -1, 99, 9223372036854775807), (1, 3)):
        recorder.see(aten.slice_copy.Tensor, (x, 0, start, end, step))
        source = torch.ops.aten.slice.Tensor(x, 0, start, end, step)
        recorder.see(aten.slice_scatter.default, (x, source * 2, 0, start, end, step))
    for source in (torch.float64, torch.int32):
        recorder.see(aten.slice_scatter.default, (x, samples.tensor(source, 2, 3), 0, 0, 2, 1))
        recorder.see(aten.select_scatter.default, (x, samples.tensor(source, 3), 0, 1))


def splits(recorder: Recorder, samples: Samples) -> None:
    """One tensor into several."""
    for dtype in COMPLEX:
        x = samples.tensor(dtype, 5, 4)
        recorder.see(aten.split_copy.Tensor, (x, 2, 0))
        recorder.see(aten.split_with_sizes_copy.default, (x, [1, 0, 3], 1))
        recorder.see(aten.unbind_copy.int, (x, -1))


def joins(recorder: Recorder, samples: Samples) -> None:
    """Several tensors into one."""
    for of, to in product(COMPLEX, COMPLEX):
        several = [samples.tensor(of, 2, 3), samples.tensor(to, 2, 2)]
        recorder.see(aten.cat.default, (several, 1))
        recorder.see(aten.stack.default, ([samples.tensor(of, 2, 3), samples.tensor(to, 2, 3)], -1))
    for dims in ((0, 2), (-1, 3)):
        several = [
            samples.tensor(torch.float32, 2, 3, 4),
            samples.tensor(torch.float32, 0),
            samples.tensor(torch.float32, 2, 3, 4),
        ]
        recorder.see(aten.cat.default, (several, dims[0]))
    recorder.see(aten.cat.default, ([samples.tensor(torch.float32, 0, 3), samples.tensor(torch.float32, 2, 3)], 0))
    recorder.see(aten.cat.default, ([samples.channels_last(torch.float32, 1, 2, 3, 4) for _ in range(2)], 1))
    recorder.see(aten.stack.default, ([samples.tensor(torch.float32) for _ in range(3)], 0))


def indices(recorder: Recorder, samples: Samples) -> None:
    """Elements by index."""
    rows, columns = torch.tensor([[0], [-1]]), torch.tensor([1, 3, -2])
    for dtype in ALL:
        x, mask = samples.tensor(dtype, 3, 4, 2), samples.tensor(torch.bool, 3, 4)
        chosen = (
            [rows],
            [None, columns],
            [rows, columns],
            [rows, None, torch.tensor([1, 0, 1])],
            [mask],
            [None, None, rows],
        )
        for index in (
            *chosen,
            [samples.tensor(torch.bool, 3)],
            [rows.int(), columns.int()],
            [torch.tensor([], dtype=torch.long)],
        ):
            recorder.see(aten.index.Tensor, (x, index))
            try:
                values = samples.tensor(dtype, *aten.index.Tensor(x, index).shape)
            except (RuntimeError, IndexError):
                continue
            for accumulate in (False, True):
                recorder.see(aten.index_put.default, (x, index, values, accumulate))
            recorder.see(aten.index_put.default, (x, index, samples.tensor(dtype), False))
        for kind in (torch.int64, torch.int32):
            recorder.see(aten.index_select.default, (x, 1, torch.tensor([3, 0, 0], dtype=kind)))
            recorder.see(
                aten.embedding.default, (samples.tensor(dtype, 5, 3), torch.tensor([[4, 0], [2, 2]], dtype=kind))
            )
        recorder.see(aten.gather.default, (x, 1, torch.randint(0, 4, (2, 3, 2), generator=samples.generator)))
        recorder.see(aten.nonzero.default, (x,))
    recorder.see(aten.embedding.default, (samples.tensor(torch.float32, 5, 3), torch.tensor(2), 1, False, False))
    recorder.see(aten.index_select.default, (samples.tensor(torch.float32), 0, torch.tensor([0, 0])))
    recorder.see(aten.gather.default, (samples.tensor(torch.float32), 0, torch.tensor(0)))
    for sizes in ((), (0,), (3, 0)):
        recorder.see(aten.nonzero.default, (samples.tensor(torch.float32, *sizes),))
    for kind in (torch.int32, torch.int64):
        recorder.see(aten.repeat_interleave.Tensor, (torch.tensor([2, 0, 3, 1], dtype=kind),))
        recorder.see(aten.repeat_interleave.Tensor, (torch.tensor([2, 1], dtype=kind),), {"output_size": 3})


def scatters(recorder: Recorder, samples: Samples) -> None:
    """Elements put where indices say."""
    index = torch.tensor([[0, 2, 1], [2, 0, 0]])
    for dtype in ALL:
        x, source = samples.tensor(dtype, 3, 4), samples.tensor(dtype, 2, 4)
        recorder.see(aten.scatter.src, (x, 0, index, source))
        recorder.see(aten.scatter_add.default, (x, 0, index, source))
        for number in (1, 2.5, True):
            recorder.see(aten.scatter.value, (x, 1, index, number))
    x = samples.tensor(torch.float32, 3, 4)
    for dim, at in ((-1, index), (1, torch.zeros(0, 4, dtype=torch.long)), (0, index[:, :1])):
        recorder.see(aten.scatter.src, (x, dim, at, samples.tensor(torch.float32, 3, 4)))
        recorder.see(aten.scatter_add.default, (x, dim, at, samples.tensor(torch.float32, 3, 4)))
    zero = torch.tensor(0)
    recorder.see(aten.scatter_add.default, (torch.tensor(1.5), 0, zero, torch.tensor(2.0)))


def masks(recorder: Recorder, samples: Samples) -> None:
    """Elements where a mask is true."""
    for dtype, sizes in product(ALL, ((3, 4), (4,), (3, 1), ())):
        x, mask = samples.tensor(dtype, 3, 4), samples.tensor(torch.bool, *sizes)
        recorder.see(aten.masked_select.default, (x, mask))
        recorder.see(aten.masked_scatter.default, (x, mask, samples.tensor(dtype, 13)))
    recorder.see(aten.masked_select.default, (samples.tensor(torch.float32, 0), samples.tensor(torch.bool, 0)))


def pads(recorder: Recorder, samples: Samples) -> None:
    """Borders: constant, mirrored, repeated."""
    for dtype in COMPLEX:
        x = samples.tensor(dtype, 2, 3, 4, 5)
        for pad, number in (([1, 2], 1), ([0, 1, 2, 0], 0), ([-1, 1, 1, -1], 3), ([1, 0, 0, 0, 1, 1], 2)):
            recorder.see(aten.constant_pad_nd.default, (x, pad, number))
        for kind in ("reflection", "replication"):
            one, two, three = (getattr(aten, f"{kind}_pad{dims}d").default for dims in (1, 2, 3))
            recorder.see(one, (x[0], [2, 3]))
            recorder.see(one, (x[0, 0], [1, 0]))
            recorder.see(two, (x, [2, 1, 0, 3]))
            recorder.see(two, (x[0], [-1, 2, 1, 1]))
            recorder.see(three, (x, [1, 2, 0, 3, 1, 1]))
            recorder.see(three, (x.unsqueeze(0), [4, 0, 1, 1, 0, 2]))


def factories(recorder: Recorder, samples: Samples) -> None:
    """Tensors of nothing."""
    for dtype, sizes in product(COMPLEX, ((), (0, 2), (3, 4))):
        for number in (0, 2, 1.5, True):
            recorder.see(aten.full.default, (list(sizes), number), {"dtype": dtype})
            recorder.see(aten.full_like.default, (samples.tensor(dtype, *sizes), number))
        for overload in (aten.zeros.default, aten.ones.default, aten.empty.memory_format):
            recorder.see(overload, (list(sizes),), {"dtype": dtype})
    for dtype, number in product(ALL, (3, -2.5, True)):
        recorder.see(aten.scalar_tensor.default, (number,), {"dtype": dtype})
    for dtype in REALS:
        for end in (0, 5, 4.5):
            recorder.see(aten.arange.default, (end,), {"dtype": dtype})
        for start, end, step in ((0, 10, 3), (1.5, 4, 0.5), (3, 3, 1), (0.1, 1, 0.1)):
            recorder.see(aten.arange.start_step, (start, end, step), {"dtype": dtype})
    for start, end, step in ((5, -5, -2), (2, -1, -0.25)):
        recorder.see(aten.arange.start_step, (start, end, step), {"dtype": torch.float32})


def random(recorder: Recorder, _samples: Samples) -> None:
    """Random numbers: their range and distribution are compared."""
    for dtype, sizes in product(FLOATS, ([], [0, 3], [40, 50])):
        recorder.see(aten.rand.default, (sizes,), {"dtype": dtype})
        recorder.see(aten.randn.default, (sizes,), {"dtype": dtype})


def larger(recorder: Recorder, samples: Samples) -> None:
    """Tensors beyond what a cache line or one thread takes."""
    x = samples.tensor(torch.float32, 70, 150)
    recorder.see_large(aten.permute_copy.default, (x, [1, 0]))
    recorder.see_large(aten.cat.default, ([x, x], 1))
    recorder.see_large(aten.slice_copy.Tensor, (x, 1, 3, 147, 2))
    recorder.see_large(aten._to_copy.default, (x,), {"dtype": torch.float16})
