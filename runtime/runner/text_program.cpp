#include "text_program.h"

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor.h>

#include <algorithm>

#include "missing_parts.h"

namespace etbuild::runner {
namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::extension::BufferDataLoader;
using executorch::extension::Module;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Program;

Status runtime_failure(StatusCode code, const std::string& what, Error error) {
  return {code, what + ": " + executorch::runtime::to_string(error)};
}

class ModuleProgram : public TextProgram {
 public:
  ModuleProgram(const std::string& path, std::string method)
      : path_(path), is_file_(true), method_(std::move(method)), module_(path, Module::LoadMode::Mmap) {}

  ModuleProgram(const void* data, size_t size, std::string method)
      : path_("the program in memory"),
        is_file_(false),
        method_(std::move(method)),
        module_(std::make_unique<BufferDataLoader>(data, size)) {}

  Status load() {
    const Error broken = module_.load(Program::Verification::InternalConsistency);
    if (broken != Error::Ok) {
      return runtime_failure(StatusCode::kUnreadable,
                             "'" + path_ + "' must be an ExecuTorch program, whole and of a version this runtime reads",
                             broken);
    }
    auto methods = module_.method_names();
    if (!methods.ok()) return runtime_failure(StatusCode::kUnreadable, "'" + path_ + "'", methods.error());
    if (methods->count(method_) == 0) {
      return {StatusCode::kUnsuitable, "'" + path_ + "' must have a method '" + method_ + "', has none of that name"};
    }
    const Error unloaded = module_.load_method(method_);
    if (unloaded != Error::Ok) {
      const Status missing = is_file_ ? describe_missing_parts(path_, method_) : Status();
      return missing.ok() ? runtime_failure(StatusCode::kFailed, "'" + path_ + "' cannot be loaded", unloaded)
                          : missing;
    }
    return read_facts();
  }

  const TextProgramFacts& facts() const override { return facts_; }
  int64_t position() const override { return position_; }
  void rewind(int64_t position) override { position_ = std::clamp<int64_t>(position, 0, position_); }

  Status feed(const std::vector<int32_t>& tokens, Logits* logits) override {
    const int64_t count = static_cast<int64_t>(tokens.size());
    if (count == 0) return {StatusCode::kBadArgument, "at least one token must be fed, 0 are"};
    for (int32_t token : tokens) {
      if (token < 0 || (facts_.vocabulary_size > 0 && token >= facts_.vocabulary_size)) {
        return {StatusCode::kBadArgument, "a token must be from 0 to " + std::to_string(facts_.vocabulary_size - 1) +
                                              ", is " + std::to_string(token)};
      }
    }
    if (count > facts_.context_length - position_) {
      return {StatusCode::kContextFull, "the context is full: it holds " + std::to_string(facts_.context_length) +
                                            " tokens, " + std::to_string(position_) + " are in it, " +
                                            std::to_string(count) + " more do not fit"};
    }
    for (int64_t at = 0; at < count; at += facts_.longest_call) {
      const int64_t length = std::min(facts_.longest_call, count - at);
      const Status status = call(tokens.data() + at, length, logits);
      if (!status.ok()) return status;
      position_ += length;
    }
    return {};
  }

 private:
  Status call(const int32_t* tokens, int64_t count, Logits* logits) {
    ids_.assign(tokens, tokens + count);
    positions_.resize(count);
    for (int64_t index = 0; index < count; ++index) positions_[index] = position_ + index;
    const auto size = static_cast<executorch::aten::SizesType>(count);
    auto ids = executorch::extension::from_blob(ids_.data(), {1, size}, ScalarType::Long);
    auto positions = executorch::extension::from_blob(positions_.data(), {size}, ScalarType::Long);
    auto outputs = module_.execute(method_, {EValue(ids), EValue(positions)});
    if (!outputs.ok()) {
      return runtime_failure(
          StatusCode::kFailed,
          "the program failed on " + std::to_string(count) + " tokens at position " + std::to_string(position_),
          outputs.error());
    }
    return last_row(*outputs, logits);
  }

