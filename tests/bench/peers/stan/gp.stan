// Counts with a Gaussian process as log rate.
data {
  int n;
  array[n] real x;
  array[n] int k;
}
parameters {
  real<lower=0> rho;
  real<lower=0> alpha;
  vector[n] f;
}
model {
  matrix[n, n] K = gp_exp_quad_cov(x, alpha, rho) + diag_matrix(rep_vector(1e-10, n));
  matrix[n, n] L = cholesky_decompose(K);
  rho ~ gamma(25, 4);
  alpha ~ normal(0, 2);
  f ~ normal(0, 1);
  k ~ poisson_log(L * f);
}
