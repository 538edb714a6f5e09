// Products of matrices in the dtypes that the including source serves.

#pragma once

#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include <type_traits>

#include "elements.h"
#include "half_product.h"
#include "matrix_product.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

// Multiply-adds that are worth a thread.
constexpr int64_t kGrain = 32768;

template <typename T>
void multiply_row(const MatrixProduct& product, int64_t batch, int64_t row) {
  const Input<T> left(product.left.tensor);
  const Input<T> right(product.right.tensor);
  const T alpha = product.alpha.as<T>();
  const T beta = product.beta.as<T>();
  const Input<T> addend(beta == T(0) ? nullptr : product.addend.tensor);
  const Output<T> out(const_cast<Tensor&>(*product.out.tensor));
  const auto row_of = [&](const TensorMatrix& matrix) { return batch * matrix.batch_step + row * matrix.row_step; };
  const int64_t left_at = row_of(product.left);
  for (int64_t column = 0; column < product.columns; ++column) {
    const int64_t right_at = batch * product.right.batch_step + column * product.right.column_step;
    T sum(0);
    for (int64_t at = 0; at < product.inner; ++at) {
      const T value = wrapping_multiply(left[left_at + at * product.left.column_step],
                                        right[right_at + at * product.right.row_step]);
      sum = wrapping_add(sum, value);
    }
    sum = wrapping_multiply(alpha, sum);
    if (addend.exists()) {
      const T value = addend[row_of(product.addend) + column * product.addend.column_step];
      sum = wrapping_add(sum, wrapping_multiply(beta, value));
    }
    out.set(row_of(product.out) + column * product.out.column_step, sum);
  }
}

// Of doubles: as multiply_row, a few columns at once, so that compilers make vectors of them.
inline void multiply_row_of_doubles(const MatrixProduct& product, int64_t batch, int64_t row) {
  constexpr int64_t kColumns = 16;
  const auto at = [&](const TensorMatrix& matrix, int64_t of_row) {
    return static_cast<const double*>(matrix.tensor->const_data_ptr()) + batch * matrix.batch_step +
           of_row * matrix.row_step;
  };
  const double* const left = at(product.left, row);
  const double* const right = at(product.right, 0);
  auto* const out = const_cast<double*>(at(product.out, row));
  const auto alpha = product.alpha.as<double>();
  const auto beta = product.beta.as<double>();
  const bool is_added = product.addend.tensor != nullptr && beta != 0.0;
  const int64_t step = product.right.column_step;
  for (int64_t first = 0; first < product.columns; first += kColumns) {
    const int64_t count = product.columns - first < kColumns ? product.columns - first : kColumns;
    double sums[kColumns] = {};
    for (int64_t inner = 0; inner < product.inner; ++inner) {
      const double value = left[inner * product.left.column_step];
      const double* const from = right + inner * product.right.row_step + first * step;
      if (count == kColumns && step == 1) {
        for (int64_t column = 0; column < kColumns; ++column) sums[column] += value * from[column];
      } else {
        for (int64_t column = 0; column < count; ++column) sums[column] += value * from[column * step];
      }
    }
    for (int64_t column = 0; column < count; ++column) {
      double sum = alpha * sums[column];
      if (is_added) sum += beta * at(product.addend, row)[(first + column) * product.addend.column_step];
      out[(first + column) * product.out.column_step] = sum;
    }
  }
}

template <typename T>
void multiply_rows(const MatrixProduct& product) {
  const int64_t work = product.inner * product.columns;
  const int64_t grain = work >= kGrain ? 1 : kGrain / (work + 1) + 1;
  executorch::extension::parallel_for(0, product.batches * product.rows, grain, [&](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; ++row) {
      if constexpr (std::is_same_v<T, double>) {
        multiply_row_of_doubles(product, row / product.rows, row % product.rows);
      } else {
        multiply_row<T>(product, row / product.rows, row % product.rows);
      }
    }
  });
}

// Of complex numbers, without what is added: bmm has them.
[[maybe_unused]] void multiply_complex(const MatrixProduct& product) {
  const auto* left = static_cast<const float*>(product.left.tensor->const_data_ptr());
  const auto* right = static_cast<const float*>(product.right.tensor->const_data_ptr());
  auto* out = static_cast<float*>(const_cast<void*>(product.out.tensor->const_data_ptr()));
  for (int64_t at = 0; at < product.batches * product.rows * product.columns; ++at) {
    const int64_t column = at % product.columns;
    const int64_t row = at / product.columns % product.rows;
    const int64_t batch = at / product.columns / product.rows;
    float real = 0.0F;
    float imaginary = 0.0F;
    for (int64_t inner = 0; inner < product.inner; ++inner) {
      const float* const one =
          left + 2 * (batch * product.left.batch_step + row * product.left.row_step + inner * product.left.column_step);
      const float* const other = right + 2 * (batch * product.right.batch_step + inner * product.right.row_step +
                                              column * product.right.column_step);
      real += one[0] * other[0] - one[1] * other[1];
      imaginary += one[0] * other[1] + one[1] * other[0];
    }
    float* const to =
        out + 2 * (batch * product.out.batch_step + row * product.out.row_step + column * product.out.column_step);
    to[0] = real;
    to[1] = imaginary;
  }
}

// Computes it; out must have its sizes. The call may have failed: with InvalidArgument, or NotSupported for a dtype
// that has no products.
inline void multiply(KernelRuntimeContext& context, const MatrixProduct& product) {
  if (!expect_matrices(context, product)) return;
  const ScalarType type = product.left.tensor->scalar_type();
  if (is_selected(ScalarType::Float) && type == ScalarType::Float) {
    multiply_floats(context, product);
    return;
  }
  if constexpr (is_selected(ScalarType::Half) || is_selected(ScalarType::BFloat16)) {
    const bool is_half = type == ScalarType::Half || type == ScalarType::BFloat16;
    if (is_half && multiply_halves(context, product)) return;  // Else there is too little memory.
  }
  if constexpr (is_selected(ScalarType::ComplexFloat)) {
    if (type == ScalarType::ComplexFloat && product.addend.tensor == nullptr) {
      multiply_complex(product);
      return;
    }
  }
  expect_served(context, visit_real_but_float(type, [&](auto zero) { multiply_rows<decltype(zero)>(product); }));
}

}  // namespace
}  // namespace etbuild::kernels
