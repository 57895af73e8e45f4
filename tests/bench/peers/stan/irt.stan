// Item response, two parameters an item.
data {
  int I;
  int J;
  int N;
  array[N] int v;
  array[N] int item;
  array[N] int person;
}
parameters {
  real<lower=0> sd_theta;
  vector[J] theta;
  real<lower=0> sd_a;
  vector<lower=0>[I] a;
  real mu_b;
  real<lower=0> sd_b;
  vector[I] b;
}
model {
  sd_theta ~ cauchy(0, 2);
  theta ~ normal(0, sd_theta);
  sd_a ~ cauchy(0, 2);
  a ~ lognormal(0, sd_a);
  mu_b ~ normal(0, 5);
  sd_b ~ cauchy(0, 2);
  b ~ normal(mu_b, sd_b);
  v ~ bernoulli_logit(a[item] .* (theta[person] - b[item]));
}
