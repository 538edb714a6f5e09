// What products and convolutions ask for of scratch memory is what temp_memory.py says, by which images lay it out.

#include <cstddef>

#include "check.h"
#include "convolution.h"
#include "gemm.h"
#include "levels.h"

namespace etbuild::kernels::math {
namespace {

struct ProductCase {
  ptrdiff_t rows, columns, depth, a[2], b[2];
  size_t plain, by_mve;
};

// Pairs are height and width; steps lead to the next channel, row and column.
struct ConvolutionCase {
  ptrdiff_t batch, groups, channels[2], given[2], made[2], kernel[2], stride[2], padding[2], dilation[2];
  int is_transposed;
  ptrdiff_t given_steps[3], made_steps[3];
  size_t plain, by_mve;
};

#include "runtime/kernels/common/scratch_cases.h"

template <typename Case>
size_t expected(const Case& one) {
#if ET_KERNELS_SIMD == 0
  (void)one;
  return 0;
#elif defined(__ARM_FEATURE_MVE) && __ARM_FEATURE_MVE >= 2
  return one.by_mve;
#else
  return one.plain;
#endif
}

TEST(products_ask_for_what_is_laid_out) {
  force_level(Level::kBaseline);  // No board has more.
  for (const ProductCase& one : kProducts) {
    Gemm gemm;
    gemm.rows = one.rows;
    gemm.columns = one.columns;
    gemm.depth = one.depth;
    gemm.a = {nullptr, one.a[0], one.a[1]};
    gemm.b = {nullptr, one.b[0], one.b[1]};
    gemm.out_row_stride = one.columns;
    CHECK(gemm_scratch(gemm, 1) == expected(one));
  }
}

ConvolutionShape shape_of(const ConvolutionCase& one) {
  ConvolutionShape shape;
  shape.batch = one.batch;
  shape.groups = one.groups;
  shape.in_channels = one.channels[0];
  shape.out_channels = one.channels[1];
  shape.in_height = one.given[0];
  shape.in_width = one.given[1];
  shape.out_height = one.made[0];
  shape.out_width = one.made[1];
  shape.kernel_height = one.kernel[0];
  shape.kernel_width = one.kernel[1];
  shape.stride_height = one.stride[0];
  shape.stride_width = one.stride[1];
  shape.padding_top = one.padding[0];
  shape.padding_left = one.padding[1];
  shape.dilation_height = one.dilation[0];
  shape.dilation_width = one.dilation[1];
  shape.is_transposed = one.is_transposed != 0;
  shape.in = {0, one.given_steps[0], one.given_steps[1], one.given_steps[2]};
  shape.out = {0, one.made_steps[0], one.made_steps[1], one.made_steps[2]};
  return shape;
}

TEST(convolutions_ask_for_what_is_laid_out) {
  force_level(Level::kBaseline);
  for (const ConvolutionCase& one : kConvolutions) {
    Convolution convolution;
    convolution.shape = shape_of(one);
    CHECK(convolution_scratch(convolution, 1) == expected(one));
  }
}

}  // namespace
}  // namespace etbuild::kernels::math

TEST_MAIN()
