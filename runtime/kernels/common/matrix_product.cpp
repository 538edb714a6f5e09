#include "matrix_product.h"

#include "expect.h"
#include "gemm.h"
#include "worker_threads.h"

namespace etbuild::kernels {
namespace {

math::Matrix floats(const TensorMatrix& matrix) {
  if (matrix.tensor == nullptr) return {};
  return {static_cast<const float*>(matrix.tensor->const_data_ptr()), static_cast<ptrdiff_t>(matrix.row_step),
          static_cast<ptrdiff_t>(matrix.column_step)};
}

math::Gemm gemm_of(const MatrixProduct& product) {
  math::Gemm gemm;
  gemm.rows = static_cast<ptrdiff_t>(product.rows);
  gemm.columns = static_cast<ptrdiff_t>(product.columns);
  gemm.depth = static_cast<ptrdiff_t>(product.inner);
  gemm.a = floats(product.left);
  gemm.b = floats(product.right);
  gemm.alpha = product.alpha.as<float>();
  gemm.beta = product.beta.as<float>();
  if (gemm.beta != 0.0F) gemm.added = floats(product.addend);
  const math::Matrix out = floats(product.out);
  gemm.out = const_cast<float*>(out.data);
  gemm.out_row_stride = out.row_stride;
  gemm.out_column_stride = out.column_stride;
  return gemm;
}

}  // namespace

void multiply_floats(KernelRuntimeContext& context, const MatrixProduct& product) {
  math::Gemm gemm = gemm_of(product);
  const math::Parallel threads = worker_threads();
  math::Scratch scratch;
  const size_t size = math::gemm_scratch(gemm, threads.workers);
  if (size > 0) {
    const auto memory = context.allocate_temp(size, 64);
    if (memory.ok()) scratch = {*memory, size};
  }
  for (int64_t batch = 0; batch < product.batches; ++batch) {
    math::gemm(gemm, scratch, threads);
    gemm.a.data += product.left.batch_step;
    gemm.b.data += product.right.batch_step;
    gemm.out += product.out.batch_step;
    if (gemm.added.data != nullptr) gemm.added.data += product.addend.batch_step;
  }
}

TensorMatrix matrix_of(const Tensor& tensor) {
  const auto rank = static_cast<size_t>(tensor.dim());
  const auto strides = tensor.strides();
  return {&tensor, strides[rank - 2], strides[rank - 1], rank > 2 ? strides[0] : 0};
}

bool expect_matrices(KernelRuntimeContext& context, const MatrixProduct& product) {
  const ScalarType type = product.left.tensor->scalar_type();
  if (!expect_dtype(context, type, product.right.tensor, product.out.tensor, product.addend.tensor)) return false;
  const bool is_real = product.beta.type == ScalarType::Double || product.alpha.type == ScalarType::Double;
  return expect(context, !is_real || is_floating(type), "beta and alpha must be whole, as the matrices");
}

}  // namespace etbuild::kernels
