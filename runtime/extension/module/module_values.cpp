// What goes into a Module's methods, and what comes out.
#include <executorch/extension/module/module.h>
#include <executorch/runtime/platform/log.h>

namespace executorch::extension::ET_MODULE_NAMESPACE {

using runtime::Error;
using runtime::EValue;
using runtime::Result;

namespace {

Error point_output_to(Method* method, const EValue& value, size_t index) {
  ET_CHECK_OR_RETURN_ERROR(value.isTensor(), InvalidArgument, "Output %zu can be set to a tensor only", index);
  const auto& tensor = value.toTensor();
  return method->set_output_data_ptr(tensor.mutable_data_ptr(), tensor.nbytes(), index);
}

Result<std::vector<EValue>> outputs_of(Method* method) {
  std::vector<EValue> outputs(method->outputs_size());
  ET_CHECK_OK_OR_RETURN_ERROR(method->get_outputs(outputs.data(), outputs.size()));
  return outputs;
}

}  // namespace

Result<std::vector<EValue>> Module::execute(const std::string& method_name, const std::vector<EValue>& input_values) {
  ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
  Method* method = methods_[method_name].method.get();
  for (size_t index = 0; index < input_values.size(); ++index) {
    ET_CHECK_OK_OR_RETURN_ERROR(method->set_input(input_values[index], index));
  }
  ET_CHECK_OK_OR_RETURN_ERROR(method->execute());
  return outputs_of(method);
}

Error Module::set_input(const std::string& method_name, const EValue& input_value, size_t input_index) {
  ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
  return methods_[method_name].method->set_input(input_value, input_index);
}

Error Module::set_inputs(const std::string& method_name, const std::vector<EValue>& input_values) {
  ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
  return methods_[method_name].method->set_inputs({input_values.data(), input_values.size()});
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): the header says so.
Error Module::set_output(const std::string& method_name, EValue output_value, size_t output_index) {
  ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
  return point_output_to(methods_[method_name].method.get(), output_value, output_index);
}

Error Module::set_outputs(const std::string& method_name, const std::vector<EValue>& output_values) {
  ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
  Method* method = methods_[method_name].method.get();
  ET_CHECK_OR_RETURN_ERROR(output_values.size() == method->outputs_size(), InvalidArgument,
                           "'%s' has %zu outputs, %zu were given", method_name.c_str(), method->outputs_size(),
                           output_values.size());
  for (size_t index = 0; index < output_values.size(); ++index) {
    ET_CHECK_OK_OR_RETURN_ERROR(point_output_to(method, output_values[index], index));
  }
  return Error::Ok;
}

Result<std::vector<EValue>> Module::get_outputs(const std::string& method_name) {
  ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
  return outputs_of(methods_[method_name].method.get());
}

Result<EValue> Module::get_output(const std::string& method_name, size_t output_index) {
  ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
  const Method& method = *methods_[method_name].method;
  ET_CHECK_OR_RETURN_ERROR(output_index < method.outputs_size(), InvalidArgument, "'%s' has %zu outputs, not %zu",
                           method_name.c_str(), method.outputs_size(), output_index);
  return method.get_output(output_index);
}

}  // namespace executorch::extension::ET_MODULE_NAMESPACE
