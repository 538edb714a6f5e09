#include "images.h"

#include <executorch/runtime/platform/log.h>

#include "shapes.h"

namespace etbuild::kernels::cortex_m {
namespace {

// What a window's sizes may be at most, so that products of them do not overflow.
constexpr int64_t kMost = sizeof(ptrdiff_t) < 8 ? 1 << 14 : 1 << 20;

// Where batch, row, column and channel stand among the dimensions.
struct Places {
  size_t batch, row, column, channel;
};

Places places_of(Dimensions dimensions) {
  return dimensions == Dimensions::kChannelsSecond ? Places{0, 2, 3, 1} : Places{0, 1, 2, 3};
}

bool refuse_image(KernelRuntimeContext& context, [[maybe_unused]] const char* what) {
  ET_LOG(Error, "An image must be of int8 with four dimensions; %s", what);
  return refuse(context, Error::InvalidArgument);
}

bool are_ints(const Tensor& tensor, int64_t count) {
  return tensor.scalar_type() == ScalarType::Int && tensor.numel() == count && is_contiguous(tensor);
}

}  // namespace

bool read_image(KernelRuntimeContext& context, const Tensor& tensor, Dimensions dimensions, Image& image) {
  if (tensor.dim() != 4 || tensor.scalar_type() != ScalarType::Char) return refuse_image(context, "it is not");
  const Places at = places_of(dimensions);
  const auto sizes = tensor.sizes();
  const auto strides = tensor.strides();
  image = {static_cast<int8_t*>(tensor.mutable_data_ptr()),
           sizes[at.batch],
           sizes[at.row],
           sizes[at.column],
           sizes[at.channel],
           strides[at.batch],
           strides[at.row],
           strides[at.column],
           strides[at.channel]};
  return true;
}

bool resize_image(KernelRuntimeContext& context, Tensor& out, Dimensions dimensions, const int64_t (&sizes)[4],
                  Image& image) {
  const Places at = places_of(dimensions);
  int32_t ordered[4];
  const size_t places[] = {at.batch, at.row, at.column, at.channel};
  for (size_t index = 0; index < 4; ++index) {
    if (sizes[index] < (index == 0 ? 0 : 1) || sizes[index] > INT32_MAX) {
      return refuse_image(context, "the output would have no rows or columns");
    }
    ordered[places[index]] = static_cast<int32_t>(sizes[index]);
  }
  if (out.dim() != 4) return refuse_image(context, "the output is not");
  return resize(context, out, {ordered, 4}) && read_image(context, out, dimensions, image);
}

ptrdiff_t Extent::places(ptrdiff_t length, bool rounds_up) const {
  const ptrdiff_t room = length + 2 * padding - dilation * (size - 1) - 1;
  if (room < 0) return 0;
  ptrdiff_t count = (room + (rounds_up ? stride - 1 : 0)) / stride + 1;
  if (rounds_up && (count - 1) * stride >= length + padding) --count;  // It would begin behind the image.
  return count;
}

bool read_pair(KernelRuntimeContext& context, Arguments arguments, size_t index, ptrdiff_t Extent::*field,
               Window& window) {
  const ArrayRef<int64_t> list = integers(arguments, index);
  if (list.size() != 1 && list.size() != 2) {
    ET_LOG(Error, "Argument %zu must be a list of one or two numbers, has %zu", index, list.size());
    return refuse(context, Error::InvalidArgument);
  }
  const auto cut = [](int64_t number) { return static_cast<ptrdiff_t>(number < 0 || number > kMost ? -1 : number); };
  window.rows.*field = cut(list[0]);
  window.columns.*field = cut(list[list.size() - 1]);
  return true;
}

bool is_window(KernelRuntimeContext& context, const Window& window) {
  const auto is_valid = [](const Extent& extent) {
    return extent.size > 0 && extent.size <= kMost && extent.stride > 0 && extent.stride <= kMost &&
           extent.padding >= 0 && extent.padding <= kMost && extent.dilation > 0 && extent.dilation <= kMost;
  };
  if (is_valid(window.rows) && is_valid(window.columns)) return true;
  ET_LOG(Error, "A window's size, stride and dilation must be positive, its padding not negative");
  return refuse(context, Error::InvalidArgument);
}

bool read_output(KernelRuntimeContext& context, int64_t offset, int64_t least, int64_t most, Output& output) {
  if (offset < INT32_MIN || offset > INT32_MAX || least < -128 || most > 127 || least > most) {
    ET_LOG(Error, "An activation's limits must be within -128 and 127");
    return refuse(context, Error::InvalidArgument);
  }
  output = {static_cast<int32_t>(offset), static_cast<int32_t>(least), static_cast<int32_t>(most)};
  return true;
}

bool read_channels(KernelRuntimeContext& context, const Tensor* bias, const Tensor& multipliers, const Tensor& shifts,
                   int64_t count, Channels& channels) {
  bool fits = are_ints(multipliers, count) && are_ints(shifts, count) && (bias == nullptr || are_ints(*bias, count));
  if (fits) {
    channels = {bias == nullptr ? nullptr : bias->const_data_ptr<int32_t>(), multipliers.const_data_ptr<int32_t>(),
                shifts.const_data_ptr<int32_t>()};
    for (int64_t channel = 0; channel < count; ++channel) fits = fits && is_shift(channels.shifts[channel]);
  }
  if (fits) return true;
  ET_LOG(Error, "Each output channel needs a multiplier, a shift within -62 and 31 and, if at all, a bias, of int32");
  return refuse(context, Error::InvalidArgument);
}

int32_t dot(const int8_t* left, ptrdiff_t step, int32_t offset, const int8_t* right, ptrdiff_t count) {
  const auto by = static_cast<uint32_t>(offset);
  uint32_t sum = 0;
  if (step == 1) {
    for (ptrdiff_t at = 0; at < count; ++at) {
      sum += (static_cast<uint32_t>(left[at]) + by) * static_cast<uint32_t>(right[at]);
    }
  } else {
    for (ptrdiff_t at = 0; at < count; ++at) {
      sum += (static_cast<uint32_t>(left[at * step]) + by) * static_cast<uint32_t>(right[at]);
    }
  }
  return static_cast<int32_t>(sum);
}

}  // namespace etbuild::kernels::cortex_m
