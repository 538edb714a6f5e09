#include "op_custom_sdpa.h"

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include <cinttypes>
#include <cmath>

#include "any_attention.h"
#include "attention.h"

namespace etbuild::kernels::llama {
namespace {

// Rows that one thread takes at once. Fixed, so that the number of threads cannot change how rows are grouped.
constexpr int64_t kRowsAtOnce = 16;

// Below so many multiply-adds, waking threads costs more than it gains.
constexpr int64_t kWorthThreads = 1 << 14;

bool is_plain_4d(const Tensor& tensor) {
  return tensor.dim() == 4 && tensor.scalar_type() == ScalarType::Float &&
         executorch::runtime::tensor_is_default_dim_order(tensor);
}

bool are_caches_of(const Tensor& query, const Tensor& key, const Tensor& value) {
  ET_CHECK_OR_RETURN_FALSE(is_plain_4d(query) && is_plain_4d(key) && is_plain_4d(value),
                           "query, key and value must be contiguous float32[B, S, H, D]");
  for (int dim = 0; dim < 4; ++dim) {
    ET_CHECK_OR_RETURN_FALSE(key.size(dim) == value.size(dim), "key and value must have one size");
  }
  ET_CHECK_OR_RETURN_FALSE(key.size(0) == query.size(0) && key.size(3) == query.size(3),
                           "batch and head size must be those of query");
  ET_CHECK_OR_RETURN_FALSE(key.size(2) > 0 && query.size(2) % key.size(2) == 0,
                           "%zd query heads must be a multiple of %zd key-value heads", ssize_t(query.size(2)),
                           ssize_t(key.size(2)));
  return true;
}

bool fits(const Tensor& query, const Tensor& key, int64_t start_pos, const Tensor* mask, bool is_causal) {
  const int64_t length = key.size(1);
  const int64_t count = query.size(1);
  ET_CHECK_OR_RETURN_FALSE(start_pos >= 0, "start_pos must not be negative, is %" PRId64, start_pos);
  if (mask == nullptr) {
    ET_CHECK_OR_RETURN_FALSE(start_pos <= length - count,
                             "positions %" PRId64 " to %" PRId64 " must be below the cache's length %" PRId64,
                             start_pos, start_pos + count - 1, length);
    return true;
  }
  ET_CHECK_OR_RETURN_FALSE(!is_causal, "a mask and is_causal exclude each other");
  ET_CHECK_OR_RETURN_FALSE(mask->dim() == 2 && mask->scalar_type() == ScalarType::Float && mask->size(0) == count &&
                               mask->size(1) == length && executorch::runtime::tensor_is_default_dim_order(*mask),
                           "the mask must be contiguous float32[%" PRId64 ", %" PRId64 "]", count, length);
  return true;
}

// Everything the threads need to find the rows of a unit: a unit is up to kRowsAtOnce rows of one query head.
struct Attention {
  AttentionRows first;  // Of unit 0.
  int64_t rows, heads, cache_heads, cache_length, blocks;

