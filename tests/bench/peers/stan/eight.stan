// Eight schools, non-centred.
data {
  int J;
  vector[J] y;
  vector[J] sigma;
}
parameters {
  real mu;
  real<lower=0> tau;
  vector[J] t;
}
model {
  mu ~ normal(0, 5);
  tau ~ cauchy(0, 5);
  t ~ normal(0, 1);
  y ~ normal(mu + tau * t, sigma);
}
