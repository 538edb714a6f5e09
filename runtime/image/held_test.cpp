// An image on the official library: programs in read-only memory, that library's own kernels. What they give is what
// their graphs gave.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "programs.h"
#include "runtime/testing/check.h"

namespace {

using executorch::aten::ScalarType;
using executorch::extension::BufferDataLoader;
using executorch::extension::Module;
using executorch::runtime::EValue;

template <typename Method>
void expect_proven(const uint8_t* data, size_t size) {
  Module module(std::make_unique<BufferDataLoader>(data, size));
  CHECK(Method::calls().size() > 0);
  for (const programs::Call& call : Method::calls()) {
    const programs::Bytes& given = call.inputs[0];
    auto input = executorch::extension::from_blob(const_cast<void*>(given.data),
                                                  {given.sizes, given.sizes + given.rank}, ScalarType::Float);
    const executorch::runtime::Result<std::vector<EValue>> outputs = module.execute(Method::name, EValue(input));
    CHECK(outputs.ok());
    if (!outputs.ok()) return;
    const executorch::aten::Tensor& output = outputs->at(0).toTensor();
    CHECK(output.nbytes() == call.expected[0].size);
    std::vector<float> wanted(static_cast<size_t>(output.numel()));
    std::memcpy(wanted.data(), call.expected[0].data, output.nbytes());
    for (size_t at = 0; at < wanted.size(); ++at) {
      CHECK(std::fabs(output.const_data_ptr<float>()[at] - wanted[at]) < 1e-4F);
    }
  }
}

TEST(programs_in_memory_give_what_their_graphs_gave) {
  namespace two = programs::two_methods;
  expect_proven<two::first>(two::data, two::size);
  expect_proven<two::second>(two::data, two::size);
}

}  // namespace

TEST_MAIN()
