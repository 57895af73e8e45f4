// Logistic regression, as Stan's GLM function.
data {
  int n;
  int d;
  matrix[n, d] X;
  array[n] int y;
}
parameters {
  real a;
  vector[d] b;
}
model {
  a ~ normal(0, 2);
  b ~ normal(0, 1);
  y ~ bernoulli_logit_glm(X, a, b);
}
