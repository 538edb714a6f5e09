// A program loaded from memory, a method with memory of its own, tensors to call it with.

#pragma once

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/runtime/executor/program.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "programs_file.h"
#include "report.h"

namespace etbuild::differential {

namespace et = executorch::runtime;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;

// What of a method's memory is withheld from it.
struct Shortage {
  size_t method_bytes = SIZE_MAX;  // For the method's own values.
  size_t arenas_less = 0;          // So many are not given.
  size_t arena_bytes_less = 0;     // So much smaller is each.
  bool no_planned_memory = false;
};

// The memory of one method; begins with the same bytes whatever ran before.
class Memory {
 public:
  explicit Memory(const et::MethodMeta& meta, const Shortage& shortage = {});
  et::MemoryManager& manager() { return *manager_; }

 private:
  std::vector<Bytes> arenas_;
  std::vector<et::Span<uint8_t>> spans_;
  Bytes method_bytes_;
  Bytes temporary_bytes_;
  et::MemoryAllocator method_allocator_;
  et::MemoryAllocator temporary_allocator_;
  std::optional<et::HierarchicalAllocator> planned_;
  std::optional<et::MemoryManager> manager_;
};

// A tensor with its own sizes and bytes.
class OwnTensor {
 public:
  OwnTensor(ScalarType type, std::vector<int32_t> sizes, std::vector<uint8_t> order);
  void fill(uint64_t seed, bool any_integers);
  et::EValue value() { return et::EValue(Tensor(&impl_)); }
  TensorImpl& impl() { return impl_; }

 private:
  std::vector<int32_t> sizes_;
  std::vector<uint8_t> order_;
  std::vector<int32_t> strides_;
  Bytes bytes_;
  TensorImpl impl_;
};

// A loaded program and what stands beside it; asks nothing on its own.
class Session {
 public:
  explicit Session(const Program& program, et::Program::Verification verification = et::Program::Verification::Minimal);
  et::Result<et::Program>& program() { return program_; }
  const et::NamedDataMap* data_map() const { return data_map_ && data_map_->ok() ? &data_map_->get() : nullptr; }
  std::optional<et::Result<executorch::extension::FlatTensorDataMap>>& flat_tensor() { return data_map_; }
  std::vector<std::string> method_names();

 private:
  executorch::extension::BufferDataLoader loader_;
  executorch::extension::BufferDataLoader data_loader_;
  et::Result<et::Program> program_;
  std::optional<et::Result<executorch::extension::FlatTensorDataMap>> data_map_;
};

// Inputs and outputs of a method that is called.
class Call {
 public:
  Call(et::Method& method, bool generated) : method_(method), meta_(method.method_meta()), generated_(generated) {}

  // Sets all inputs to values of this seed, and tells what the runtime says; sizes are halved if asked.
  void set_inputs(Report& report, uint64_t seed, bool halved = false);
  // Gives memory to the outputs that have none.
  void set_outputs(Report& report);
  void tell_outputs(Report& report) const;
  // Not asked where an input that was refused has no memory: kernels would read address 0.
  void execute(Report& report);
  bool has_inputs() const;

 private:
  et::Method& method_;
  et::MethodMeta meta_;
  bool generated_;
  std::vector<std::unique_ptr<OwnTensor>> tensors_;
  std::vector<std::unique_ptr<Bytes>> buffers_;
};

// Whether a tensor of this description can be made; of a broken program it may not be.
bool can_make(const et::TensorInfo& info);

}  // namespace etbuild::differential