  AttentionRows unit(int64_t index) const {
    const int64_t block = index % blocks;
    const int64_t head = index / blocks % heads;
    const int64_t batch = index / blocks / heads;
    const int64_t row = block * kRowsAtOnce;
    const int64_t at = ((batch * rows + row) * heads + head) * first.head_dim;
    const int64_t cache_head = head / (heads / cache_heads);
    const int64_t cache_at = (batch * cache_length * cache_heads + cache_head) * first.head_dim;
    AttentionRows unit = first;
    unit.query += at;
    unit.out += at;
    unit.key += cache_at;
    unit.value += cache_at;
    if (unit.mask != nullptr) unit.mask += row * unit.mask_stride;
    unit.row_count = rows - row < kRowsAtOnce ? rows - row : kRowsAtOnce;
    unit.visible += unit.is_causal ? row : 0;
    return unit;
  }
};

Attention describe(const Tensor& query, const Tensor& key, const Tensor& value, int64_t start_pos, const Tensor* mask,
                   bool is_causal, float scale, Tensor& out) {
  const int64_t rows = query.size(1);
  const int64_t head_dim = query.size(3);
  const int64_t length = key.size(1);
  const int64_t visible = mask != nullptr ? length : is_causal ? start_pos + 1 : start_pos + rows;
  const auto row_stride = static_cast<ptrdiff_t>(query.size(2) * head_dim);
  const auto cache_stride = static_cast<ptrdiff_t>(key.size(2) * head_dim);
  const auto mask_stride = static_cast<ptrdiff_t>(length);
  const float* mask_data = mask == nullptr ? nullptr : mask->const_data_ptr<float>();
  return Attention{{query.const_data_ptr<float>(), row_stride, key.const_data_ptr<float>(),
                    value.const_data_ptr<float>(), cache_stride, mask_data, mask_stride, out.mutable_data_ptr<float>(),
                    row_stride, rows, head_dim, visible, is_causal, scale},
                   rows,
                   query.size(2),
                   key.size(2),
                   length,
                   (rows + kRowsAtOnce - 1) / kRowsAtOnce};
}

}  // namespace

Tensor& custom_sdpa_out(KernelRuntimeContext& context, const Tensor& query, const Tensor& key, const Tensor& value,
                        int64_t start_pos, const std::optional<Tensor>& mask, double dropout, bool is_causal,
                        std::optional<double> scale, Tensor& out) {
  const Tensor* mask_tensor = mask.has_value() ? &*mask : nullptr;
  if (query.scalar_type() == ScalarType::Half || query.scalar_type() == ScalarType::BFloat16) {
    ET_KERNEL_CHECK_MSG(context, dropout == 0.0, InvalidArgument, out, "dropout must be 0");
    const HeadRows queries = {query, nullptr, nullptr};
    const double by = scale.value_or(0.0);
    const AnyAttention call = {
        queries, {key, nullptr, nullptr}, {value, nullptr, nullptr}, start_pos, mask_tensor, is_causal, by, false};
    attend_any(context, call, out);
    return out;
  }
  ET_KERNEL_CHECK(context, are_caches_of(query, key, value), InvalidArgument, out);
  ET_KERNEL_CHECK(context, fits(query, key, start_pos, mask_tensor, is_causal), InvalidArgument, out);
  ET_KERNEL_CHECK_MSG(context, dropout == 0.0, InvalidArgument, out, "dropout must be 0");
  ET_KERNEL_CHECK_MSG(context, resize_tensor(out, query.sizes()) == Error::Ok && is_plain_4d(out), InvalidArgument, out,
                      "out must be float32 and have room for query's size");
  const double factor = scale.has_value() ? *scale : 1.0 / std::sqrt(static_cast<double>(query.size(3)));
  const Attention attention =
      describe(query, key, value, start_pos, mask_tensor, is_causal, static_cast<float>(factor), out);
  const AttendFn attend = attend_for_this_cpu();
  const auto attend_units = [&](int64_t begin, int64_t end) {
    for (int64_t index = begin; index < end; ++index) attend(attention.unit(index));
  };
  const int64_t units = query.size(0) * attention.heads * attention.blocks;
  const int64_t work = query.numel() * (attention.first.visible + (is_causal ? attention.rows / 2 : 0));
  if (work < kWorthThreads) {
    attend_units(0, units);
  } else {
    const bool ran = executorch::extension::parallel_for(0, units, 1, attend_units);
    ET_KERNEL_CHECK(context, ran, Internal, out);
  }
  return out;
}

void custom_sdpa_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttiodbDt")) return;
  std::optional<Tensor> mask;
  if (!is_none(arguments, 4)) mask = tensor(arguments, 4);
  std::optional<double> scale;
  if (!is_none(arguments, 7)) scale = real(arguments, 7);
  custom_sdpa_out(context, tensor(arguments, 0), tensor(arguments, 1), tensor(arguments, 2), integer(arguments, 3),
                  mask, real(arguments, 5), boolean(arguments, 6), scale, tensor(arguments, 8));
}

}  // namespace etbuild::kernels::llama
