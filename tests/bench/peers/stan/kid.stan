// Kid score on mother's high school and IQ.
data {
  int n;
  vector[n] hs;
  vector[n] iq;
  vector[n] y;
}
parameters {
  vector[3] b;
  real<lower=0> s;
}
model {
  s ~ cauchy(0, 2.5);
  y ~ normal(b[1] + b[2] * hs + b[3] * iq, s);
}
