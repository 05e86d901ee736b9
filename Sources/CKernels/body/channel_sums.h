// sums[c] = Σ x[i, c, j] over (i, j): a contraction with factors of 1.
static void channel_sums_op(float *result, const float *x, ptrdiff_t n, ptrdiff_t channels,
                            ptrdiff_t inner) {
  sums all = sums_begin(ck_scratch(CK_SCRATCH_SUMS, 3 * channels), channels);
  for (ptrdiff_t i = 0; i < n; i++)
    for (ptrdiff_t j = 0; j < inner; j++) {
      const float *v = x + i * channels * inner + j;
      for (ptrdiff_t c = 0; c < channels; c++) all.p[c] += v[c * inner];
      end_term(&all);
    }
  memcpy(result, sums_end(&all), (size_t)channels * sizeof *result);
}
