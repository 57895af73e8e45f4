// Varying intercepts and slopes by group, non-centred.
data {
  int n;
  int J;
  array[n] int g;
  vector[n] fl;
  vector[n] y;
}
parameters {
  real ma;
  real mb;
  real<lower=0> sa;
  real<lower=0> sb;
  real<lower=0> s;
  vector[J] ar;
  vector[J] br;
}
model {
  vector[J] al = ma + sa * ar;
  vector[J] be = mb + sb * br;
  ma ~ normal(0, 10);
  mb ~ normal(0, 10);
  sa ~ normal(0, 1);
  sb ~ normal(0, 1);
  s ~ normal(0, 1);
  ar ~ normal(0, 1);
  br ~ normal(0, 1);
  y ~ normal(al[g] + fl .* be[g], s);
}
