// One method of a .pte, ready to be called with arrays. Knows no command line and compares nothing.

#pragma once

#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "npy.h"
#include "status.h"
#include "tensor_form.h"

namespace etbuild::runner {

class LoadedProgram {
 public:
  // Loads `method` of the program at `path`. kUnreadable: no such program; kMissingPart: operators or backends that
  // nothing linked provides, by name; kBadArgument: no such method. `tracer` may be null.
  static Status open(const std::string& path, const std::string& method,
                     std::unique_ptr<executorch::runtime::EventTracer> tracer, std::unique_ptr<LoadedProgram>* program);

  const std::vector<TensorForm>& inputs() const { return inputs_; }

  // Whether what output `index` holds in uint16 are the bits of bfloat16.
  bool is_bfloat16(size_t index) const { return index < is_bfloat16_.size() && is_bfloat16_[index]; }

  // Calls the method. kBadArgument: an input that does not fit, and how it must be; kFailed: it failed while running.
  Status run(const std::vector<NpyArray>& inputs, std::vector<NpyArray>* outputs);

  // Forgets what earlier calls left behind, such as a cache.
  Status reset();

 private:
  LoadedProgram(const std::string& path, std::string method, std::unique_ptr<executorch::runtime::EventTracer> tracer);

  Status load();
  Status read_inputs();
  Status set_inputs(const std::vector<NpyArray>& inputs);

  std::string path_;
  std::string method_;
  executorch::extension::Module module_;
  std::vector<TensorForm> inputs_;
  std::vector<bool> is_bfloat16_;             // By output, since the last call.
  std::vector<std::vector<uint8_t>> memory_;  // Of the inputs, for as long as a call may read it.
  std::vector<executorch::extension::TensorPtr> tensors_;
};

}  // namespace etbuild::runner
