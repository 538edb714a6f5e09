#include "any_attention.h"

#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include <cmath>

#include "expect.h"
#include "shapes.h"
#include "stacks.h"

namespace etbuild::kernels::llama {
namespace {

constexpr int64_t kMostHead = math::kHasLargeStack ? 512 : 64;  // Elements of a head's row.
constexpr int64_t kTile = 64;                                   // Keys whose scores are held at once.
constexpr int kLanes = 8;

// Where batch, position and head stand, and how far their elements are apart.
struct Layout {
  Layout(const Tensor& tensor, bool is_seq_third)
      : batches(tensor.size(0)),
        positions(tensor.size(is_seq_third ? 2 : 1)),
        heads(tensor.size(is_seq_third ? 1 : 2)),
        width(tensor.size(3)),
        of_position(is_seq_third ? width : heads * width),
        of_head(is_seq_third ? positions * width : width) {}

  int64_t offset(int64_t batch, int64_t position, int64_t head) const {
    return batch * positions * heads * width + position * of_position + head * of_head;
  }

  int64_t batches, positions, heads, width, of_position, of_head;
};

template <typename Element>
void widen(const void* from, int64_t offset, int64_t count, float zero, float* to) {
  const auto* elements = static_cast<const Element*>(from) + offset;
  for (int64_t at = 0; at < count; ++at) to[at] = static_cast<float>(elements[at]) - zero;
}

// Writes a row as floats, without its zero point; returns its scale.
float load(const HeadRows& rows, int64_t offset, int64_t width, float* to) {
  const void* data = rows.tensor.const_data_ptr();
  if (rows.scales != nullptr) {
    const int64_t row = offset / width;
    widen<int8_t>(data, offset, width, rows.zero_points->const_data_ptr<int8_t>()[row], to);
    return rows.scales->const_data_ptr<float>()[row];
  }
  const ScalarType type = rows.tensor.scalar_type();
  if (type == ScalarType::Half) {
    widen<executorch::aten::Half>(data, offset, width, 0.0f, to);
  } else if (type == ScalarType::BFloat16) {
    widen<executorch::aten::BFloat16>(data, offset, width, 0.0f, to);
  } else {
    widen<float>(data, offset, width, 0.0f, to);
  }
  return 1.0f;
}

float dot(const float* left, const float* right, int64_t count) {
  float lanes[kLanes] = {};
  int64_t at = 0;
  for (; at + kLanes <= count; at += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) lanes[lane] += left[at + lane] * right[at + lane];
  }
  for (int lane = 0; at < count; ++at, ++lane) lanes[lane] += left[at] * right[at];
  float sum = 0;
  for (const float lane : lanes) sum += lane;
  return sum;
}

// One row of one query head.
struct RowOfHead {
  const AnyAttention& call;
  const Layout& query;
  const Layout& cache;
  int64_t batch, row, head;

  int64_t visible() const {
    if (call.mask != nullptr) return cache.positions;
    return call.start + (call.is_causal ? row + 1 : query.positions);
  }
  int64_t cache_offset(int64_t position) const {
    return cache.offset(batch, position, head / (query.heads / cache.heads));
  }
  float masked(int64_t position) const {
    return call.mask == nullptr ? 0.0f : call.mask->const_data_ptr<float>()[row * cache.positions + position];
  }
};

// The weighted sum of the values, and the weights' sum.
struct Mean {
  float most = -INFINITY;
  float total = 0;
  float sums[kMostHead] = {};

