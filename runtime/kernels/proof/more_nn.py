"""Calls of neural networks' operators that PyTorch's samples lack or that never reach ATen's overload in eager mode.

Knows which arguments the operators take, not how calls are recorded.
"""

from __future__ import annotations

from itertools import product

import torch
from recorder import Recorder
from sample_tensors import FLOATS, Samples, special

aten = torch.ops.aten
F32 = torch.float32


def see_all(recorder: Recorder, samples: Samples) -> None:
    """Show them to the recorder."""
    steps = (products, convolutions, backward, pools, softmaxes, norms, batch_norms, resizing, fourier, dropout, larger)
    for see in steps:
        see(recorder, samples)


def products(recorder: Recorder, samples: Samples) -> None:
    """Matrices: linear, addmm, mm, bmm, with all forms of the added matrix, and sizes around those of blocks."""
    for dtype in (*FLOATS, torch.int32, torch.int64, torch.complex64):
        x, weight = samples.tensor(dtype, 3, 5), samples.tensor(dtype, 5, 4)
        recorder.see(aten.mm.default, (x, weight))
        recorder.see(aten.bmm.default, (samples.tensor(dtype, 2, 3, 5), samples.tensor(dtype, 2, 5, 4)))
        for added, beta, alpha in product(((4,), (3, 4), (3, 1), (1,)), (1, 0, 2), (1, -1)):
            recorder.see(aten.addmm.default, (samples.tensor(dtype, *added), x, weight), {"beta": beta, "alpha": alpha})
        for bias in (None, samples.tensor(dtype, 4)):
            recorder.see(aten.linear.default, (samples.tensor(dtype, 2, 3, 5), samples.tensor(dtype, 4, 5), bias))
            recorder.see(aten.linear.default, (samples.tensor(dtype, 5), samples.tensor(dtype, 4, 5), bias))
    for rows, inner, columns in ((0, 3, 2), (2, 0, 3), (2, 3, 0), (1, 1, 1), (17, 65, 33), (6, 16, 16), (1, 200, 9)):
        x, weight = samples.tensor(F32, rows, inner), samples.tensor(F32, inner, columns)
        recorder.see(aten.mm.default, (x, weight))
        recorder.see(aten.addmm.default, (samples.tensor(F32, columns), x, weight))
        recorder.see(aten.linear.default, (x, weight.t().contiguous(), samples.tensor(F32, columns)))
        recorder.see(aten.bmm.default, (samples.tensor(F32, 2, rows, inner), samples.tensor(F32, 2, inner, columns)))


