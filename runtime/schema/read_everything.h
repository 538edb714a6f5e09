// For tests: reads all that a program's accessors give, as a sum, so that a sanitizer sees each byte that they touch.

#pragma once

#include <cstdint>
#include <cstring>

#include "program_schema.h"

namespace etbuild::testing {

class ReadEverything {
 public:
  static uint64_t of(const void* file) {
    ReadEverything reader;
    reader.program(static_cast<const executorch_flatbuffer::Program*>(flatbuffers::follow(file)));
    return reader.sum_;
  }

 private:
  template <typename T>
  void add(T value) {
    sum_ = sum_ * 31 + static_cast<uint64_t>(value);
  }

  template <typename T>
  void all(const flatbuffers::Vector<T, uint32_t>* vector) {
    const T* const data = vector->data();
    for (uint32_t i = 0; i < vector->size(); ++i) {
      uint64_t bits = 0;
      std::memcpy(&bits, &data[i], sizeof(T));
      add(bits);
    }
  }

  void bools(const flatbuffers::Vector<bool, uint32_t>* vector) {
    for (const bool value : *vector) add(value ? 2 : 1);
  }

  // strlen: the zero byte must be there.
  void text(const flatbuffers::String* text) {
    add(std::strlen(text->c_str()));
    all<char>(text);
  }

  template <typename X, typename Read>
  void each(const flatbuffers::Vector<flatbuffers::Offset<X>, uint32_t>* vector, Read read) {
    for (const X* element : *vector) read(element);
  }

  void tensor(const executorch_flatbuffer::Tensor* tensor) {
    add(tensor->scalar_type());
    add(tensor->storage_offset());
    add(tensor->requires_grad());
    add(tensor->data_buffer_idx());
    add(tensor->layout());
    add(tensor->shape_dynamism());
    all(tensor->sizes());
    all(tensor->dim_order());
    if (const auto* place = tensor->allocation_info()) {
      add(place->memory_id());
      add(place->memory_offset_low());
      add(place->memory_offset_high());
    }
    if (const auto* extra = tensor->extra_tensor_info()) {
      add(extra->mutable_data_segments_idx());
      add(extra->location());
      add(extra->device_type());
      add(extra->device_index());
      text(extra->fully_qualified_name());
    }
  }

  void value(const executorch_flatbuffer::EValue* value) {
    add(value->val_type());
    if (const auto* number = value->val_as_Int()) add(number->int_val());
    if (const auto* truth = value->val_as_Bool()) add(truth->bool_val());
    if (const auto* number = value->val_as_Double()) add(number->double_val() < 1);
    if (const auto* string = value->val_as_String()) text(string->string_val());
    if (const auto* list = value->val_as_IntList()) all(list->items());
    if (const auto* list = value->val_as_DoubleList()) all(list->items());
    if (const auto* list = value->val_as_BoolList()) bools(list->items());
    if (const auto* list = value->val_as_TensorList()) all(list->items());
    if (const auto* list = value->val_as_OptionalTensorList()) all(list->items());
    if (const auto* found = value->val_as_Tensor()) tensor(found);
  }

  void instruction(const executorch_flatbuffer::Instruction* instruction) {
    add(instruction->instr_args_type());
    if (const auto* call = instruction->instr_args_as_KernelCall()) {
      add(call->op_index());
      all(call->args());
    }
    if (const auto* call = instruction->instr_args_as_DelegateCall()) {
      add(call->delegate_index());
      all(call->args());
    }
    if (const auto* call = instruction->instr_args_as_MoveCall()) {
      add(call->move_from());
      add(call->move_to());
    }
    if (const auto* call = instruction->instr_args_as_JumpFalseCall()) {
      add(call->cond_value_index());
      add(call->destination_instruction());
    }
    if (const auto* call = instruction->instr_args_as_FreeCall()) add(call->value_index());
  }

  void chain(const executorch_flatbuffer::Chain* chain) {
    all(chain->inputs());
    all(chain->outputs());
    each(chain->instructions(), [this](const auto* each) { instruction(each); });
    for (const auto* list : *chain->stacktrace()) {
      each(list->items(), [this](const auto* frame) {
        text(frame->filename());
        text(frame->name());
        text(frame->context());
        add(frame->lineno());
      });
    }
  }

  void delegate(const executorch_flatbuffer::BackendDelegate* delegate) {
    text(delegate->id());
    add(delegate->processed()->location());  // Required.
    add(delegate->processed()->index());
    each(delegate->compile_specs(), [this](const auto* spec) {
      text(spec->key());
      all(spec->value());
    });
  }

  void plan(const executorch_flatbuffer::ExecutionPlan* plan) {
    text(plan->name());
    if (const auto* meta = plan->container_meta_type()) {
      text(meta->encoded_inp_str());
      text(meta->encoded_out_str());
    }
    each(plan->values(), [this](const auto* each) { value(each); });
    all(plan->inputs());
    all(plan->outputs());
    each(plan->chains(), [this](const auto* each) { chain(each); });
    each(plan->operators(), [this](const auto* each) {
      text(each->name());
      text(each->overload());
    });
    each(plan->delegates(), [this](const auto* each) { delegate(each); });
    all(plan->non_const_buffer_sizes());
    each(plan->non_const_buffer_device(), [this](const auto* each) {
      add(each->buffer_idx());
      add(each->device_type());
      add(each->device_index());
    });
  }

  void subsegments(const executorch_flatbuffer::SubsegmentOffsets* offsets) {
    add(offsets->segment_index());
    all(offsets->offsets());
  }

  void program(const executorch_flatbuffer::Program* program) {
    add(program->version());
    each(program->execution_plan(), [this](const auto* each) { plan(each); });
    each(program->constant_buffer(), [this](const auto* each) { all(each->storage()); });
    each(program->backend_delegate_data(), [this](const auto* each) { all(each->data()); });
    each(program->segments(), [this](const auto* each) {
      add(each->offset());
      add(each->size());
    });
    if (const auto* constants = program->constant_segment()) subsegments(constants);
    each(program->mutable_data_segments(), [this](const auto* each) { subsegments(each); });
    each(program->named_data(), [this](const auto* each) {
      text(each->key());
      add(each->segment_index());
    });
  }

  uint64_t sum_ = 0;
};

}  // namespace etbuild::testing
