"""Which operators are recorded together: a family is one action and one file.

Knows names alone. What is not named here is elementwise, in two halves by the alphabet.
"""

from __future__ import annotations

from catalogue import base_of

NAMED = {
    "reductions": """
        amax amin any argmax argmin cumsum max mean min prod sum topk var var_mean allclose
        _cdist_forward _pdist_forward
        """,
    "movement": """
        alias_copy arange as_strided_copy cat clone constant_pad_nd copy copy_ detach_copy diagonal_copy embedding empty
        expand_copy fill flip full full_like gather index index_put index_put_ index_select lift_fresh_copy
        masked_scatter masked_select narrow_copy nonzero ones permute_copy pixel_shuffle pixel_unshuffle rand randn
        repeat
        repeat_interleave reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d replication_pad2d
        replication_pad3d roll scalar_tensor scatter scatter_add select_copy select_scatter slice_copy slice_scatter
        split_copy split_with_sizes_copy squeeze_copy stack t_copy transpose_copy tril unbind_copy unfold_copy
        unsqueeze_copy _to_copy view_as_real_copy view_copy zeros _h2d_copy _d2h_copy _empty_dim_order
        _to_dim_order_copy
        _clone_dim_order
        """,
    "nn": """
        _adaptive_avg_pool2d _fft_c2r _fft_r2c _log_softmax _native_batch_norm_legit
        _native_batch_norm_legit_no_training _softmax _upsample_bilinear2d_aa addmm avg_pool2d bmm convolution
        convolution_backward glu grid_sampler_2d linear max_pool2d_with_indices max_pool2d_with_indices_backward mm
        native_dropout native_group_norm native_layer_norm upsample_bilinear2d upsample_nearest2d
        """,
}
FAMILY_OF = {name: family for family, names in NAMED.items() for name in names.split()}
FAMILIES = ("elementwise_a", "elementwise_b", *NAMED)


def family_of(operator: str) -> str:
    """Return the family of an operator by name."""
    base = base_of(operator)
    return FAMILY_OF.get(base) or ("elementwise_a" if base < "g" else "elementwise_b")