def convolutions(recorder: Recorder, samples: Samples) -> None:
    """Convolutions: groups, strides, paddings, dilations, transposed; one and two dimensions; channels last."""
    ones = [1, 1]
    for dtype in FLOATS:
        x, weight, bias = samples.tensor(dtype, 2, 4, 6, 7), samples.tensor(dtype, 6, 4, 3, 3), samples.tensor(dtype, 6)
        recorder.see(aten.convolution.default, (x, weight, bias, ones, ones, ones, False, [0, 0], 1))
        recorder.see(aten.convolution.default, (x, weight, None, [2, 1], [0, 2], [1, 2], False, [0, 0], 1))
        recorder.see(
            aten.convolution.default, (x, samples.tensor(dtype, 6, 2, 1, 1), bias, ones, [0, 0], ones, False, [0, 0], 2)
        )
        depthwise = samples.tensor(dtype, 4, 1, 3, 3)
        recorder.see(aten.convolution.default, (x, depthwise, None, [2, 2], ones, ones, False, [0, 0], 4))
        transposed = samples.tensor(dtype, 4, 3, 3, 2)
        recorder.see(aten.convolution.default, (x, transposed, None, [2, 2], [1, 0], ones, True, [1, 0], 1))
        recorder.see(
            aten.convolution.default, (x, transposed, samples.tensor(dtype, 6), [2, 2], ones, [1, 2], True, ones, 2)
        )
        line, kernel = samples.tensor(dtype, 2, 4, 9), samples.tensor(dtype, 5, 4, 3)
        recorder.see(aten.convolution.default, (line, kernel, samples.tensor(dtype, 5), [2], [1], [1], False, [0], 1))
        kernel = samples.tensor(dtype, 4, 2, 3)
        recorder.see(aten.convolution.default, (line, kernel, None, [2], [1], [1], True, [1], 2))
    last = samples.channels_last(F32, 2, 4, 5, 6)
    for out, groups, kernel in ((6, 1, 3), (4, 4, 3), (8, 1, 1), (8, 2, 3)):
        weight = samples.channels_last(F32, out, 4 // groups, kernel, kernel)
        for stride in (1, 2):
            recorder.see(
                aten.convolution.default,
                (last, weight, samples.tensor(F32, out), [stride] * 2, ones, ones, False, [0, 0], groups),
            )
    for _ in range(12):
        groups, inner, outer = samples.number(1, 2), samples.number(1, 3), samples.number(1, 3)
        x = samples.tensor(F32, samples.number(1, 2), groups * inner, samples.number(5, 9), samples.number(5, 9))
        weight = samples.tensor(F32, groups * outer, inner, samples.number(1, 3), samples.number(1, 3))
        steps = [[samples.number(low, low + 1) for _ in range(2)] for low in (1, 0, 1)]
        recorder.see(aten.convolution.default, (x, weight, None, *steps, False, [0, 0], groups))


def backward(recorder: Recorder, samples: Samples) -> None:
    """Gradients of convolutions and pools."""
    for dtype, stride, groups in product(FLOATS, (1, 2), (1, 2)):
        x, weight = samples.tensor(dtype, 2, 4, 6, 5), samples.tensor(dtype, 6, 4 // groups, 3, 3)
        form = ([stride] * 2, [1, 1], [1, 1], False, [0, 0], groups)
        gradient = samples.tensor(dtype, *aten.convolution.default(x, weight, None, *form).shape)
        recorder.see(aten.convolution_backward.default, (gradient, x, weight, [6], *form, [True, True, True]))
    for dtype in FLOATS:
        x = samples.tensor(dtype, 2, 3, 6, 5)
        values, at = aten.max_pool2d_with_indices.default(x, [3, 2], [2, 2], [1, 1], [1, 1], False)
        gradient = samples.tensor(dtype, *values.shape)
        recorder.see(
            aten.max_pool2d_with_indices_backward.default, (gradient, x, [3, 2], [2, 2], [1, 1], [1, 1], False, at)
        )


def pools(recorder: Recorder, samples: Samples) -> None:
    """Pools: padding counted or not, ceilings, divisors, windows beyond the edge."""
    for dtype, ceil, counted, divisor in product(FLOATS, (False, True), (False, True), (None, 3)):
        x = samples.tensor(dtype, 2, 3, 6, 7)
        recorder.see(aten.avg_pool2d.default, (x, [3, 2], [2, 2], [1, 1], ceil, counted, divisor))
    for dtype, ceil, dilation in product((*FLOATS, torch.int32, torch.uint8), (False, True), (1, 2)):
        x = samples.tensor(dtype, 2, 3, 7, 8)
        recorder.see(aten.max_pool2d_with_indices.default, (x, [3, 2], [2, 1], [1, 1], [dilation] * 2, ceil))
        recorder.see(aten.max_pool2d_with_indices.default, (x[0], [2, 2], [], [0, 0], [1, 1], ceil))
    for sizes, to in product(((2, 3, 7, 5), (3, 4, 4)), ([1, 1], [3, 2], [9, 10])):
        recorder.see(aten._adaptive_avg_pool2d.default, (samples.tensor(F32, *sizes), to))
    last = samples.channels_last(F32, 2, 3, 6, 7)
    recorder.see(aten.avg_pool2d.default, (last, [2, 2]))
    recorder.see(aten.max_pool2d_with_indices.default, (last, [2, 2]))
    recorder.see(aten._adaptive_avg_pool2d.default, (last, [1, 1]))
    nan = samples.tensor(F32, 1, 1, 4, 4)
    nan[0, 0, 1, 1] = float("nan")
    recorder.see(aten.max_pool2d_with_indices.default, (nan, [2, 2]))


def softmaxes(recorder: Recorder, samples: Samples) -> None:
    """Softmax and its logarithm over each dimension, of large numbers too; glu."""
    for dtype, dim in product(FLOATS, (0, 1, -1)):
        x = samples.tensor(dtype, 3, 4, 6)
        for overload in (aten._softmax.default, aten._log_softmax.default):
            recorder.see(overload, (x, dim, False))
            recorder.see(overload, (x * 20, dim, False))
    for overload, sizes in product(
        (aten._softmax.default, aten._log_softmax.default), ((), (1,), (0, 3), (3, 0), (2, 33))
    ):
        recorder.see(overload, (samples.tensor(F32, *sizes), -1, False))
    hidden = samples.tensor(F32, 2, 5)
    hidden[0, 1:] = -float("inf")
    hidden[1] = -float("inf")
    for overload in (aten._softmax.default, aten._log_softmax.default):
        recorder.see(overload, (hidden, -1, False))
        recorder.see(overload, (special(F32), 0, False))
    for dim in (0, 1, -1):
        recorder.see(aten.glu.default, (samples.tensor(F32, 2, 4, 6), dim))


def norms(recorder: Recorder, samples: Samples) -> None:
    """Layer and group norms, with and without weights; rows whose mean is far from zero."""
    for dtype, weights in product(FLOATS, (False, True)):
        x = samples.tensor(dtype, 2, 3, 8)
        weight, bias = (samples.tensor(dtype, 8) if weights else None for _ in range(2))
        recorder.see(aten.native_layer_norm.default, (x, [8], weight, bias, 1e-5))
        recorder.see(aten.native_layer_norm.default, (x, [3, 8], None, None, 1e-3))
        x = samples.tensor(dtype, 2, 6, 3, 2)
        weight, bias = (samples.tensor(dtype, 6) if weights else None for _ in range(2))
        for groups in (1, 2, 3, 6):
            recorder.see(aten.native_group_norm.default, (x, weight, bias, 2, 6, 6, groups, 1e-5))
    recorder.see(aten.native_layer_norm.default, (1000 + samples.tensor(F32, 3, 16), [16], None, None, 1e-5))
    recorder.see(aten.native_layer_norm.default, (samples.tensor(F32, 0, 4), [4], None, None, 1e-5))


def batch_norms(recorder: Recorder, samples: Samples) -> None:
    """Batch norms: with running statistics, that are changed in training, and without."""
    for dtype, weights in product(FLOATS, (False, True)):
        weight, bias = (samples.tensor(dtype, 3) if weights else None for _ in range(2))
        mean, variance = samples.tensor(dtype, 3), samples.tensor(dtype, 3, low=0.5)
        for sizes in ((2, 3, 4, 5), (4, 3), (2, 3, 6)):
            x = samples.tensor(dtype, *sizes)
            given = (x, weight, bias, mean, variance)
            recorder.see(aten._native_batch_norm_legit_no_training.default, (*given, 0.1, 1e-5))
            recorder.see(aten._native_batch_norm_legit.no_stats, (x, weight, bias, True, 0.1, 1e-5))
            for training in (False, True):
                recorder.see(aten._native_batch_norm_legit.default, (*given, training, 0.1, 1e-5))
    last = samples.channels_last(F32, 2, 3, 4, 5)
    mean, variance = samples.tensor(F32, 3), samples.tensor(F32, 3, low=0.5)
    recorder.see(aten._native_batch_norm_legit_no_training.default, (last, None, None, mean, variance, 0.1, 1e-5))


def resizing(recorder: Recorder, samples: Samples) -> None:
    """Images of other sizes: by sizes and by factors, larger and smaller; sampling at places of a grid."""
    for dtype, aligned in product(FLOATS, (False, True)):
        x = samples.tensor(dtype, 2, 3, 5, 4)
        for size in ([10, 8], [7, 3], [1, 1], [5, 4]):
            recorder.see(aten.upsample_bilinear2d.vec, (x, size, aligned, None))
            recorder.see(aten._upsample_bilinear2d_aa.default, (x, size, aligned, None, None))
            if not aligned:
                recorder.see(aten.upsample_nearest2d.vec, (x, size, None))
        recorder.see(aten.upsample_bilinear2d.vec, (x, None, aligned, [1.5, 2.25]))
        recorder.see(aten.upsample_nearest2d.vec, (x, None, [1.5, 2.25]))
    last = samples.channels_last(F32, 1, 3, 5, 4)
    recorder.see(aten.upsample_bilinear2d.vec, (last, [10, 8], False, None))
    recorder.see(aten.upsample_nearest2d.vec, (last, [10, 8], None))
    recorder.see(aten.upsample_nearest2d.vec, (samples.tensor(torch.uint8, 1, 2, 3, 3), [5, 7], None))
    for dtype, mode, padding, aligned in product(FLOATS, (0, 1, 2), (0, 1, 2), (False, True)):
        x, grid = samples.tensor(dtype, 2, 3, 5, 4), samples.tensor(dtype, 2, 3, 2, 2, low=-1.3, high=1.3)
        recorder.see(aten.grid_sampler_2d.default, (x, grid, mode, padding, aligned))


def fourier(recorder: Recorder, samples: Samples) -> None:
    """Fourier transforms of real signals and back."""
    for dtype, complex_ in ((F32, torch.complex64), (torch.float64, torch.complex128)):
        for length, normalization in product((1, 2, 5, 8, 12, 17), (0, 1, 2)):
            x = samples.tensor(dtype, 2, length, 3)
            for dims in ([1], [2], [1, 2], [0, 1]):
                recorder.see(aten._fft_r2c.default, (x, dims, normalization, True))
                recorder.see(aten._fft_r2c.default, (x, dims, normalization, False))
            half = samples.tensor(complex_, 2, length // 2 + 1)
            recorder.see(aten._fft_c2r.default, (half, [1], normalization, length))
            recorder.see(aten._fft_c2r.default, (half, [0, 1], normalization, length))


def dropout(recorder: Recorder, samples: Samples) -> None:
    """Dropout: nothing dropped, all dropped, some (sizes alone are compared)."""
    for dtype, (p, train) in product(FLOATS, ((0.0, True), (1.0, True), (0.5, True), (0.5, False))):
        recorder.see(aten.native_dropout.default, (samples.tensor(dtype, 3, 5), p, train))


def larger(recorder: Recorder, samples: Samples) -> None:
    """Products and convolutions of several blocks."""
    x, weight = samples.tensor(F32, 70, 100), samples.tensor(F32, 100, 90)
    recorder.see_large(aten.mm.default, (x, weight))
    recorder.see_large(aten.linear.default, (x, weight.t().contiguous(), samples.tensor(F32, 90)))
    recorder.see_large(aten.addmm.default, (samples.tensor(F32, 90), x, weight))
    image = samples.tensor(F32, 1, 16, 20, 20)
    form = ([1, 1], [1, 1], [1, 1], False, [0, 0])
    recorder.see_large(aten.convolution.default, (image, samples.tensor(F32, 32, 16, 3, 3), None, *form, 1))
    recorder.see_large(aten.convolution.default, (image, samples.tensor(F32, 16, 1, 3, 3), None, *form, 16))
    recorder.see_large(aten._softmax.default, (samples.tensor(F32, 9, 1100), -1, False))
    recorder.see_large(aten.native_layer_norm.default, (samples.tensor(F32, 9, 1100), [1100], None, None, 1e-5))
