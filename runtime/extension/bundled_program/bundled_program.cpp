#include "bundled_program.h"

#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/core/tensor_layout.h>
#include <executorch/runtime/executor/method_meta.h>
#include <executorch/runtime/platform/log.h>

#include <cstring>

#include "bundled_program_schema.h"
#include "output_comparison.h"
#include "strides.h"
#include "verify.h"

namespace etbuild {

using bundled_program_flatbuffer::Value;
using bundled_program_flatbuffer::ValueUnion;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Method;
using executorch::runtime::Result;
using executorch::runtime::Span;
using executorch::runtime::TensorLayout;

namespace {

// As BUNDLED_PROGRAM_SCHEMA_VERSION of the wheel's devtools says.
constexpr uint32_t kNewestVersion = 2;
constexpr char kIdentifier[] = "BP08";

// Ok if the tensor's data is what its sizes say, and dense.
Error check_tensor(const bundled_program_flatbuffer::Tensor& tensor) {
  const auto& sizes = *tensor.sizes();
  const auto& dim_order = *tensor.dim_order();
  ET_CHECK_OR_RETURN_ERROR(sizes.size() <= executorch::runtime::kTensorDimensionLimit, InvalidProgram,
                           "A tensor must not have %u dimensions", static_cast<unsigned>(sizes.size()));
  const auto layout = TensorLayout::create({sizes.data(), sizes.size()}, {dim_order.data(), dim_order.size()},
                                           static_cast<ScalarType>(tensor.scalar_type()));
  ET_CHECK_OR_RETURN_ERROR(layout.ok() && layout->nbytes() == tensor.data()->size(), InvalidProgram,
                           "A tensor's data must be as large as its sizes say, is %u bytes",
                           static_cast<unsigned>(tensor.data()->size()));
  return Error::Ok;
}

Error set_tensor(Method& method, size_t index, const bundled_program_flatbuffer::Tensor& tensor) {
  ET_CHECK_OK_OR_RETURN_ERROR(check_tensor(tensor));
  const size_t dim = tensor.sizes()->size();
  TensorImpl::StridesType strides[executorch::runtime::kTensorDimensionLimit];
  executorch::runtime::internal::dense_strides(tensor.sizes()->data(), tensor.dim_order()->data(), dim, strides);
  // A method reads what it is given.
  TensorImpl impl(static_cast<ScalarType>(tensor.scalar_type()), static_cast<ssize_t>(dim),
                  const_cast<int32_t*>(tensor.sizes()->data()), const_cast<uint8_t*>(tensor.data()->data()),
                  const_cast<uint8_t*>(tensor.dim_order()->data()), strides);
  return method.set_input(EValue(Tensor(&impl)), index);
}

Error set_value(Method& method, size_t index, const Value& value) {
  switch (value.val_type()) {
    case ValueUnion::Tensor:
      return set_tensor(method, index, *value.val_as_Tensor());
    case ValueUnion::Int:
      return method.set_input(EValue(value.val_as_Int()->int_val()), index);
    case ValueUnion::Bool:
      return method.set_input(EValue(value.val_as_Bool()->bool_val()), index);
    case ValueUnion::Double:
      return method.set_input(EValue(value.val_as_Double()->double_val()), index);
    case ValueUnion::NONE:
      break;
  }
  ET_LOG(Error, "Input %zu has no value", index);
  return Error::InvalidProgram;
}

template <typename T>
Span<const T> span_of(const ::flatbuffers::Vector<T, uint32_t>& vector) {
  return {vector.data(), vector.size()};
}

Error compare_tensor(const Tensor& actual, const bundled_program_flatbuffer::Tensor& expected,
                     const Tolerance& tolerance, Comparison* comparison) {
  ET_CHECK_OK_OR_RETURN_ERROR(check_tensor(expected));
  const auto same = [](auto left, auto right) {
    return left.size() == right.size() && (left.size() == 0 || std::equal(left.begin(), left.end(), right.begin()));
  };
  ET_CHECK_OR_RETURN_ERROR(actual.scalar_type() == static_cast<ScalarType>(expected.scalar_type()) &&
                               same(actual.sizes(), span_of(*expected.sizes())) &&
                               same(actual.dim_order(), span_of(*expected.dim_order())) &&
                               (actual.numel() == 0 || actual.const_data_ptr() != nullptr),
                           InvalidProgram, "An output has another type or shape than is expected");
  return compare_elements(actual.scalar_type(), actual.const_data_ptr(), expected.data()->data(),
                          static_cast<size_t>(actual.numel()), tolerance, comparison);
}

Error compare_value(const EValue& actual, const Value& expected, const Tolerance& tolerance, Comparison* comparison) {
  switch (expected.val_type()) {
    case ValueUnion::Tensor:
      if (!actual.isTensor()) break;
      return compare_tensor(actual.toTensor(), *expected.val_as_Tensor(), tolerance, comparison);
    case ValueUnion::Int:
      if (!actual.isInt()) break;
      compare_numbers(actual.toInt() == expected.val_as_Int()->int_val(), static_cast<double>(actual.toInt()),
                      static_cast<double>(expected.val_as_Int()->int_val()), comparison);
      return Error::Ok;
    case ValueUnion::Bool:
      if (!actual.isBool()) break;
      compare_numbers(actual.toBool() == expected.val_as_Bool()->bool_val(), actual.toBool(),
                      expected.val_as_Bool()->bool_val(), comparison);
      return Error::Ok;
    case ValueUnion::Double:
      if (!actual.isDouble()) break;
      compare_fractions(actual.toDouble(), expected.val_as_Double()->double_val(), tolerance, comparison);
      return Error::Ok;
    case ValueUnion::NONE:
      break;
  }
  ET_LOG(Error, "An output has another type than is expected");
  return Error::InvalidProgram;
}

}  // namespace

bool BundledProgram::is_bundled(const void* data, size_t size) {
  return data != nullptr && size >= 8 && std::memcmp(static_cast<const uint8_t*>(data) + 4, kIdentifier, 4) == 0;
}

Result<BundledProgram> BundledProgram::load(const void* data, size_t size) {
  ET_CHECK_OR_RETURN_ERROR(data != nullptr && reinterpret_cast<uintptr_t>(data) % kAlignment == 0, InvalidArgument,
                           "A bundled program must be aligned to %zu bytes", kAlignment);
  ET_CHECK_OR_RETURN_ERROR(is_bundled(data, size), InvalidProgram, "No bundled program");
  ET_CHECK_OK_OR_RETURN_ERROR(executorch::runtime::internal::verify_bundled_program_structure(data, size));
  const auto* root = static_cast<const bundled_program_flatbuffer::BundledProgram*>(::flatbuffers::follow(data));
  ET_CHECK_OR_RETURN_ERROR(root->version() <= kNewestVersion, InvalidProgram, "Version %u of bundled programs is newer",
                           static_cast<unsigned>(root->version()));
  return BundledProgram(root);
}

Span<const uint8_t> BundledProgram::program() const { return span_of(*root_->program()); }

const BundledProgram::Suite* BundledProgram::find_suite(const char* method_name) const {
  for (const Suite* suite : *root_->method_test_suites()) {
    if (suite->method_name()->view() == method_name) return suite;
  }
  return nullptr;
}

Result<size_t> BundledProgram::num_cases(const char* method_name) const {
  const Suite* suite = find_suite(method_name);
  if (suite == nullptr) return Error::NotFound;
  return static_cast<size_t>(suite->test_cases()->size());
}

Result<const BundledProgram::Case*> BundledProgram::find_case(const Method& method, size_t index) const {
  const Suite* suite = find_suite(method.method_meta().name());
  ET_CHECK_OR_RETURN_ERROR(suite != nullptr && index < suite->test_cases()->size(), NotFound, "'%s' has no case %zu",
                           method.method_meta().name(), index);
  return suite->test_cases()->Get(static_cast<uint32_t>(index));
}

Error BundledProgram::load_inputs(Method& method, size_t index) const {
  const auto found = find_case(method, index);
  if (!found.ok()) return found.error();
  const auto& inputs = *(*found)->inputs();
  ET_CHECK_OR_RETURN_ERROR(inputs.size() == method.inputs_size(), InvalidProgram,
                           "A case has %u inputs, the method %zu", static_cast<unsigned>(inputs.size()),
                           method.inputs_size());
  for (uint32_t at = 0; at < inputs.size(); ++at) ET_CHECK_OK_OR_RETURN_ERROR(set_value(method, at, *inputs.Get(at)));
  return Error::Ok;
}

Result<Comparison> BundledProgram::compare_outputs(const Method& method, size_t index,
                                                   const Tolerance& tolerance) const {
  const auto found = find_case(method, index);
  if (!found.ok()) return found.error();
  const auto& expected = *(*found)->expected_outputs();
  ET_CHECK_OR_RETURN_ERROR(expected.size() == method.outputs_size(), InvalidProgram,
                           "A case expects %u outputs, the method has %zu", static_cast<unsigned>(expected.size()),
                           method.outputs_size());
  Comparison comparison;
  for (uint32_t at = 0; at < expected.size(); ++at) {
    ET_CHECK_OK_OR_RETURN_ERROR(compare_value(method.get_output(at), *expected.Get(at), tolerance, &comparison));
  }
  return comparison;
}

}  // namespace etbuild
