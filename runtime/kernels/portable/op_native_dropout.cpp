// native_dropout.out(Tensor input, float p, bool? train, *, Tensor(a!) out0, Tensor(b!) out1): unless train is false,
// each element is 0 with probability p, else 1 / (1 - p) times what it was; out1 says which are kept.
#include "convert.h"
#include "random.h"
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {

void native_dropout_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tdBtt")) return;
  const Tensor& input = tensor(arguments, 0);
  const double probability = real(arguments, 1);
  const bool drops = is_none(arguments, 2) || boolean(arguments, 2);
  Tensor& out = tensor(arguments, 3);
  Tensor& mask = tensor(arguments, 4);
  const ScalarType type = input.scalar_type();
  const bool possible = mask.scalar_type() == ScalarType::Bool && probability >= 0.0 && probability <= 1.0;
  if (!possible || (drops && !is_floating(type))) {
    ET_LOG(Error, "Dropout must be of floating elements, by a probability, with a mask of bools");
    return context.fail(Error::InvalidArgument);
  }
  if (!copy_same(context, input, out) || !resize(context, mask, input.sizes())) return;
  const double scale = probability < 1.0 ? 1.0 / (1.0 - probability) : 0.0;
  Random random;
  for (ptrdiff_t at = 0; at < out.numel(); ++at) {  // In the order of memory.
    const bool keeps = !drops || random.uniform(53) >= probability;
    *reinterpret_cast<bool*>(mutable_element(mask, at)) = keeps;
    if (!drops) continue;
    char* to = mutable_element(out, at);
    double value = 0.0;
    bool known = convert(type, to, 1, ScalarType::Double, &value, 1);
    value *= keeps ? scale : 0.0;
    known = known && convert(ScalarType::Double, &value, 1, type, to, 1);
    if (!known) return context.fail(Error::NotSupported);
  }
}

}  // namespace etbuild::kernels
