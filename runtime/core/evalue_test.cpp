// Lists of optional tensors; it runs on the official library, too.

#include <executorch/runtime/core/evalue.h>

#include "abort_check.h"
#include "check.h"

namespace {

using executorch::runtime::BoxedEvalueList;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::etensor::ScalarType;
using executorch::runtime::etensor::Tensor;
using executorch::runtime::etensor::TensorImpl;
using OptionalTensor = std::optional<Tensor>;

struct Values {
  TensorImpl::SizesType sizes[1] = {1};
  TensorImpl impl{ScalarType::Float, 1, sizes};
  EValue tensor{Tensor(&impl)};
  EValue none;
  EValue number{int64_t{3}};
  OptionalTensor tensors[4];
};

TEST(none_and_missing_values_are_missing_tensors) {
  Values values;
  EValue* items[] = {&values.tensor, &values.none, nullptr};
  const BoxedEvalueList<OptionalTensor> list(items, values.tensors, 3);
  const auto got = list.tryGet();
  CHECK(got.ok() && got->size() == 3);
  CHECK((*got)[0].has_value() && (*got)[0]->unsafeGetTensorImpl() == &values.impl);
  CHECK(!(*got)[1].has_value() && !(*got)[2].has_value());
  CHECK(list.get().size() == 3);
}

TEST(a_list_is_made_anew_whenever_it_is_asked_for) {
  Values values;
  EValue* items[] = {&values.tensor};
  const BoxedEvalueList<OptionalTensor> list(items, values.tensors, 1);
  CHECK(list.get()[0].has_value());
  values.tensor = EValue();
  CHECK(!list.get()[0].has_value());
}

TEST(other_values_are_errors) {
  Values values;
  EValue* items[] = {&values.tensor, &values.number};
  const BoxedEvalueList<OptionalTensor> list(items, values.tensors, 2);
  CHECK(list.tryGet().error() == Error::InvalidType);
  CHECK(etbuild::testing::aborts([&] { static_cast<void>(list.get()); }));
}

}  // namespace

TEST_MAIN()
