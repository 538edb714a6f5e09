// Tensors that own their memory, against what the official library does.
#include <executorch/extension/tensor/tensor_ptr.h>
#include <executorch/runtime/core/device_allocator.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "dies.h"

using executorch::aten::Device;
using executorch::aten::DeviceType;
using executorch::aten::DimOrderType;
using executorch::aten::ScalarType;
using executorch::aten::SizesType;
using executorch::aten::StridesType;
using executorch::aten::TensorShapeDynamism;
using executorch::extension::clone_tensor_ptr;
using executorch::extension::clone_tensor_ptr_to;
using executorch::extension::make_tensor_ptr;
using executorch::extension::resize_tensor_ptr;
using executorch::extension::TensorPtr;
using executorch::runtime::DeviceAllocator;
using executorch::runtime::Error;
using executorch::runtime::Result;

namespace {

using Sizes = std::vector<SizesType>;
using Order = std::vector<DimOrderType>;
using Strides = std::vector<StridesType>;

float numbers[64] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

TensorPtr make(const Sizes& sizes, const Order& order = {}, const Strides& strides = {}) {
  return make_tensor_ptr(sizes, static_cast<void*>(numbers), order, strides);
}

bool is(const TensorPtr& tensor, const Order& order, const Strides& strides) {
  const auto has_order = tensor->dim_order();
  const auto has_strides = tensor->strides();
  return Order(has_order.begin(), has_order.end()) == order &&
         Strides(has_strides.begin(), has_strides.end()) == strides;
}

bool has_numbers(const TensorPtr& tensor) {
  return std::equal(numbers, numbers + tensor->numel(), tensor->const_data_ptr<float>());
}

// A device whose memory is the host's, and which counts.
class Accelerator final : public DeviceAllocator {
 public:
  Result<void*> allocate(size_t size, executorch::runtime::etensor::DeviceIndex index, size_t) override {
    last_index = static_cast<unsigned char>(index);
    ++allocated;
    return std::malloc(size + 1);
  }
  void deallocate(void* data, executorch::runtime::etensor::DeviceIndex) override {
    ++freed;
    std::free(data);
  }
  Error copy_host_to_device(void* to, const void* from, size_t size,
                            executorch::runtime::etensor::DeviceIndex) override {
    std::memcpy(to, from, size);
    return Error::Ok;
  }
  Error copy_device_to_host(void* to, const void* from, size_t size,
                            executorch::runtime::etensor::DeviceIndex) override {
    std::memcpy(to, from, size);
    return Error::Ok;
  }
  DeviceType device_type() const override { return DeviceType::CUDA; }

  int allocated = 0;
  int freed = 0;
  int last_index = -1;
};

}  // namespace

TEST(order_and_strides_follow_from_each_other) {
  CHECK(is(make({2, 3}), {0, 1}, {3, 1}));
  CHECK(is(make({2, 3}, {1, 0}), {1, 0}, {1, 2}));
  CHECK(is(make({2, 3}, {}, {1, 2}), {1, 0}, {1, 2}));
  CHECK(is(make({2, 3}, {1, 0}, {1, 2}), {1, 0}, {1, 2}));
  CHECK(is(make({1, 3, 2, 2}, {0, 2, 3, 1}), {0, 2, 3, 1}, {12, 1, 6, 3}));
  CHECK(is(make({1, 3, 2, 2}, {}, {12, 1, 6, 3}), {0, 2, 3, 1}, {12, 1, 6, 3}));
  CHECK(is(make({}), {}, {}));
}

TEST(a_dimension_of_one_element_may_have_any_stride) {
  CHECK(is(make({1, 3}, {}, {99, 1}), {0, 1}, {3, 1}));
  CHECK(is(make({2, 1, 3}, {}, {3, 50, 1}), {1, 0, 2}, {3, 6, 1}));
  CHECK(is(make({2, 3, 1}, {}, {3, 1, 99}), {2, 0, 1}, {3, 1, 6}));
  CHECK(is(make({2, 1, 3}, {}, {3, 3, 1}), {0, 1, 2}, {3, 3, 1}));
  CHECK(is(make({1, 1, 2, 2}, {}, {4, 1, 2, 1}), {0, 2, 1, 3}, {4, 2, 2, 1}));
  CHECK(is(make({1, 3}, {0, 1}, {99, 1}), {0, 1}, {3, 1}));
}

