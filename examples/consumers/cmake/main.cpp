// Runs a program on ones, then solves the system of one equation that its first answer makes.
#include <cstdio>
#include <vector>

#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor.h>
extern "C" {
#include <qdldl.h>
}

namespace {

// Returns right / left, by a sparse solver.
double solve(double left, double right) {
  const QDLDL_int columns[] = {0, 1};
  const QDLDL_int rows[] = {0};
  QDLDL_int tree[1], counts[1], words[3], factor_columns[2], factor_rows[1];
  QDLDL_bool flags[1];
  QDLDL_float factor[1], diagonal[1], inverse[1], work[1];
  QDLDL_float answer[] = {right};
  QDLDL_etree(1, columns, rows, words, counts, tree);
  QDLDL_factor(1, columns, rows, &left, factor_columns, factor_rows, factor, diagonal, inverse, counts, tree, flags,
               words, work);
  QDLDL_solve(1, factor_columns, factor_rows, factor, inverse, answer);
  return answer[0];
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::fprintf(stderr, "usage: app PROGRAM\n");
    return 2;
  }
  executorch::extension::Module module(words[1]);
  const auto result = module.forward(executorch::extension::make_tensor_ptr({1, 32}, std::vector<float>(32, 1.0f)));
  if (!result.ok()) {
    std::fprintf(stderr, "error 0x%x\n", static_cast<unsigned>(result.error()));
    return 1;
  }
  const auto answers = result->at(0).toTensor();
  const double first = answers.const_data_ptr<float>()[0];
  std::printf("%d answers, first %.6f, ratio to itself %.6f\n", static_cast<int>(answers.numel()), first,
              solve(first, first));
  return 0;
}
