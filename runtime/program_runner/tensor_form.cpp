#include "tensor_form.h"

#include <cstring>

namespace etbuild::runner {
namespace {

using executorch::aten::ScalarType;

struct TypePair {
  ScalarType type;
  NpyType npy;
  const char* name;
};

constexpr TypePair kTypes[] = {
    {ScalarType::Float, {'f', 4}, "float32"}, {ScalarType::Double, {'f', 8}, "float64"},
    {ScalarType::Half, {'f', 2}, "float16"},  {ScalarType::BFloat16, {'u', 2}, "bfloat16"},
    {ScalarType::Byte, {'u', 1}, "uint8"},    {ScalarType::UInt16, {'u', 2}, "uint16"},
    {ScalarType::UInt32, {'u', 4}, "uint32"}, {ScalarType::UInt64, {'u', 8}, "uint64"},
    {ScalarType::Char, {'i', 1}, "int8"},     {ScalarType::Short, {'i', 2}, "int16"},
    {ScalarType::Int, {'i', 4}, "int32"},     {ScalarType::Long, {'i', 8}, "int64"},
    {ScalarType::Bool, {'b', 1}, "bool"},
};

const TypePair* find(ScalarType type) {
  for (const TypePair& pair : kTypes) {
    if (pair.type == type) return &pair;
  }
  return nullptr;
}

// Visits the elements in C order with the place that each has in memory, both counted in elements.
template <typename Visit>
void walk(const std::vector<int64_t>& shape, const std::vector<uint8_t>& dim_order, Visit visit) {
  std::vector<int64_t> stride(shape.size(), 1);
  int64_t count = 1;
  for (size_t index = shape.size(); index-- > 0;) {
    const uint8_t dimension = index < dim_order.size() ? dim_order[index] : static_cast<uint8_t>(index);
    stride[dimension] = count;
    count *= shape[dimension];
  }
  std::vector<int64_t> at(shape.size(), 0);
  int64_t place = 0;
  for (int64_t index = 0; index < count; ++index) {
    visit(static_cast<size_t>(index), static_cast<size_t>(place));
    for (size_t dimension = shape.size(); dimension-- > 0;) {
      place += stride[dimension];
      if (++at[dimension] < shape[dimension]) break;
      place -= at[dimension] * stride[dimension];
      at[dimension] = 0;
    }
  }
}

}  // namespace

bool npy_type_of(ScalarType type, NpyType* npy) {
  const TypePair* const pair = find(type);
  if (pair != nullptr) *npy = pair->npy;
  return pair != nullptr;
}

std::string text_of(const TensorForm& form) {
  const TypePair* const pair = find(form.type);
  return (pair == nullptr ? std::string("an unknown type ") : pair->name) + text_of(form.sizes);
}

Status check_fits(const std::string& what, const NpyArray& array, const TensorForm& form) {
  NpyType wanted;
  bool fits = npy_type_of(form.type, &wanted) && wanted == array.type && array.shape.size() == form.sizes.size();
  for (size_t index = 0; fits && index < form.sizes.size(); ++index) fits = array.shape[index] <= form.sizes[index];
  if (fits) return {};
  const bool is_bits = form.type == ScalarType::BFloat16;
  return {StatusCode::kBadArgument, what + " must be " + text_of(form) + (is_bits ? " as uint16 bits" : "") + ", is " +
                                        name_of(array.type) + text_of(array.shape)};
}

std::vector<uint8_t> to_dim_order(const NpyArray& array, const std::vector<uint8_t>& dim_order) {
  std::vector<uint8_t> bytes(array.bytes.size());
  const size_t size = array.type.size;
  walk(array.shape, dim_order, [&](size_t index, size_t place) {
    memcpy(bytes.data() + place * size, array.bytes.data() + index * size, size);
  });
  return bytes;
}

NpyArray from_tensor(const executorch::aten::Tensor& tensor) {
  NpyArray array;
  if (!npy_type_of(tensor.scalar_type(), &array.type)) array.type = {'u', 1};
  array.shape.assign(tensor.sizes().begin(), tensor.sizes().end());
  array.bytes.resize(tensor.nbytes());
  const std::vector<uint8_t> dim_order(tensor.dim_order().begin(), tensor.dim_order().end());
  const auto* const data = static_cast<const uint8_t*>(tensor.const_data_ptr());
  const size_t size = array.type.size;
  if (data == nullptr) return array;
  walk(array.shape, dim_order,
       [&](size_t index, size_t place) { memcpy(array.bytes.data() + index * size, data + place * size, size); });
  return array;
}

}  // namespace etbuild::runner
