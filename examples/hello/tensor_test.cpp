#include "examples/hello/tensor.h"

#include "testing/bare/check.h"

namespace {

using hello::Tensor;

void matrices_multiply() {
  float left[] = {1, 2, 3, 4, 5, 6}, right[] = {1, 0, 0, 1, 1, 1}, product[4] = {};
  Tensor out{product, {2, 2}, 2};
  CHECK(hello::multiply({left, {2, 3}, 2}, {right, {3, 2}, 2}, out));
  const float expected[] = {4, 5, 10, 11};
  for (int index = 0; index < 4; ++index) CHECK_NEAR(product[index], expected[index], 0.0);
}

void sizes_that_do_not_fit_write_nothing() {
  float left[] = {1, 2, 3}, right[] = {1, 2, 3}, sum[] = {-1, -1, -1};
  Tensor out{sum, {3}, 1};
  CHECK(!hello::add({left, {3}, 1}, {right, {1, 3}, 2}, out));
  CHECK(!hello::multiply({left, {1, 3}, 2}, {right, {1, 3}, 2}, out));
  CHECK_NEAR(sum[0], -1.0, 0.0);
}

void a_softmax_sums_to_one() {
  float in[] = {-1.0f, 0.0f, 1.0f, 88.0f}, probabilities[4];
  Tensor out{probabilities, {2, 2}, 2};
  CHECK(hello::softmax({in, {2, 2}, 2}, out));
  CHECK_NEAR(probabilities[3], 1.0, 1e-6);
  float mild[] = {0.0f, 1.0f}, halves[2];
  Tensor two{halves, {2}, 1};
  CHECK(hello::softmax({mild, {2}, 1}, two));
  CHECK_NEAR(halves[1], 0.7310586, 1e-6);
}

}  // namespace

TESTS(TEST(matrices_multiply), TEST(sizes_that_do_not_fit_write_nothing), TEST(a_softmax_sums_to_one))