  // Takes in weights e^score of the positions from `first` on.
  void add(const RowOfHead& of, int64_t first, const float* scores, int64_t count) {
    float greatest = most;
    for (int64_t at = 0; at < count; ++at) greatest = scores[at] > greatest ? scores[at] : greatest;
    // With nothing seen, -inf - -inf would be NaN; any finite number gives the weight 0.
    const float base = greatest == -INFINITY ? 0.0f : greatest;
    const float older = std::exp(most - base);
    most = greatest;
    total *= older;
    for (int64_t at = 0; at < of.cache.width; ++at) sums[at] *= older;
    float value[kMostHead] = {};
    for (int64_t at = 0; at < count; ++at) {
      const float weight = std::exp(scores[at] - base);
      const float factor = weight * load(of.call.value, of.cache_offset(first + at), of.cache.width, value);
      total += weight;
      for (int64_t index = 0; index < of.cache.width; ++index) sums[index] += factor * value[index];
    }
  }
};

void store(const Mean& mean, int64_t offset, int64_t width, Tensor& out) {
  for (int64_t at = 0; at < width; ++at) {
    const float value = mean.sums[at] / mean.total;
    if (out.scalar_type() == ScalarType::Half) {
      out.mutable_data_ptr<executorch::aten::Half>()[offset + at] = value;
    } else if (out.scalar_type() == ScalarType::BFloat16) {
      out.mutable_data_ptr<executorch::aten::BFloat16>()[offset + at] = value;
    } else {
      out.mutable_data_ptr<float>()[offset + at] = value;
    }
  }
}

void attend_row(const RowOfHead& of, float scale, Tensor& out) {
  float query[kMostHead] = {};
  float key[kMostHead] = {};
  float scores[kTile];
  Mean mean;
  const int64_t offset = of.query.offset(of.batch, of.row, of.head);
  const float factor = scale * load(of.call.query, offset, of.query.width, query);
  const int64_t visible = of.visible();
  for (int64_t first = 0; first < visible; first += kTile) {
    const int64_t count = visible - first < kTile ? visible - first : kTile;
    for (int64_t at = 0; at < count; ++at) {
      const float by = load(of.call.key, of.cache_offset(first + at), of.cache.width, key);
      scores[at] = dot(query, key, of.cache.width) * (factor * by) + of.masked(first + at);
    }
    mean.add(of, first, scores, count);
  }
  store(mean, offset, of.query.width, out);
}

bool are_rows(KernelRuntimeContext& context, const HeadRows& rows, ScalarType type) {
  const Tensor& tensor = rows.tensor;
  const bool is_quantized = type == ScalarType::Char;
  const auto is_parameter = [&](const Tensor* each, ScalarType wanted) {
    if (each == nullptr || each->dim() != 4 || each->scalar_type() != wanted || !is_contiguous(*each)) return false;
    for (ssize_t dim = 0; dim < 4; ++dim) {
      if (each->size(dim) != (dim < 3 ? tensor.size(dim) : 1)) return false;
    }
    return true;
  };
  return expect(context, tensor.dim() == 4 && tensor.scalar_type() == type && is_contiguous(tensor),
                "query, key and value must be contiguous, of four dimensions and one dtype") &&
         expect(context, tensor.size(3) > 0 && tensor.size(3) <= kMostHead,
                "heads must have 1 to 512 elements, 64 on a board") &&
         expect(context,
                is_quantized
                    ? is_parameter(rows.scales, ScalarType::Float) && is_parameter(rows.zero_points, ScalarType::Char)
                    : rows.scales == nullptr && rows.zero_points == nullptr,
                "int8 rows, and no others, need a float scale and an int8 zero point each");
}

bool fits(KernelRuntimeContext& context, const AnyAttention& call, const Layout& query, const Layout& cache) {
  const Tensor* mask = call.mask;
  return expect(context,
                same(call.key.tensor.sizes(), call.value.tensor.sizes()) && cache.batches == query.batches &&
                    cache.width == query.width && cache.heads > 0 && query.heads % cache.heads == 0,
                "key and value must have one size, query's batch and head size, and a divisor of its heads") &&
         expect(context, call.start >= 0 && (mask != nullptr || call.start <= cache.positions - query.positions),
                "positions must be within the cache") &&
         expect(context,
                mask == nullptr ||
                    (!call.is_causal && mask->dim() == 2 && mask->scalar_type() == ScalarType::Float &&
                     mask->size(0) == query.positions && mask->size(1) == cache.positions && is_contiguous(*mask)),
                "a mask must be contiguous float [rows, positions], and excludes is_causal");
}

}  // namespace

bool attend_any(KernelRuntimeContext& context, const AnyAttention& call, Tensor& out) {
  const ScalarType type = call.query.tensor.scalar_type();
  const bool is_quantized = type == ScalarType::Char;
  const bool is_served = is_quantized || (is_floating(type) && type != ScalarType::Double);
  if (!expect(context, is_served, "attention is of Float, Half, BFloat16 or int8") ||
      !are_rows(context, call.query, type) || !are_rows(context, call.key, type) ||
      !are_rows(context, call.value, type)) {
    return false;
  }
  const Layout query(call.query.tensor, call.is_seq_third);
  const Layout cache(call.key.tensor, call.is_seq_third);
  if (!fits(context, call, query, cache) || !expect_dtype(context, is_quantized ? ScalarType::Float : type, &out) ||
      !resize(context, out, call.query.tensor.sizes()) ||
      !expect(context, is_contiguous(out), "out must be contiguous")) {
    return false;
  }
  const double usual = 1.0 / std::sqrt(static_cast<double>(query.width));
  const auto scale = static_cast<float>(call.scale != 0.0 ? call.scale : usual);
  const auto run = [&](int64_t begin, int64_t end) {
    for (int64_t unit = begin; unit < end; ++unit) {
      const int64_t row = unit / query.heads;
      attend_row({call, query, cache, row / query.positions, row % query.positions, unit % query.heads}, scale, out);
    }
  };
  const int64_t units = query.batches * query.positions * query.heads;
  if (units == 0) return true;
  return executorch::extension::parallel_for(0, units, 1, run) || refuse(context, Error::Internal);
}

}  // namespace etbuild::kernels::llama
