// Convolutions of images of floats, and their transposes: no tensors, no operators and no threads.

#pragma once

#include <cstddef>

#include "parallel.h"

namespace etbuild::kernels::math {

// Where element (batch, channel, row, column) of an image lies: contiguous, channels_last or a part of something
// larger.
struct ImageStrides {
  ptrdiff_t batch = 0;
  ptrdiff_t channel = 0;
  ptrdiff_t row = 0;
  ptrdiff_t column = 1;
};

// Sizes of a convolution of two dimensions; of one, height, kernel_height and the like are 1 (padding 0).
struct ConvolutionShape {
  ptrdiff_t batch = 1;
  ptrdiff_t groups = 1;
  ptrdiff_t in_channels = 0;  // Of all groups.
  ptrdiff_t out_channels = 0;
  ptrdiff_t in_height = 1;
  ptrdiff_t in_width = 1;
  ptrdiff_t out_height = 1;
  ptrdiff_t out_width = 1;
  ptrdiff_t kernel_height = 1;
  ptrdiff_t kernel_width = 1;
  ptrdiff_t stride_height = 1;
  ptrdiff_t stride_width = 1;
  ptrdiff_t padding_top = 0;  // What is right and below follows from the output's size.
  ptrdiff_t padding_left = 0;
  ptrdiff_t dilation_height = 1;
  ptrdiff_t dilation_width = 1;
  bool is_transposed = false;
  ImageStrides in;
  ImageStrides out;
};

// Weights are contiguous: [out_channels, in_channels / groups, kernel_height, kernel_width]; of a transposed
// convolution [in_channels, out_channels / groups, kernel_height, kernel_width].
struct Convolution {
  ConvolutionShape shape;
  const float* in = nullptr;
  const float* weight = nullptr;
  const float* bias = nullptr;       // One a channel of the output; null: none.
  float lowest = -__builtin_inff();  // Activation, as in Gemm.
  float highest = __builtin_inff();
  float* out = nullptr;  // Must not overlap the inputs.
};

// Bytes of scratch that make it fast; 0 if it needs none. With fewer it takes smaller steps, and where there is too
// little for any, plain loops.
size_t convolution_scratch(const Convolution& convolution, int workers);

// Each output is one chain of additions: by channel, row and column of the kernel. The same arguments and scratch give
// the same bits on the same level, whatever the number of workers.
void convolve(const Convolution& convolution, Scratch scratch = {}, const Parallel& parallel = {});

}  // namespace etbuild::kernels::math
