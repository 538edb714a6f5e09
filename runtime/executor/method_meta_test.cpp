#include <executorch/runtime/executor/method_meta.h>

#include <cstring>

#include "check.h"
#include "loaded_file.h"

using executorch::runtime::Error;
using executorch::runtime::Tag;
using namespace etbuild::testing;  // NOLINT(google-build-using-namespace): of this test's own helpers

TEST(a_method_tells_of_itself_without_being_loaded) {
  ProgramWriter w;
  TensorSpec weight = given({3});
  weight.constant = 1;
  weight.name = "layer.weight";
  const int32_t x = w.tensor(given({2, 3}));
  const int32_t five = w.whole(5);
  const int32_t list = w.ints({five});
  const int32_t named = w.tensor(weight);
  w.inline_delegate_data({1});
  w.call_delegate(w.delegate("Some", false, 0, "key", "value"), {x});
  w.constants(w.segment(FileBytes(16)), {0, 4});
  w.method("forward", {x, five, list}, {named}, {64, 128});
  LoadedFile file(w.finish());
  const auto meta = file.program()->method_meta("forward");
  CHECK(meta.ok() && std::strcmp(meta->name(), "forward") == 0);
  CHECK(meta->num_inputs() == 3 && *meta->input_tag(0) == Tag::Tensor && *meta->input_tag(1) == Tag::Int);
  CHECK(meta->input_tag(2).error() == Error::Internal && meta->input_tag(3).error() == Error::InvalidArgument);

  const auto info = meta->input_tensor_meta(0);
  CHECK(info->sizes().size() == 2 && info->sizes()[1] == 3 && info->dim_order()[1] == 1);
  CHECK(info->nbytes() == 24 && !info->is_memory_planned() && info->name().empty());
  CHECK(meta->input_tensor_meta(1).error() == Error::InvalidArgument);
  CHECK(meta->output_tensor_meta(0)->is_memory_planned());

  CHECK(meta->num_attributes() == 1 && meta->attribute_tensor_meta(0)->name() == "layer.weight");
  CHECK(meta->attribute_tensor_meta(1).error() == Error::InvalidArgument);
  CHECK(meta->num_memory_planned_buffers() == 2 && *meta->memory_planned_buffer_size(1) == 128);
  CHECK(meta->memory_planned_buffer_size(2).error() == Error::InvalidArgument);
  CHECK(meta->memory_planned_buffer_device(0)->is_cpu());
  CHECK(meta->uses_backend("Some") && !meta->uses_backend("Other") && meta->num_backends() == 1);
  CHECK(meta->get_backend_name(1).error() == Error::InvalidArgument && meta->num_instructions() == 1);
}

TEST_MAIN()
