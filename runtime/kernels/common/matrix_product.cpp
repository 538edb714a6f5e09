#include "matrix_product.h"

#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include "elements.h"
#include "expect.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

// Multiply-adds that are worth a thread.
constexpr int64_t kGrain = 32768;

template <typename T>
void multiply_row(const MatrixProduct& product, int64_t row) {
  const Input<T> left(product.left.tensor);
  const Input<T> right(product.right.tensor);
  const T alpha = product.alpha.as<T>();
  const T beta = product.beta.as<T>();
  const Input<T> addend(beta == T(0) ? nullptr : product.addend.tensor);
  const Output<T> out(const_cast<Tensor&>(*product.out.tensor));
  const int64_t left_at = product.left.offset + row * product.left.row_step;
  for (int64_t column = 0; column < product.columns; ++column) {
    const int64_t right_at = product.right.offset + column * product.right.column_step;
    T sum(0);
    for (int64_t at = 0; at < product.inner; ++at) {
      const T value = wrapping_multiply(left[left_at + at * product.left.column_step],
                                        right[right_at + at * product.right.row_step]);
      sum = wrapping_add(sum, value);
    }
    sum = wrapping_multiply(alpha, sum);
    if (addend.exists()) {
      const Matrix& matrix = product.addend;
      const T value = addend[matrix.offset + row * matrix.row_step + column * matrix.column_step];
      sum = wrapping_add(sum, wrapping_multiply(beta, value));
    }
    out.set(product.out.offset + row * product.out.row_step + column * product.out.column_step, sum);
  }
}

}  // namespace

Matrix matrix_of(const Tensor& tensor) {
  const auto rank = static_cast<size_t>(tensor.dim());
  return {&tensor, tensor.strides()[rank - 2], tensor.strides()[rank - 1]};
}

bool multiply(KernelRuntimeContext& context, const MatrixProduct& product) {
  const ScalarType type = product.left.tensor->scalar_type();
  if (!expect_dtype(context, type, product.right.tensor, product.out.tensor, product.addend.tensor)) return false;
  const bool is_real = product.beta.type == ScalarType::Double || product.alpha.type == ScalarType::Double;
  if (!expect(context, !is_real || is_floating(type), "beta and alpha must be whole, as the matrices")) return false;
  const int64_t work = product.inner * product.columns;
  const int64_t grain = work >= kGrain ? 1 : kGrain / (work + 1) + 1;
  return expect_served(context, visit_real(type, [&](auto zero) {
                         executorch::extension::parallel_for(0, product.rows, grain, [&](int64_t from, int64_t to) {
                           for (int64_t row = from; row < to; ++row) multiply_row<decltype(zero)>(product, row);
                         });
                       }));
}

}  // namespace etbuild::kernels
