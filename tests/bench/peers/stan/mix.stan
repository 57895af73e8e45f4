// Mixture of two normals.
data {
  int n;
  vector[n] y;
}
parameters {
  ordered[2] mu;
  array[2] real<lower=0> s;
  real<lower=0, upper=1> th;
}
model {
  s ~ normal(0, 2);
  mu ~ normal(0, 2);
  th ~ beta(5, 5);
  for (i in 1 : n) target += log_mix(th, normal_lpdf(y[i] | mu[1], s[1]), normal_lpdf(y[i] | mu[2], s[2]));
}
