// Which way a convolution is computed: depthwise by itself, 1x1 as a product, others as products of panels.

#include "convolution.h"

#include "aligned_floats.h"
#include "depthwise.h"
#include "gemm.h"
#include "levels.h"
#include "panel_convolution.h"
#include "plain_convolution.h"

namespace etbuild::kernels::math {
namespace {

struct Activation {
  const Convolution& convolution;
  float operator()(float sum, ptrdiff_t channel) const {
    if (convolution.bias != nullptr) sum += convolution.bias[channel];
    sum = sum < convolution.lowest ? convolution.lowest : sum;
    return sum > convolution.highest ? convolution.highest : sum;
  }
};

void plain_units(void* state, ptrdiff_t begin, ptrdiff_t end, int) {
  const Convolution& convolution = *static_cast<const Convolution*>(state);
  for (ptrdiff_t unit = begin; unit < end; ++unit) {
    convolve_channel<float>(convolution.shape, convolution.in, convolution.weight, unit, convolution.out,
                            Activation{convolution});
  }
}

void convolve_plainly(const Convolution& convolution, const Parallel& parallel) {
  Convolution copy = convolution;
  parallel(convolution.shape.batch * convolution.shape.out_channels, plain_units, &copy);
}

}  // namespace

#if ET_KERNELS_SIMD == 0

size_t convolution_scratch(const Convolution&, int) { return 0; }

void convolve(const Convolution& convolution, Scratch, const Parallel& parallel) {
  convolve_plainly(convolution, parallel);
}

#else

namespace {

enum class Way { kNothing, kPlain, kDepthwise, kChannels, kProduct, kPanels };

bool is_dense(const ImageStrides& strides, ptrdiff_t height, ptrdiff_t width) {
  return height == 1 || strides.row == width * strides.column;
}

Way way_of(const ConvolutionShape& shape) {
  if (shape.batch <= 0 || shape.out_channels <= 0 || shape.out_height <= 0 || shape.out_width <= 0) {
    return Way::kNothing;
  }
  if (shape.in_channels <= 0 || shape.kernel_height <= 0 || shape.kernel_width <= 0) return Way::kPlain;
  if (!is_dense(shape.out, shape.out_height, shape.out_width)) return Way::kPlain;
  const bool has_rows = shape.in.column == 1 && shape.out.column == 1;
  if (!shape.is_transposed && shape.groups == shape.in_channels && has_rows) return Way::kDepthwise;
  // Channels last: they are what vectors are of.
  const bool has_channels = shape.in.channel == 1 && shape.out.channel == 1 && shape.out_channels == shape.groups;
  if (!shape.is_transposed && shape.groups == shape.in_channels && has_channels) return Way::kChannels;
  const bool is_pointwise = shape.kernel_height == 1 && shape.kernel_width == 1 && shape.stride_height == 1 &&
                            shape.stride_width == 1 && shape.padding_top == 0 && shape.padding_left == 0 &&
                            shape.out_height == shape.in_height && shape.out_width == shape.in_width;
  if (is_pointwise && is_dense(shape.in, shape.in_height, shape.in_width)) return Way::kProduct;
  return Way::kPanels;
}

// --- 1x1: one product for each image and group.

Gemm product_of(const Convolution& convolution, ptrdiff_t batch, ptrdiff_t group) {
  const ConvolutionShape& shape = convolution.shape;
  const ptrdiff_t in_channels = shape.in_channels / shape.groups;
  const ptrdiff_t out_channels = shape.out_channels / shape.groups;
  const ptrdiff_t pixels = shape.out_height * shape.out_width;
  const float* weight = convolution.weight + group * in_channels * out_channels;
  const float* in = convolution.in + batch * shape.in.batch + group * in_channels * shape.in.channel;
  const float* bias = convolution.bias == nullptr ? nullptr : convolution.bias + group * out_channels;
  Gemm gemm;
  gemm.depth = in_channels;
  gemm.lowest = convolution.lowest;
  gemm.highest = convolution.highest;
  gemm.out = convolution.out + batch * shape.out.batch + group * out_channels * shape.out.channel;
  const Matrix weights = shape.is_transposed ? Matrix{weight, 1, out_channels} : Matrix{weight, in_channels, 1};
  if (shape.out.column == 1 && pixels > 1) {
    gemm.rows = out_channels;
    gemm.columns = pixels;
    gemm.a = weights;
    gemm.b = {in, shape.in.channel, shape.in.column};
    gemm.added = {bias, 1, 0};
    gemm.out_row_stride = shape.out.channel;
    gemm.out_column_stride = shape.out.column;
  } else {
    gemm.rows = pixels;
    gemm.columns = out_channels;
    gemm.a = {in, shape.in.column, shape.in.channel};
    gemm.b = {weights.data, weights.column_stride, weights.row_stride};
    gemm.added = {bias, 0, 1};
    gemm.out_row_stride = shape.out.column;
    gemm.out_column_stride = shape.out.channel;
  }
  return gemm;
}

void multiply_pixels(const Convolution& convolution, Scratch scratch, const Parallel& parallel) {
  for (ptrdiff_t batch = 0; batch < convolution.shape.batch; ++batch) {
    for (ptrdiff_t group = 0; group < convolution.shape.groups; ++group) {
      gemm(product_of(convolution, batch, group), scratch, parallel);
    }
  }
}

// --- Depthwise: a channel of the output a unit.

struct DepthwiseJob {
  const Convolution* convolution;
  float* scratch;
  ptrdiff_t scratch_floats;  // A worker's.
};

void depthwise_units(void* state, ptrdiff_t begin, ptrdiff_t end, int worker) {
  const DepthwiseJob& job = *static_cast<DepthwiseJob*>(state);
  const Convolution& convolution = *job.convolution;
  const ConvolutionShape& shape = convolution.shape;
  const ptrdiff_t multiplier = shape.out_channels / shape.in_channels;
  const ptrdiff_t taps = shape.kernel_height * shape.kernel_width;
  float* padded = job.scratch + worker * job.scratch_floats;
  for (ptrdiff_t unit = begin; unit < end; ++unit) {
    const ptrdiff_t batch = unit / shape.in_channels;
    const ptrdiff_t channel = unit % shape.in_channels;
    const float* in = convolution.in + batch * shape.in.batch + channel * shape.in.channel;
    FOR_THIS_CPU(pad_channel)(shape, in, padded);
    for (ptrdiff_t out_channel = channel * multiplier; out_channel < (channel + 1) * multiplier; ++out_channel) {
      FOR_THIS_CPU(convolve_padded)
      (convolution, padded, convolution.weight + out_channel * taps,
       convolution.bias == nullptr ? 0.0f : convolution.bias[out_channel],
       convolution.out + batch * shape.out.batch + out_channel * shape.out.channel);
    }
  }
}

// False: too little memory.
bool convolve_depthwise(const Convolution& convolution, const AlignedFloats& floats, const Parallel& parallel) {
  const ConvolutionShape& shape = convolution.shape;
  const ptrdiff_t workers = parallel.workers < 1 ? 1 : parallel.workers;
  DepthwiseJob job = {&convolution, floats.data, rounded_up(PaddedShape(shape).floats(), 16)};
  if (job.scratch_floats * workers > floats.count) return false;
  parallel(shape.batch * shape.in_channels, depthwise_units, &job);
  return true;
}

// --- Depthwise, channels last: a row of the output a unit.

struct ChannelsJob {
  const Convolution* convolution;
  const float* weights;
  ptrdiff_t padded_channels;
};

ptrdiff_t floats_of_channels(const ConvolutionShape& shape) {
  return rounded_up(shape.out_channels, 16) * shape.kernel_height * shape.kernel_width;
}

void channels_units(void* state, ptrdiff_t begin, ptrdiff_t end, int) {
  const ChannelsJob& job = *static_cast<ChannelsJob*>(state);
  const ConvolutionShape& shape = job.convolution->shape;
  for (ptrdiff_t unit = begin; unit < end; ++unit) {
    const ptrdiff_t batch = unit / shape.out_height;
    const ptrdiff_t row = unit % shape.out_height;
    const float* in = job.convolution->in + batch * shape.in.batch;
    float* out = job.convolution->out + batch * shape.out.batch + row * shape.out.row;
    FOR_THIS_CPU(convolve_channels)(*job.convolution, {in, job.weights, job.padded_channels, row, out});
  }
}

// False: too little memory.
bool convolve_channels_last(const Convolution& convolution, const AlignedFloats& floats, const Parallel& parallel) {
  const ConvolutionShape& shape = convolution.shape;
  if (floats.data == nullptr || floats.count < floats_of_channels(shape)) return false;
  const ptrdiff_t taps = shape.kernel_height * shape.kernel_width;
  const ptrdiff_t padded_channels = rounded_up(shape.out_channels, 16);
  for (ptrdiff_t tap = 0; tap < taps; ++tap) {
    for (ptrdiff_t channel = 0; channel < padded_channels; ++channel) {
      const bool is_there = channel < shape.out_channels;
      floats.data[tap * padded_channels + channel] = is_there ? convolution.weight[channel * taps + tap] : 0.0f;
    }
  }
  ChannelsJob job = {&convolution, floats.data, padded_channels};
  parallel(shape.batch * shape.out_height, channels_units, &job);
  return true;
}

}  // namespace

size_t convolution_scratch(const Convolution& convolution, int workers) {
  const ConvolutionShape& shape = convolution.shape;
  switch (way_of(shape)) {
    case Way::kProduct:
      return gemm_scratch(product_of(convolution, 0, 0), workers);
    case Way::kDepthwise:
      return static_cast<size_t>(rounded_up(PaddedShape(shape).floats(), 16) * workers) * sizeof(float) + 64;
    case Way::kChannels:
      return static_cast<size_t>(floats_of_channels(shape)) * sizeof(float) + 64;
    case Way::kPanels:
      return panel_scratch(shape, workers);
    case Way::kNothing:
    case Way::kPlain:
      break;
  }
  return 0;
}

void convolve(const Convolution& convolution, Scratch scratch, const Parallel& parallel) {
  bool is_done = false;
  switch (way_of(convolution.shape)) {
    case Way::kNothing:
      return;
    case Way::kProduct:
      return multiply_pixels(convolution, scratch, parallel);
    case Way::kDepthwise:
      is_done = convolve_depthwise(convolution, AlignedFloats(scratch), parallel);
      break;
    case Way::kChannels:
      is_done = convolve_channels_last(convolution, AlignedFloats(scratch), parallel);
      break;
    case Way::kPanels:
      is_done = convolve_panels(convolution, AlignedFloats(scratch), parallel);
      break;
    case Way::kPlain:
      break;
  }
  if (!is_done) convolve_plainly(convolution, parallel);
}

#endif

}  // namespace etbuild::kernels::math