TEST(tensors_may_be_empty) {
  CHECK(is(make({0, 3}), {0, 1}, {3, 1}));
  CHECK(is(make({2, 0, 3}), {0, 1, 2}, {3, 3, 1}));
  CHECK(make({2, 0, 3})->numel() == 0);
}

TEST(what_is_no_dense_tensor_ends_the_process) {
  CHECK_DIES(make({2, 3}, {0, 1}, {1, 2}));
  CHECK_DIES(make({2, 3}, {}, {7, 1}));
  CHECK_DIES(make({2, 3}, {}, {-3, 1}));
  CHECK_DIES(make({2, 3}, {}, {0, 1}));
  CHECK_DIES(make({2, 3}, {}, {1}));
  CHECK_DIES(make({2, 3}, {0}));
  CHECK_DIES(make({2, 3}, {0, 0}));
  CHECK_DIES(make({2, 3}, {0, 2}));
  CHECK_DIES(make({-2, 3}));
  CHECK_DIES(make(Sizes(17, 1)));
}

TEST(a_tensor_is_as_it_was_asked_for) {
  auto tensor =
      make_tensor_ptr({2}, numbers, ScalarType::Int, Device(DeviceType::CUDA, 1), TensorShapeDynamism::STATIC);
  CHECK(tensor->scalar_type() == ScalarType::Int && tensor->shape_dynamism() == TensorShapeDynamism::STATIC);
  CHECK(tensor->device_type() == DeviceType::CUDA && tensor->device_index() == 1);
  CHECK(tensor->const_data_ptr() == numbers && tensor.use_count() == 1);
  CHECK(make_tensor_ptr({2}, nullptr)->const_data_ptr() == nullptr);
  CHECK(make({2})->shape_dynamism() == TensorShapeDynamism::DYNAMIC_BOUND);
}

TEST(the_deleter_is_called_with_the_data_when_the_last_one_ends) {
  int calls = 0;
  const void* data = nullptr;
  {
    auto tensor = make_tensor_ptr({2}, numbers, ScalarType::Float, Device(DeviceType::CPU), TensorShapeDynamism::STATIC,
                                  [&](void* owned) {
                                    ++calls;
                                    data = owned;
                                  });
    const auto other = tensor;
    tensor.reset();
    CHECK(calls == 0);
  }
  CHECK(calls == 1 && data == numbers);
}

TEST(bytes_become_a_tensor_of_as_many) {
  auto tensor = make_tensor_ptr({2, 3}, std::vector<uint8_t>(24), {1, 0}, {}, ScalarType::Float);
  CHECK(tensor->nbytes() == 24 && is(tensor, {1, 0}, {1, 2}));
  CHECK(make_tensor_ptr({0}, std::vector<uint8_t>(), ScalarType::Float)->numel() == 0);
  CHECK_DIES(make_tensor_ptr({2, 2}, std::vector<uint8_t>(15), ScalarType::Float));
  CHECK_DIES(make_tensor_ptr({2, 2}, std::vector<uint8_t>(17), ScalarType::Float));
  CHECK_DIES(make_tensor_ptr({-4}, std::vector<uint8_t>(4), ScalarType::Bool));
}

TEST(the_templates_of_the_header_find_their_bodies) {
  CHECK(make_tensor_ptr({1, 2, 3})->scalar_type() == ScalarType::Int);
  CHECK(make_tensor_ptr({2, 2}, {1.0, 2.0, 3.0, 4.0})->scalar_type() == ScalarType::Double);
  auto cast = make_tensor_ptr({2}, std::vector<int>{1, 300}, {}, {}, ScalarType::Float);
  CHECK(cast->const_data_ptr<float>()[1] == 300);
  CHECK(make_tensor_ptr(1.5f)->dim() == 0);
  auto view = make_tensor_ptr(cast, {1, 2});
  CHECK(view->const_data_ptr() == cast->const_data_ptr() && view->dim() == 2);
}

TEST(a_clone_has_its_own_data_and_the_same_shape) {
  const auto source = make({2, 3}, {1, 0});
  const auto clone = clone_tensor_ptr(source);
  CHECK(is(clone, {1, 0}, {1, 2}) && clone->const_data_ptr() != numbers);
  CHECK(has_numbers(clone));
  const auto still =
      make_tensor_ptr({2}, numbers, ScalarType::Float, Device(DeviceType::CPU), TensorShapeDynamism::STATIC);
  CHECK(clone_tensor_ptr(still)->shape_dynamism() == TensorShapeDynamism::STATIC);
  CHECK(clone_tensor_ptr(make_tensor_ptr({2}, nullptr), ScalarType::Int)->const_data_ptr() == nullptr);
}

