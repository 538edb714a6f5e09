// How a convolution becomes a product: groups of pixels, as many as a worker's memory holds packed.

#include "panel_convolution.h"

#include "levels.h"

#if ET_KERNELS_SIMD != 0

#include "depthwise.h"
#include "gemm.h"
#include "gemm_block.h"
#include "image_panels.h"

namespace etbuild::kernels::math {
namespace {

constexpr ptrdiff_t kGroupFloats = 65536;  // Panels that a worker packs at once.
constexpr ptrdiff_t kDeep = 1024;          // Of deeper products, about so much is packed at once.
constexpr ptrdiff_t kSlack = 16;           // Floats that copies of whole vectors read or write too much.

struct Job {
  const Convolution* convolution;
  float* scratch;
  ptrdiff_t scratch_floats;  // A worker's.
  ptrdiff_t depth;
  ptrdiff_t group_columns;
  const float* weight;  // Rows of outputs' weights.
  float* padded;        // The channels of an image's group with a border; null: panels are read from the image itself.
  ptrdiff_t step;       // Channels packed at once.
  ptrdiff_t image;      // Which image and group `padded` holds.
};

void pad_units(void* state, ptrdiff_t begin, ptrdiff_t end, int) {
  const Job& job = *static_cast<Job*>(state);
  const ConvolutionShape& shape = job.convolution->shape;
  const ptrdiff_t channels = shape.in_channels / shape.groups;
  const float* in = job.convolution->in + job.image / shape.groups * shape.in.batch +
                    job.image % shape.groups * channels * shape.in.channel;
  const ptrdiff_t floats = PaddedShape(shape).floats();
  for (ptrdiff_t channel = begin; channel < end; ++channel) {
    FOR_THIS_CPU(pad_channel)(shape, in + channel * shape.in.channel, job.padded + channel * floats);
  }
}

PanelRuns runs_of(const ConvolutionShape& shape, const PaddedShape& padded, const float* channel, ptrdiff_t pixel,
                  ptrdiff_t count) {
  PanelRuns runs;
  runs.count = 0;
  for (ptrdiff_t done = 0; done < count;) {
    const ptrdiff_t row = (pixel + done) / shape.out_width;
    const ptrdiff_t column = (pixel + done) % shape.out_width;
    runs.starts[runs.count] = done;
    runs.from[runs.count] = channel + row * shape.stride_height * padded.row() + column;
    ++runs.count;
    done += shape.out_width - column;
  }
  return runs;
}

// Packs what the pixels see in `channels` channels from `channel` on.
void pack_group(const Job& job, ptrdiff_t pixel, ptrdiff_t count, ptrdiff_t channel, ptrdiff_t channels,
                float* packed) {
  const ConvolutionShape& shape = job.convolution->shape;
  const ptrdiff_t depth = channels * shape.kernel_height * shape.kernel_width;
  const PaddedShape padded(shape);
  const ptrdiff_t first = job.image % shape.groups * (shape.in_channels / shape.groups) + channel;
  const float* in = job.convolution->in + job.image / shape.groups * shape.in.batch + first * shape.in.channel;
  for (ptrdiff_t at = 0; at < count; at += kPanel) {
    const ptrdiff_t pixels = count - at < kPanel ? count - at : kPanel;
    if (job.padded == nullptr) {
      pack_pixels(shape, in, channels, pixel + at, pixels, packed + at * depth);
    } else {
      const PanelRuns runs = runs_of(shape, padded, job.padded + channel * padded.floats(), pixel + at, pixels);
      FOR_THIS_CPU(pack_padded)(shape, runs, channels, padded.floats(), packed + at * depth);
    }
  }
}

void panel_units(void* state, ptrdiff_t begin, ptrdiff_t end, int worker) {
  const Job& job = *static_cast<Job*>(state);
  const Convolution& convolution = *job.convolution;
  const ConvolutionShape& shape = convolution.shape;
  const ptrdiff_t in_channels = shape.in_channels / shape.groups;
  const ptrdiff_t out_channels = shape.out_channels / shape.groups;
  const ptrdiff_t taps = shape.kernel_height * shape.kernel_width;
  const ptrdiff_t pixels = shape.out_height * shape.out_width;
  const ptrdiff_t first = job.image % shape.groups * out_channels;
  float* packed = job.scratch + worker * job.scratch_floats;
  Gemm gemm;
  gemm.lowest = convolution.lowest;
  gemm.highest = convolution.highest;
  if (convolution.bias != nullptr) gemm.added = {convolution.bias + first, 1, 0};
  gemm.out = convolution.out + job.image / shape.groups * shape.out.batch + first * shape.out.channel;
  gemm.out_row_stride = shape.out.channel;
  gemm.out_column_stride = shape.out.column;
  for (ptrdiff_t unit = begin; unit < end; ++unit) {
    const ptrdiff_t pixel = unit * job.group_columns;
    const ptrdiff_t count = pixels - pixel < job.group_columns ? pixels - pixel : job.group_columns;
    for (ptrdiff_t channel = 0; channel < in_channels; channel += job.step) {
      const ptrdiff_t channels = in_channels - channel < job.step ? in_channels - channel : job.step;
      pack_group(job, pixel, count, channel, channels, packed);
      const Block block = {out_channels,
                           count,
                           channels * taps,
                           job.weight + first * job.depth + channel * taps,
                           job.depth,
                           1,
                           packed,
                           channels * taps * kPanel,
                           kPanel,
                           channel == 0,
                           channel + channels == in_channels};
      FOR_THIS_CPU(multiply_block)(block, Epilogue(gemm, 0, pixel));
    }
  }
}

ptrdiff_t depth_of(const ConvolutionShape& shape) {
  return shape.in_channels / shape.groups * shape.kernel_height * shape.kernel_width;
}

// Transposed weights, as rows of outputs' weights.
ptrdiff_t weight_floats(const ConvolutionShape& shape) {
  return shape.is_transposed ? rounded_up(shape.out_channels * depth_of(shape), 16) : 0;
}

// Channels packed at once.
ptrdiff_t step_of(const ConvolutionShape& shape) {
  const ptrdiff_t channels = shape.in_channels / shape.groups;
  const ptrdiff_t fitting = kDeep / (shape.kernel_height * shape.kernel_width);
  return depth_of(shape) <= 2 * kDeep ? channels : fitting < 1 ? 1 : fitting;
}

ptrdiff_t step_depth(const ConvolutionShape& shape) {
  return step_of(shape) * shape.kernel_height * shape.kernel_width;
}

ptrdiff_t columns_of_group(const ConvolutionShape& shape) {
  const ptrdiff_t tile = rounded_up(FOR_THIS_CPU(tile_columns)(), kPanel);
  const ptrdiff_t fitting = kGroupFloats / step_depth(shape) / tile * tile;
  const ptrdiff_t pixels = rounded_up(shape.out_height * shape.out_width, kPanel);
  const ptrdiff_t columns = fitting < tile ? tile : fitting;
  return columns < pixels ? columns : pixels;
}

// The channels of one image's group with a border; 0 where that does not serve.
ptrdiff_t padded_floats(const ConvolutionShape& shape) {
  if (shape.is_transposed || shape.in.column != 1) return 0;
  return rounded_up(shape.in_channels / shape.groups * PaddedShape(shape).floats() + kSlack, 16);
}

void transpose_weights(const Convolution& convolution, float* to) {
  const ConvolutionShape& shape = convolution.shape;
  const ptrdiff_t in_channels = shape.in_channels / shape.groups;
  const ptrdiff_t out_channels = shape.out_channels / shape.groups;
  const ptrdiff_t taps = shape.kernel_height * shape.kernel_width;
  for (ptrdiff_t out = 0; out < shape.out_channels; ++out) {
    for (ptrdiff_t in = 0; in < in_channels; ++in) {
      const ptrdiff_t in_channel = out / out_channels * in_channels + in;
      const float* from = convolution.weight + (in_channel * out_channels + out % out_channels) * taps;
      for (ptrdiff_t tap = 0; tap < taps; ++tap) *to++ = from[tap];
    }
  }
}

}  // namespace

size_t panel_scratch(const ConvolutionShape& shape, int workers) {
  return static_cast<size_t>(weight_floats(shape) + padded_floats(shape) +
                             (step_depth(shape) * columns_of_group(shape) + kSlack) * workers) *
             sizeof(float) +
         64;
}

bool convolve_panels(const Convolution& convolution, AlignedFloats floats, const Parallel& parallel) {
  const ConvolutionShape& shape = convolution.shape;
  const ptrdiff_t workers = parallel.workers < 1 ? 1 : parallel.workers;
  Job job = {&convolution, floats.data, 0, depth_of(shape), 0, convolution.weight, nullptr, 0, 0};
  if (shape.is_transposed) {
    if (floats.data == nullptr || weight_floats(shape) > floats.count) return false;
    transpose_weights(convolution, floats.data);
    job.weight = floats.data;
    job.scratch += weight_floats(shape);
    floats.count -= weight_floats(shape);
  }
  job.step = step_of(shape);
  job.group_columns = columns_of_group(shape);
  job.scratch_floats = step_depth(shape) * job.group_columns + kSlack;
  const ptrdiff_t border = padded_floats(shape);
  if (border > 0 && border + job.scratch_floats * workers <= floats.count) {
    job.padded = job.scratch;
    job.scratch += border;
    floats.count -= border;
  }
  const ptrdiff_t fitting = (floats.count / workers - kSlack) / step_depth(shape) / kPanel * kPanel;
  if (fitting < kPanel) return false;
  if (job.group_columns > fitting) job.group_columns = fitting;
  const ptrdiff_t pixels = shape.out_height * shape.out_width;
  for (job.image = 0; job.image < shape.batch * shape.groups; ++job.image) {
    if (job.padded != nullptr) parallel(shape.in_channels / shape.groups, pad_units, &job);
    parallel((pixels + job.group_columns - 1) / job.group_columns, panel_units, &job);
  }
  return true;
}

}  // namespace etbuild::kernels::math

#endif
