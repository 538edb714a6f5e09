// Normalization of each channel of images, as batch norm does.

#pragma once

#include "planes.h"

namespace etbuild::kernels {

struct ChannelNorm {
  const Tensor& input;
  const Tensor* weight;  // Null: 1.
  const Tensor* bias;    // Null: 0.
  double eps;
  Tensor& out;
  // Statistics that are given; null: those of the input are taken.
  const Tensor* mean = nullptr;
  const Tensor* variance = nullptr;
  // What the input's own are written to, or null: means, 1 / sqrt(variance + eps), and statistics that move by
  // `momentum` towards them.
  Tensor* saved_mean = nullptr;
  Tensor* saved_scale = nullptr;
  Tensor* moving_mean = nullptr;
  Tensor* moving_variance = nullptr;
  double momentum = 0.0;
};

// Resizes the output, and computes it. False if the call has failed, as by tensors that do not fit the input.
bool normalize_channels(KernelRuntimeContext& context, const ChannelNorm& norm);

}  // namespace etbuild::kernels
