// Convolutions of images whose channels lie beside each other, as products of lines.

#pragma once

#include "convolutions.h"

namespace etbuild::kernels::cortex_m {

// True, and each output is written; false where the images lie otherwise, or windows are torn and long, or their
// places. In parallel, by places. Needs no memory but some stack: a few windows are gathered at a time.
bool convolve_dense(const Convolution& by);

// The same where each output channel has weights [H, W, out] of its own, and sees the channel of its number, or the
// only one that there is. In parallel, by rows. Not for offsets of more than 15 bits. An image of one column is turned.
bool convolve_each_dense(Convolution& by);

}  // namespace etbuild::kernels::cortex_m