  Status last_row(const std::vector<EValue>& outputs, Logits* logits) const {
    if (outputs.empty() || !outputs[0].isTensor()) {
      return {StatusCode::kUnsuitable, "'" + path_ + "' must give logits, gives no tensor"};
    }
    const Tensor& tensor = outputs[0].toTensor();
    if (tensor.scalar_type() != ScalarType::Float || tensor.dim() < 1 || tensor.numel() == 0) {
      return {StatusCode::kUnsuitable, "'" + path_ + "' must give float32 logits"};
    }
    logits->size = static_cast<size_t>(tensor.size(tensor.dim() - 1));
    logits->data = tensor.const_data_ptr<float>() + (tensor.numel() - logits->size);
    return {};
  }

  Status read_facts() {
    auto meta = module_.method_meta(method_);
    if (!meta.ok()) return runtime_failure(StatusCode::kFailed, "'" + path_ + "'", meta.error());
    const auto tokens = meta->input_tensor_meta(0);
    const auto positions = meta->input_tensor_meta(1);
    if (meta->num_inputs() != 2 || !tokens.ok() || tokens->scalar_type() != ScalarType::Long ||
        tokens->sizes().size() != 2 || !positions.ok() || positions->scalar_type() != ScalarType::Long ||
        positions->sizes().size() != 1) {
      return {StatusCode::kUnsuitable, "'" + path_ + "' must take input_ids[1, S] and cache_position[S], both int64"};
    }
    facts_.longest_call = tokens->sizes()[1];
    facts_.context_length = constant("get_max_context_len", constant("get_max_seq_len", facts_.longest_call));
    facts_.longest_call = std::min(facts_.longest_call, facts_.context_length);
    facts_.is_any_length = constant("enable_dynamic_shape", 1) != 0;
    facts_.vocabulary_size = constant("get_vocab_size", 0);
    for (const EValue& value : constants("get_eos_ids")) {
      if (value.isInt()) facts_.eos_ids.push_back(static_cast<int32_t>(value.toInt()));
    }
    if (facts_.longest_call < 1 || (!facts_.is_any_length && facts_.longest_call > 1)) {
      return {StatusCode::kUnsuitable, "'" + path_ + "' must take any number of tokens, or one, takes exactly " +
                                           std::to_string(facts_.longest_call)};
    }
    return {};
  }

  std::vector<EValue> constants(const std::string& name) {
    auto methods = module_.method_names();
    if (!methods.ok() || methods->count(name) == 0) return {};
    auto values = module_.execute(name);
    return values.ok() ? *values : std::vector<EValue>();
  }

  int64_t constant(const std::string& name, int64_t otherwise) {
    const std::vector<EValue> values = constants(name);
    if (values.size() != 1) return otherwise;
    if (values[0].isInt()) return values[0].toInt();
    return values[0].isBool() ? values[0].toBool() : otherwise;
  }

  const std::string path_;
  const bool is_file_;
  const std::string method_;
  Module module_;
  TextProgramFacts facts_;
  int64_t position_ = 0;
  std::vector<int64_t> ids_;
  std::vector<int64_t> positions_;
};

Status loaded(std::unique_ptr<ModuleProgram> made, std::unique_ptr<TextProgram>* program) {
  const Status status = made->load();
  if (status.ok()) *program = std::move(made);
  return status;
}

}  // namespace

Status TextProgram::load(const std::string& path, const std::string& method, std::unique_ptr<TextProgram>* program) {
  return loaded(std::make_unique<ModuleProgram>(path, method), program);
}

Status TextProgram::load(const void* data, size_t size, const std::string& method,
                         std::unique_ptr<TextProgram>* program) {
  return loaded(std::make_unique<ModuleProgram>(data, size, method), program);
}

}  // namespace etbuild::runner
