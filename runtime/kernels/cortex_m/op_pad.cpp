// pad.out(Tensor input, int[] pre_pad, int[] post_pad, int pad_value, *, Tensor(a!) out): the input with so many
// elements before and behind it along each dimension, which are pad_value. The lists have four entries, the last ones
// for the input's dimensions, in the order in which these lie in memory: N, H, W, C for images that are channels last,
// or that have one channel or one pixel, which counts as that. Whole numbers, bools and Float.
#include <executorch/runtime/platform/log.h>

#include <cstring>

#include "convert.h"
#include "dtypes.h"
#include "strided_loops.h"

namespace etbuild::kernels::cortex_m {
namespace {

constexpr size_t kRank = 4;

bool is_channels_last(const Tensor& input) {
  if (input.dim() != static_cast<ssize_t>(kRank)) return false;
  if (input.size(1) == 1 || (input.size(2) == 1 && input.size(3) == 1)) return true;
  return input.dim_order()[0] == 0 && input.dim_order()[1] == 2;
}

// Sizes of the output, and where the input begins in it.
struct Padded {
  Shape shape;
  int64_t before[kRank];
};

bool read(const Tensor& input, ArrayRef<int64_t> before, ArrayRef<int64_t> behind, Padded& made) {
  const auto rank = static_cast<size_t>(input.dim());
  if (rank > kRank || before.size() != kRank || behind.size() != kRank) return false;
  constexpr size_t kInMemory[] = {0, 3, 1, 2};  // Where N, C, H, W stand in N, H, W, C.
  const bool is_last = is_channels_last(input);
  for (size_t dim = 0; dim < rank; ++dim) {
    const size_t at = is_last ? kInMemory[dim] : kRank - rank + dim;
    const int64_t most = INT32_MAX;
    if (before[at] < 0 || behind[at] < 0 || before[at] > most || behind[at] > most) return false;
    const int64_t size = before[at] + input.sizes()[dim] + behind[at];
    if (size > most) return false;
    made.before[dim] = before[at];
    made.shape.sizes[made.shape.rank++] = static_cast<int32_t>(size);
  }
  return true;
}

// An element of that dtype. False if it is none of those that are served.
bool element_of(ScalarType type, int64_t value, void* element) {
  if (type == ScalarType::Float) {
    const auto number = static_cast<float>(value);
    std::memcpy(element, &number, sizeof(number));
    return true;
  }
  if (is_bool(type)) value = value != 0 ? 1 : 0;
  std::memcpy(element, &value, size_of(type));  // Little endian: the low bytes.
  return is_integer(type) || is_bool(type);
}

}  // namespace

void pad_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tllit")) return;
  const Tensor& input = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 4);
  const ScalarType type = input.scalar_type();
  Padded padded;
  if (!read(input, integers(arguments, 1), integers(arguments, 2), padded) || out.scalar_type() != type) {
    ET_LOG(Error, "Up to four dimensions are padded by four numbers each, none negative, to the same dtype");
    return context.fail(Error::InvalidArgument);
  }
  char element[16];
  if (!is_known(type) || !element_of(type, integer(arguments, 3), element)) return context.fail(Error::NotSupported);
  if (!resize(context, out, padded.shape.view())) return;
  const size_t size = size_of(type);
  auto* to = static_cast<char*>(out.mutable_data_ptr());
  copy_elements(size, element, 0, to, 1, out.numel());
  if (input.numel() == 0) return;
  int64_t first = 0;
  for (size_t dim = 0; dim < padded.shape.rank; ++dim) first += padded.before[dim] * out.strides()[dim];
  StridedLoops<2> loops(input, 2);
  loops.add(&input);
  loops.add_strides(out.strides().data());
  loops.collapse();
  loops.each([&](const int64_t* offsets) {
    copy_elements(size, static_cast<const char*>(input.const_data_ptr()) + static_cast<size_t>(offsets[0]) * size,
                  loops.inner_step(0), to + static_cast<size_t>(first + offsets[1]) * size, loops.inner_step(1),
                  loops.inner_count());
    return true;
  });
}

}  // namespace etbuild::kernels::cortex_m
