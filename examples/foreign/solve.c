/* Factors a symmetric matrix with QDLDL and solves with it: [4 1; 1 3] x = [1 2] gives x = [1/11 7/11]. */
#include <stdio.h>
#include "qdldl.h"

int main(void) {
  const QDLDL_int Ap[] = {0, 1, 3}, Ai[] = {0, 0, 1};
  const QDLDL_float Ax[] = {4, 1, 3};
  QDLDL_int etree[2], Lnz[2], iwork[6], Lp[3], Li[4];
  QDLDL_bool bwork[2];
  QDLDL_float Lx[4], D[2], Dinv[2], fwork[2], x[] = {1, 2};
  QDLDL_etree(2, Ap, Ai, iwork, Lnz, etree);
  QDLDL_factor(2, Ap, Ai, Ax, Lp, Li, Lx, D, Dinv, Lnz, etree, bwork, iwork, fwork);
  QDLDL_solve(2, Lp, Li, Lx, Dinv, x);
  printf("%.6f %.6f\n", x[0], x[1]);
  return !(x[0] * 11 > 0.999999 && x[0] * 11 < 1.000001 && x[1] * 11 > 6.999999 && x[1] * 11 < 7.000001);
}