TEST(a_clone_may_have_another_type_that_is_not_of_a_lower_kind) {
  const std::vector<ScalarType> reals = {
      ScalarType::Byte,   ScalarType::Char,   ScalarType::Short,   ScalarType::Int,  ScalarType::Long,
      ScalarType::Half,   ScalarType::Float,  ScalarType::Double,  ScalarType::Bool, ScalarType::UInt16,
      ScalarType::UInt32, ScalarType::UInt64, ScalarType::BFloat16};
  for (const ScalarType from : reals) {
    std::vector<uint8_t> bytes(executorch::aten::elementSize(from) * 2, 0);
    auto source = make_tensor_ptr({2}, bytes, from);
    for (const ScalarType to : reals) {
      if (!executorch::runtime::canCast(from, to)) {
        continue;
      }
      auto clone = clone_tensor_ptr(source, to);
      CHECK(clone->scalar_type() == to);
      CHECK(static_cast<const uint8_t*>(clone->const_data_ptr())[0] == 0);
    }
  }
  auto ints = make_tensor_ptr({3}, std::vector<int64_t>{-1, 7, 70000});
  CHECK(clone_tensor_ptr(ints, ScalarType::Float)->const_data_ptr<float>()[2] == 70000);
  CHECK(clone_tensor_ptr(ints, ScalarType::Byte)->const_data_ptr<uint8_t>()[0] == 255);
  CHECK_DIES(clone_tensor_ptr(make({2}), ScalarType::Int));
  CHECK_DIES(clone_tensor_ptr(make({2}), ScalarType::Bool));
  CHECK_DIES(clone_tensor_ptr(make({2}), ScalarType::ComplexFloat));
  CHECK_DIES(clone_tensor_ptr(make_tensor_ptr({2}, numbers, ScalarType::Float, Device(DeviceType::CUDA))));
}

TEST(a_tensor_is_resized_within_its_bound) {
  auto tensor = make({2, 3}, {1, 0});
  CHECK(resize_tensor_ptr(tensor, {2, 2}) == Error::Ok && is(tensor, {1, 0}, {1, 2}));
  CHECK(resize_tensor_ptr(tensor, {2, 3}) == Error::Ok);
  CHECK(resize_tensor_ptr(tensor, {2, 4}) == Error::NotSupported);
  CHECK(resize_tensor_ptr(tensor, {2}) == Error::NotSupported);
  CHECK(resize_tensor_ptr(tensor, {-1, 2}) == Error::InvalidArgument);
  auto still = make_tensor_ptr({2}, numbers, ScalarType::Float, Device(DeviceType::CPU), TensorShapeDynamism::STATIC);
  CHECK(resize_tensor_ptr(still, {2}) == Error::Ok && resize_tensor_ptr(still, {1}) == Error::NotSupported);
}

TEST(data_moves_to_a_device_and_back) {
  static Accelerator accelerator;
  CHECK_DIES(clone_tensor_ptr_to(make({2, 3}), Device(DeviceType::CUDA)));
  executorch::runtime::register_device_allocator(&accelerator);
  {
    auto there = clone_tensor_ptr_to(make({2, 3}, {1, 0}), Device(DeviceType::CUDA, 1));
    CHECK(there->device_type() == DeviceType::CUDA && there->device_index() == 1 && is(there, {1, 0}, {1, 2}));
    CHECK(accelerator.allocated == 1 && accelerator.last_index == 1);
    auto back = clone_tensor_ptr_to(there, Device(DeviceType::CPU));
    CHECK(back->device_type() == DeviceType::CPU && has_numbers(back));
    CHECK_DIES(clone_tensor_ptr_to(there, Device(DeviceType::CUDA)));
  }
  CHECK(accelerator.freed == 1);
  CHECK_DIES(clone_tensor_ptr_to(make({2, 3}), Device(DeviceType::CPU)));
  CHECK_DIES(clone_tensor_ptr_to(make_tensor_ptr({2}, nullptr), Device(DeviceType::CUDA)));
}

TEST_MAIN()
