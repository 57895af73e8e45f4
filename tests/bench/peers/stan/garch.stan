// GARCH(1,1).
data {
  int T;
  array[T] real y;
  real sigma1;
}
parameters {
  real mu;
  real<lower=0> a0;
  real<lower=0, upper=1> a1;
  real<lower=0, upper=1 - a1> b1;
}
model {
  array[T] real sigma;
  sigma[1] = sigma1;
  for (t in 2 : T) sigma[t] = sqrt(a0 + a1 * square(y[t - 1] - mu) + b1 * square(sigma[t - 1]));
  y ~ normal(mu, sigma);
}
