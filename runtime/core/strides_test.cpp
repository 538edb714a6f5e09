#include "strides.h"

#include "check.h"
#include "element_size.h"

namespace {

using executorch::runtime::etensor::ScalarType;
using executorch::runtime::etensor::TensorImpl;
using executorch::runtime::internal::dense_strides;
using executorch::runtime::internal::element_size_or_zero;
using executorch::runtime::internal::is_permutation;

TEST(strides_of_an_empty_tensor_count_its_zeros_as_ones) {
  const TensorImpl::SizesType sizes[] = {3, 0, 4};
  const uint8_t order[] = {2, 0, 1};
  TensorImpl::StridesType strides[3] = {};
  dense_strides(sizes, order, 3, strides);
  CHECK(strides[0] == 1 && strides[1] == 1 && strides[2] == 3);
}

TEST(strides_that_do_not_fit_wrap_around) {
  const TensorImpl::SizesType sizes[] = {0, 2147483647, 2147483647};
  const uint8_t order[] = {0, 1, 2};
  TensorImpl::StridesType strides[3] = {};
  dense_strides(sizes, order, 3, strides);
  CHECK(strides[2] == 1 && strides[1] == 2147483647 && strides[0] == 1);
}

TEST(a_permutation_has_each_dimension_once) {
  const uint8_t order[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  CHECK(is_permutation(order, 0));
  CHECK(is_permutation(order, 16));
  CHECK(!is_permutation(order, 17));
  const uint8_t twice[] = {0, 1, 1};
  CHECK(is_permutation(twice, 2));
  CHECK(!is_permutation(twice, 3));
  const uint8_t far[] = {0, 200};
  CHECK(!is_permutation(far, 2));
}

TEST(types_without_elements_have_no_size) {
  CHECK(element_size_or_zero(ScalarType::Double) == 8);
  CHECK(element_size_or_zero(ScalarType::UInt64) == 8);
  CHECK(element_size_or_zero(ScalarType::Undefined) == 0);
  CHECK(element_size_or_zero(static_cast<ScalarType>(-1)) == 0);
  CHECK(element_size_or_zero(static_cast<ScalarType>(127)) == 0);
}

}  // namespace

TEST_MAIN()
