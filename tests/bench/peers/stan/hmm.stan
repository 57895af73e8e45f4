// Hidden Markov model of two states, forward algorithm; the rows of the transition matrix are (p, 1 − p).
data {
  int N;
  array[N] real y;
}
parameters {
  real<lower=0, upper=1> p1;
  real<lower=0, upper=1> p2;
  positive_ordered[2] mu;
}
model {
  matrix[2, 2] logA;
  vector[2] g;
  logA[1, 1] = log(p1);
  logA[1, 2] = log1m(p1);
  logA[2, 1] = log(p2);
  logA[2, 2] = log1m(p2);
  mu[1] ~ normal(3, 1);
  mu[2] ~ normal(10, 1);
  for (k in 1 : 2) g[k] = normal_lpdf(y[1] | mu[k], 1);
  for (t in 2 : N) {
    vector[2] h;
    for (k in 1 : 2) h[k] = log_sum_exp(g + logA[ : , k]) + normal_lpdf(y[t] | mu[k], 1);
    g = h;
  }
  target += log_sum_exp(g);
}
