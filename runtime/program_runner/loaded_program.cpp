#include "loaded_program.h"

#include <algorithm>
#include <cstring>

#include "missing_parts.h"
#include "quiet_runtime.h"

namespace etbuild::runner {
namespace {

using executorch::aten::ScalarType;
using executorch::extension::Module;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Program;
using executorch::runtime::Tag;

Status failure(StatusCode code, const std::string& what, Error error) {
  const std::string said = kept_runtime_messages();
  return {code, what + ": " + executorch::runtime::to_string(error) + (said.empty() ? "" : "\nthe runtime said:\n") +
                    said.substr(0, said.empty() ? 0 : said.size() - 1)};
}

template <typename Number>
Number number_in(const NpyArray& array) {
  Number number{};
  memcpy(&number, array.bytes.data(), sizeof number);
  return number;
}

template <typename Number>
NpyArray array_of(Number number, NpyType type) {
  NpyArray array{type, {}, std::vector<uint8_t>(sizeof number)};
  memcpy(array.bytes.data(), &number, sizeof number);
  return array;
}

EValue number_of(const TensorForm& form, const NpyArray& array) {
  if (form.type == ScalarType::Double) return EValue(number_in<double>(array));
  if (form.type == ScalarType::Bool) return EValue(number_in<bool>(array));
  return EValue(number_in<int64_t>(array));
}

// The form of a number that stands for itself; false if `tag` is none.
bool number_form(Tag tag, TensorForm* form) {
  if (tag != Tag::Int && tag != Tag::Double && tag != Tag::Bool) return false;
  form->is_number = true;
  form->type = tag == Tag::Int ? ScalarType::Long : tag == Tag::Double ? ScalarType::Double : ScalarType::Bool;
  return true;
}

Status append_output(const EValue& value, size_t index, std::vector<NpyArray>* outputs) {
  if (value.isTensor()) {
    outputs->push_back(from_tensor(value.toTensor()));
  } else if (value.isInt()) {
    outputs->push_back(array_of(value.toInt(), {'i', 8}));
  } else if (value.isDouble()) {
    outputs->push_back(array_of(value.toDouble(), {'f', 8}));
  } else if (value.isBool()) {
    outputs->push_back(array_of(value.toBool(), {'b', 1}));
  } else {
    return {StatusCode::kUnsuitable, "output " + std::to_string(index) + " must be a tensor or a number, is neither"};
  }
  return {};
}

}  // namespace

LoadedProgram::LoadedProgram(const std::string& path, std::string method,
                             std::unique_ptr<executorch::runtime::EventTracer> tracer)
    : path_(path), method_(std::move(method)), module_(path, Module::LoadMode::Mmap, std::move(tracer)) {}

Status LoadedProgram::open(const std::string& path, const std::string& method,
                           std::unique_ptr<executorch::runtime::EventTracer> tracer,
                           std::unique_ptr<LoadedProgram>* program) {
  program->reset(new LoadedProgram(path, method, std::move(tracer)));
  return (*program)->load();
}

Status LoadedProgram::load() {
  const Error broken = module_.load(Program::Verification::InternalConsistency);
  if (broken != Error::Ok) {
    return failure(StatusCode::kUnreadable,
                   "'" + path_ + "' must be an ExecuTorch program, whole and of a version this runtime reads", broken);
  }
  auto names = module_.method_names();
  if (!names.ok()) return failure(StatusCode::kUnreadable, "'" + path_ + "'", names.error());
  if (names->count(method_) == 0) {
    std::vector<std::string> sorted(names->begin(), names->end());
    std::sort(sorted.begin(), sorted.end());
    std::string listed;
    for (const std::string& name : sorted) listed += (listed.empty() ? "" : ", ") + name;
    return {StatusCode::kBadArgument, "method must be one of " + listed + ", is '" + method_ + "'"};
  }
  const Status loaded = reset();
  return loaded.ok() ? read_inputs() : loaded;
}

Status LoadedProgram::reset() {
  module_.unload_method(method_);
  const Error error = module_.load_method(method_);
  if (error == Error::Ok) return {};
  const Status missing = describe_missing_parts(path_, method_);
  return missing.ok() ? failure(StatusCode::kFailed, "'" + path_ + "' cannot be loaded", error) : missing;
}

Status LoadedProgram::read_inputs() {
  const auto meta = module_.method_meta(method_);
  if (!meta.ok()) return failure(StatusCode::kFailed, "'" + path_ + "'", meta.error());
  for (size_t index = 0; index < meta->num_inputs(); ++index) {
    TensorForm form;
    const auto tag = meta->input_tag(index);
    if (tag.ok() && *tag == Tag::Tensor) {
      const auto info = meta->input_tensor_meta(index);
      if (!info.ok()) return failure(StatusCode::kFailed, "'" + path_ + "'", info.error());
      form.type = info->scalar_type();
      form.sizes.assign(info->sizes().begin(), info->sizes().end());
      form.dim_order.assign(info->dim_order().begin(), info->dim_order().end());
    } else if (!tag.ok() || !number_form(*tag, &form)) {
      return {StatusCode::kUnsuitable,
              "input " + std::to_string(index) + " of '" + path_ + "' must be a tensor or a number, is neither"};
    }
    inputs_.push_back(form);
  }
  return {};
}

Status LoadedProgram::set_inputs(const std::vector<NpyArray>& inputs) {
  memory_.clear();
  tensors_.clear();
  for (size_t index = 0; index < inputs.size(); ++index) {
    const TensorForm& form = inputs_[index];
    const NpyArray& array = inputs[index];
    const std::string what = "input " + std::to_string(index);
    const Status fits = check_fits(what, array, form);
    if (!fits.ok()) return fits;
    EValue value;
    if (form.is_number) {
      value = number_of(form, array);
    } else {
      memory_.push_back(to_dim_order(array, form.dim_order));
      std::vector<executorch::aten::SizesType> sizes(array.shape.begin(), array.shape.end());
      std::vector<executorch::aten::DimOrderType> order(form.dim_order.begin(), form.dim_order.end());
      tensors_.push_back(executorch::extension::make_tensor_ptr(sizes, memory_.back().data(), order, {}, form.type));
      value = EValue(tensors_.back());
    }
    if (module_.set_input(method_, value, index) != Error::Ok) {
      return {StatusCode::kBadArgument,
              what + " must be " + text_of(form) + " exactly, is " + name_of(array.type) + text_of(array.shape)};
    }
  }
  return {};
}

Status LoadedProgram::run(const std::vector<NpyArray>& inputs, std::vector<NpyArray>* outputs) {
  outputs->clear();
  if (inputs.size() != inputs_.size()) {
    std::string listed;
    for (const TensorForm& form : inputs_) listed += (listed.empty() ? ": " : ", ") + text_of(form);
    return {StatusCode::kBadArgument, "method '" + method_ + "' must get " + std::to_string(inputs_.size()) +
                                          " inputs, gets " + std::to_string(inputs.size()) + listed};
  }
  const Status set = set_inputs(inputs);
  if (!set.ok()) return set;
  auto values = module_.execute(method_);
  if (!values.ok()) return failure(StatusCode::kFailed, "method '" + method_ + "' failed", values.error());
  is_bfloat16_.clear();
  for (size_t index = 0; index < values->size(); ++index) {
    const EValue& value = (*values)[index];
    is_bfloat16_.push_back(value.isTensor() && value.toTensor().scalar_type() == ScalarType::BFloat16);
    const Status appended = append_output(value, index, outputs);
    if (!appended.ok()) return appended;
  }
  return {};
}

}  // namespace etbuild::runner
