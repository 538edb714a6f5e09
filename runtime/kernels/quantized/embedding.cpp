#include "embedding.h"

#include <executorch/runtime/kernel/thread_parallel_interface.h>
#include <executorch/runtime/platform/log.h>

#include <cinttypes>

#include "element.h"
#include "shapes.h"

namespace etbuild::kernels::quantized_decomposed {
namespace {

constexpr int64_t kAtOnce = 64;  // Numbers that are unpacked at once.

// A table of quantized rows.
struct Table {
  const Tensor& weight;
  const Tensor& scales;
  const Tensor* zero_points;
  Packing packing;
  int64_t width;  // Numbers a row.
  int64_t group;  // Numbers a scale.
};

int64_t numbers_a_byte(Packing packing) {
  if (packing == Packing::kBytes) return 1;
  return packing == Packing::kNibbles ? 2 : 4;
}

// Numbers `first` and on of a row, as floats: whole ones of 8 bits are exact.
void unpack(const Table& table, const uint8_t* row, int64_t first, int64_t count, float* to) {
  const bool is_signed = table.weight.scalar_type() == ScalarType::Char;
  for (int64_t at = 0; at < count; ++at) {
    const int64_t index = first + at;
    int number = 0;
    if (table.packing == Packing::kNibbles) {
      number = ((row[index / 2] >> (index % 2 == 0 ? 4 : 0)) & 15) - 8;
    } else if (table.packing == Packing::kQuarters) {
      number = ((row[index / 4] >> (index % 4 * 2)) & 3) - 2;
    } else {
      number = is_signed ? static_cast<int8_t>(row[index]) : row[index];
    }
    to[at] = static_cast<float>(number);
  }
}

void write_group(const Table& table, double scale, double zero, const float* numbers, int64_t count, ScalarType type,
                 void* to, int64_t at) {
  const ScalarType step = table.scales.scalar_type();
  if (step == ScalarType::Float && type == ScalarType::Float) {
    const auto by = static_cast<float>(scale);
    const auto from = static_cast<float>(zero);
    auto* floats = static_cast<float*>(to) + at;
    for (int64_t index = 0; index < count; ++index) floats[index] = (numbers[index] - from) * by;
    return;
  }
  for (int64_t index = 0; index < count; ++index) {
    const double difference = rounded(step, static_cast<double>(numbers[index]) - zero);
    write(type, to, at + index, rounded(step, difference * scale));
  }
}

void write_row(const Table& table, int64_t index, Tensor& out, int64_t at) {
  const int64_t groups = table.width / table.group;
  const int64_t bytes = table.width / numbers_a_byte(table.packing);
  const auto* row = static_cast<const uint8_t*>(table.weight.const_data_ptr()) + index * bytes;
  float numbers[kAtOnce];
  for (int64_t group = 0; group < groups; ++group) {
    const double scale = read(table.scales.scalar_type(), table.scales.const_data_ptr(), index * groups + group);
    const double zero =
        table.zero_points == nullptr
            ? 0.0
            : read(table.zero_points->scalar_type(), table.zero_points->const_data_ptr(), index * groups + group);
    for (int64_t done = 0; done < table.group; done += kAtOnce) {
      const int64_t now = table.group - done < kAtOnce ? table.group - done : kAtOnce;
      unpack(table, row, group * table.group + done, now, numbers);
      write_group(table, scale, zero, numbers, now, out.scalar_type(), out.mutable_data_ptr(),
                  at * table.width + group * table.group + done);
    }
  }
}

bool is_table(const Table& table, const Tensor& indices) {
  const auto is_parameter = [&](const Tensor& tensor) {
    return is_real(tensor.scalar_type()) && (tensor.dim() == 1 || tensor.dim() == 2) && is_contiguous(tensor) &&
           tensor.size(0) == table.weight.size(0);
  };
  const ScalarType type = table.weight.scalar_type();
  return table.weight.dim() == 2 && is_contiguous(table.weight) &&
         (type == ScalarType::Byte || (type == ScalarType::Char && table.packing == Packing::kBytes)) &&
         is_parameter(table.scales) &&
         (table.zero_points == nullptr ||
          (is_parameter(*table.zero_points) && table.zero_points->numel() == table.scales.numel() &&
           table.zero_points->scalar_type() == table.scales.scalar_type())) &&
         (indices.scalar_type() == ScalarType::Long || indices.scalar_type() == ScalarType::Int) &&
         is_contiguous(indices);
}

bool set_group(Table& table) {
  table.width = table.weight.size(1) * numbers_a_byte(table.packing);
  const int64_t groups = table.scales.dim() == 2 ? table.scales.size(1) : 1;
  table.group = groups > 0 ? table.width / groups : 0;
  return table.group > 0 && table.group * groups == table.width;
}

bool is_range(Arguments arguments, Packing packing) {
  if (packing == Packing::kBytes) return true;
  const int64_t most = packing == Packing::kNibbles ? 7 : 1;
  return integer(arguments, 3) == -most - 1 && integer(arguments, 4) == most;
}

}  // namespace

void embed(KernelRuntimeContext& context, Arguments arguments, Packing packing, ScalarType type, Tensor& out) {
  const Tensor& indices = tensor(arguments, 5);
  Table table = {tensor(arguments, 0), tensor(arguments, 1), optional_tensor(arguments, 2), packing, 0, 0};
  if (type == ScalarType::Undefined) type = table.scales.scalar_type();
  if (!is_table(table, indices) || !set_group(table) || !is_range(arguments, packing) || out.scalar_type() != type ||
      !is_real(type) || indices.dim() >= static_cast<ssize_t>(kMaxRank)) {
    ET_LOG(Error, "An embedding needs a table of rows, scales for each row, whole indices, and the result's dtype");
    return context.fail(Error::InvalidArgument);
  }
  Shape shape;
  for (; shape.rank < indices.sizes().size(); ++shape.rank) shape.sizes[shape.rank] = indices.sizes()[shape.rank];
  shape.sizes[shape.rank++] = static_cast<int32_t>(table.width);
  if (!resize(context, out, shape.view())) return;
  if (!is_contiguous(out)) return context.fail(Error::NotSupported);
  for (int64_t at = 0; at < indices.numel(); ++at) {
    const auto index = static_cast<int64_t>(read(indices.scalar_type(), indices.const_data_ptr(), at));
    if (index < 0 || index >= table.weight.size(0)) {
      ET_LOG(Error, "An index must be below %" PRId64 ", is %" PRId64, static_cast<int64_t>(table.weight.size(0)),
             index);
      return context.fail(Error::InvalidArgument);
    }
    write_row(table, index, out, at);
  }
}

}  // namespace etbuild::kernels::quantized_decomposed
