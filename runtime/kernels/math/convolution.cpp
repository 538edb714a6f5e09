// How a convolution is computed: depthwise by itself, 1x1 as a product, others as products whose panels are read from
// the image on the fly.

#include "convolution.h"

#include "depthwise.h"
#include "gemm.h"
#include "gemm_block.h"
#include "levels.h"
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

constexpr ptrdiff_t kGroupFloats = 65536;  // Panels that a worker packs at once.
constexpr ptrdiff_t kDeep = 1024;          // Of deeper products, about so much is packed at once.
constexpr ptrdiff_t kSlack = 16;           // Floats that copies of whole vectors read or write too much.

enum class Way { kNothing, kPlain, kDepthwise, kProduct, kPanels };

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

// --- Depthwise: a channel of the output a unit.

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

void depthwise_units(void* state, ptrdiff_t begin, ptrdiff_t end, int worker) {
  const Job& job = *static_cast<Job*>(state);
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

// --- Others: pixels of the output are columns of a product, whose depth is the kernel over all channels.

// Pixels of a panel that follow each other in a row.
struct Run {
  ptrdiff_t row;
  ptrdiff_t column;
  ptrdiff_t count;
};

// Where a tap of the kernel looks, along one axis: position * factor + offset, of which only each divisor-th exists.
struct Tap {
  ptrdiff_t factor;
  ptrdiff_t offset;
  ptrdiff_t divisor;

  // -1: beside the image.
  ptrdiff_t operator()(ptrdiff_t position, ptrdiff_t size) const {
    ptrdiff_t at = position * factor + offset;
    if (at < 0 || (divisor != 1 && at % divisor != 0)) return -1;
    at /= divisor;
    return at < size ? at : -1;
  }
};

Tap tap_of(bool is_transposed, ptrdiff_t stride, ptrdiff_t padding, ptrdiff_t offset) {
  return is_transposed ? Tap{1, padding - offset, stride} : Tap{stride, offset - padding, 1};
}

void pack_run(const ConvolutionShape& shape, const float* row, const Run& run, const Tap& tap, float* to) {
  if (tap.divisor == 1) {
    const ptrdiff_t first = run.column * tap.factor + tap.offset;
    const ptrdiff_t last = first + (run.count - 1) * tap.factor;
    if (first >= 0 && last < shape.in_width) {
      const float* from = row + first * shape.in.column;
      const ptrdiff_t step = tap.factor * shape.in.column;
      if (step == 1 && run.count == kPanel) {
        __builtin_memcpy(to, from, kPanel * sizeof(float));
      } else if (step == 1) {
        for (ptrdiff_t i = 0; i < run.count; ++i) to[i] = from[i];
      } else {
        for (ptrdiff_t i = 0; i < run.count; ++i) to[i] = from[i * step];
      }
      return;
    }
  }
  for (ptrdiff_t i = 0; i < run.count; ++i) {
    const ptrdiff_t column = tap(run.column + i, shape.in_width);
    to[i] = column < 0 ? 0.0f : row[column * shape.in.column];
  }
}

// Writes what the outputs [pixel, pixel + 16) see, as rows of 16: zeros behind the last pixel and beside the image.
void pack_pixels(const ConvolutionShape& shape, const float* in, ptrdiff_t channels, ptrdiff_t pixel, ptrdiff_t count,
                 float* packed) {
  Run runs[kPanel];
  int run_count = 0;
  for (ptrdiff_t done = 0; done < count;) {
    Run& run = runs[run_count++];
    run.row = (pixel + done) / shape.out_width;
    run.column = (pixel + done) % shape.out_width;
    run.count = shape.out_width - run.column < count - done ? shape.out_width - run.column : count - done;
    done += run.count;
  }
  for (ptrdiff_t channel = 0; channel < channels; ++channel, in += shape.in.channel) {
    for (ptrdiff_t y = 0; y < shape.kernel_height; ++y) {
      const Tap tap_y = tap_of(shape.is_transposed, shape.stride_height, shape.padding_top, y * shape.dilation_height);
      for (ptrdiff_t x = 0; x < shape.kernel_width; ++x, packed += kPanel) {
        const Tap tap_x = tap_of(shape.is_transposed, shape.stride_width, shape.padding_left, x * shape.dilation_width);
        float* to = packed;
        for (int i = 0; i < run_count; ++i) {
          const Run& run = runs[i];
          const ptrdiff_t row = tap_y(run.row, shape.in_height);
          if (row < 0) {
            for (ptrdiff_t at = 0; at < run.count; ++at) to[at] = 0;
          } else {
            pack_run(shape, in + row * shape.in.row, run, tap_x, to);
          }
          to += run.count;
        }
        for (; to < packed + kPanel; ++to) *to = 0;
      }
    }
  }
}

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

ptrdiff_t rounded_up(ptrdiff_t number, ptrdiff_t unit) { return (number + unit - 1) / unit * unit; }

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

// Memory for floats, from the first address that is a multiple of 64.
struct Floats {
  explicit Floats(Scratch scratch) {
    const size_t misaligned = (64 - reinterpret_cast<uintptr_t>(scratch.data) % 64) % 64;
    if (scratch.data == nullptr || scratch.size < misaligned) return;
    data = reinterpret_cast<float*>(static_cast<char*>(scratch.data) + misaligned);
    count = static_cast<ptrdiff_t>((scratch.size - misaligned) / sizeof(float));
  }
  float* data = nullptr;
  ptrdiff_t count = 0;
};

}  // namespace

