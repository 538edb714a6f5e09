// What a runtime tells of a program before a method is loaded.

#include <string>

#include "scenarios.h"
#include "session.h"

namespace etbuild::differential {
namespace {

using Verification = et::Program::Verification;

void tell_tensor(Report& report, const std::string& question, const et::Result<et::TensorInfo>& info) {
  if (!info.ok()) return static_cast<void>(report.error(question, info.error()));
  std::string text = et::toString(info->scalar_type());
  text += " " + list_text(info->sizes().data(), info->sizes().size());
  text += " order " + list_text(info->dim_order().data(), info->dim_order().size());
  text += info->is_memory_planned() ? " planned " : " not planned ";
  report.line(question, text + std::to_string(info->nbytes()) + " bytes " + quoted(info->name()));
}

std::string tag_text(const et::Result<et::Tag>& tag) {
  if (!tag.ok()) return error_text(tag.error());
  char text[et::kTagNameBufferSize];
  et::tag_to_string(*tag, text, sizeof(text));
  return text;
}

void tell_values(Report& report, const et::MethodMeta& meta) {
  report.line("num_inputs", std::to_string(meta.num_inputs()));
  for (size_t i = 0; i <= meta.num_inputs(); ++i) {
    report.line("input_tag " + std::to_string(i), tag_text(meta.input_tag(i)));
    tell_tensor(report, "input_tensor_meta " + std::to_string(i), meta.input_tensor_meta(i));
  }
  report.line("num_outputs", std::to_string(meta.num_outputs()));
  for (size_t i = 0; i <= meta.num_outputs(); ++i) {
    report.line("output_tag " + std::to_string(i), tag_text(meta.output_tag(i)));
    tell_tensor(report, "output_tensor_meta " + std::to_string(i), meta.output_tensor_meta(i));
  }
  report.line("num_attributes", std::to_string(meta.num_attributes()));
  for (size_t i = 0; i <= meta.num_attributes(); ++i) {
    tell_tensor(report, "attribute_tensor_meta " + std::to_string(i), meta.attribute_tensor_meta(i));
  }
}

void tell_rest(Report& report, const et::MethodMeta& meta) {
  report.line("name", quoted(meta.name()));
  const size_t count = meta.num_memory_planned_buffers();
  report.line("num_memory_planned_buffers", std::to_string(count));
  for (size_t i = 0; i <= count; ++i) {
    report.line("memory_planned_buffer_size " + std::to_string(i), result_text(meta.memory_planned_buffer_size(i)));
    const auto device = meta.memory_planned_buffer_device(i);
    report.line("memory_planned_buffer_device " + std::to_string(i),
                device.ok() ? std::to_string(static_cast<int>(device->type())) + "/" + std::to_string(device->index())
                            : error_text(device.error()));
  }
  report.line("num_backends", std::to_string(meta.num_backends()));
  for (size_t i = 0; i <= meta.num_backends(); ++i) {
    const et::Result<const char*> name = meta.get_backend_name(i);
    report.line("get_backend_name " + std::to_string(i), name.ok() ? quoted(*name) : error_text(name.error()));
    if (name.ok()) report.line("uses_backend", meta.uses_backend(*name) ? "yes" : "no");
  }
  report.line("uses_backend Other", meta.uses_backend("Other") ? "yes" : "no");
  report.line("num_instructions", std::to_string(meta.num_instructions()));
}

void tell_map(Report& report, const et::NamedDataMap& map) {
  const et::Result<uint32_t> count = map.get_num_keys();
  report.line("get_num_keys", result_text(count));
  std::vector<std::string> keys{"nowhere", ""};
  for (uint32_t i = 0; count.ok() && i <= *count; ++i) {
    const et::Result<const char*> key = map.get_key(i);
    report.line("get_key " + std::to_string(i), key.ok() ? quoted(*key) : error_text(key.error()));
    if (key.ok()) keys.emplace_back(*key);
  }
  for (const std::string& key : keys) {
    et::Result<et::FreeableBuffer> data = map.get_data(key);
    report.line("get_data " + key, data.ok() ? bytes_text(data->data(), data->size()) : error_text(data.error()));
    const auto layout = map.get_tensor_layout(key);
    report.line("get_tensor_layout " + key,
                layout.ok() ? list_text(layout->sizes().data(), layout->sizes().size()) + " " +
                                  list_text(layout->dim_order().data(), layout->dim_order().size()) + " " +
                                  et::toString(layout->scalar_type()) + " " + std::to_string(layout->nbytes())
                            : error_text(layout.error()));
    for (const size_t size : {size_t{0}, size_t{4}, data.ok() ? data->size() : size_t{8}, size_t{4000}}) {
      Bytes buffer(4000);
      if (size > buffer.size()) continue;
      report.error("load_data_into " + key + " " + std::to_string(size), map.load_data_into(key, buffer.data(), size));
      report.line("loaded", bytes_text(buffer.data(), std::min<size_t>(size, 64)));
    }
  }
}

}  // namespace

void ask_file(const Program& program, Report& report) {
  report.line("check_header", std::to_string(et::Program::check_header(program.file.data(), program.file.size())));
  for (const Verification verification : {Verification::Minimal, Verification::InternalConsistency}) {
    Session session(program, verification);
    report.error(verification == Verification::Minimal ? "load" : "load verified",
                 session.program().ok() ? et::Error::Ok : session.program().error());
    if (!session.program().ok()) continue;
    const size_t count = session.program()->num_methods();
    report.line("num_methods", std::to_string(count));
    for (size_t i = 0; i <= count; ++i) {
      const et::Result<const char*> name = session.program()->get_method_name(i);
      report.line("get_method_name " + std::to_string(i), name.ok() ? quoted(*name) : error_text(name.error()));
    }
  }
}

void ask_metadata(const Program& program, Report& report) {
  Session session(program);
  if (!session.program().ok()) return;
  std::vector<std::string> names = session.method_names();
  names.emplace_back("no such method");
  for (const std::string& name : names) {
    report.about(quoted(name) + " ");
    const et::Result<et::MethodMeta> meta = session.program()->method_meta(name.c_str());
    report.error("method_meta", meta.ok() ? et::Error::Ok : meta.error());
    const auto encoding = session.program()->get_output_flattening_encoding(name.c_str());
    report.line("encoding", encoding.ok() ? quoted(*encoding) : error_text(encoding.error()));
    if (!meta.ok()) continue;
    tell_values(report, *meta);
    tell_rest(report, *meta);
  }
}

void ask_data(const Program& program, Report& report) {
  Session session(program);
  if (session.flat_tensor()) {
    report.about("ptd ");
    if (report.error("load", session.flat_tensor()->ok() ? et::Error::Ok : session.flat_tensor()->error())) {
      tell_map(report, session.flat_tensor()->get());
    }
  }
  if (!session.program().ok()) return;
  report.about("pte ");
  const et::Result<const et::NamedDataMap*> map = session.program()->get_named_data_map();
  report.error("get_named_data_map", map.ok() ? et::Error::Ok : map.error());
  if (map.ok()) tell_map(report, **map);
  for (const size_t index : {size_t{0}, size_t{1}, size_t{2}, size_t{1000}}) {
    for (const size_t size : {size_t{0}, size_t{4}, size_t{1} << 20U, SIZE_MAX}) {
      const et::Result<const void*> data = session.program()->get_constant_buffer_data(index, size);
      report.line("get_constant_buffer_data " + std::to_string(index) + " " + std::to_string(size),
                  data.ok() ? bytes_text(*data, size <= 4 ? size : 0) : error_text(data.error()));
    }
  }
}

}  // namespace etbuild::differential
