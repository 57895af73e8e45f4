// Autoregression of order K, likelihood as Stan's GLM function.
data {
  int K;
  int T;
  array[T] real y;
}
transformed data {
  int N = T - K;
  vector[N] out;
  matrix[N, K] lag;
  for (t in 1 : N) {
    out[t] = y[t + K];
    for (k in 1 : K) lag[t, k] = y[t + K - k];
  }
}
parameters {
  real alpha;
  vector[K] beta;
  real<lower=0> sigma;
}
model {
  alpha ~ normal(0, 10);
  beta ~ normal(0, 10);
  sigma ~ cauchy(0, 2.5);
  out ~ normal_id_glm(lag, alpha, beta, sigma);
}