size_t convolution_scratch(const Convolution& convolution, int workers) {
  const ConvolutionShape& shape = convolution.shape;
  switch (way_of(shape)) {
    case Way::kProduct:
      return gemm_scratch(product_of(convolution, 0, 0), workers);
    case Way::kDepthwise:
      return static_cast<size_t>(rounded_up(PaddedShape(shape).floats(), 16) * workers) * sizeof(float) + 64;
    case Way::kPanels:
      return static_cast<size_t>(weight_floats(shape) + padded_floats(shape) +
                                 (step_depth(shape) * columns_of_group(shape) + kSlack) * workers) *
                 sizeof(float) +
             64;
    case Way::kNothing:
    case Way::kPlain:
      break;
  }
  return 0;
}

void convolve(const Convolution& convolution, Scratch scratch, const Parallel& parallel) {
  const ConvolutionShape& shape = convolution.shape;
  const Way way = way_of(shape);
  if (way == Way::kNothing) return;
  if (way == Way::kPlain) return convolve_plainly(convolution, parallel);
  if (way == Way::kProduct) {
    for (ptrdiff_t batch = 0; batch < shape.batch; ++batch) {
      for (ptrdiff_t group = 0; group < shape.groups; ++group) {
        gemm(product_of(convolution, batch, group), scratch, parallel);
      }
    }
    return;
  }
  Floats floats(scratch);
  const ptrdiff_t workers = parallel.workers < 1 ? 1 : parallel.workers;
  Job job = {&convolution, floats.data, 0, depth_of(shape), 0, convolution.weight, nullptr, 0, 0};
  if (way == Way::kDepthwise) {
    job.scratch_floats = rounded_up(PaddedShape(shape).floats(), 16);
    if (job.scratch_floats * workers > floats.count) return convolve_plainly(convolution, parallel);
    parallel(shape.batch * shape.in_channels, depthwise_units, &job);
    return;
  }
  if (shape.is_transposed) {
    if (floats.data == nullptr || weight_floats(shape) > floats.count) return convolve_plainly(convolution, parallel);
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
  if (fitting < kPanel) return convolve_plainly(convolution, parallel);
  if (job.group_columns > fitting) job.group_columns = fitting;
  const ptrdiff_t pixels = shape.out_height * shape.out_width;
  for (job.image = 0; job.image < shape.batch * shape.groups; ++job.image) {
    if (job.padded != nullptr) parallel(shape.in_channels / shape.groups, pad_units, &job);
    parallel((pixels + job.group_columns - 1) / job.group_columns, panel_units, &job);
  }
}

#endif

}  // namespace etbuild::kernels::math
