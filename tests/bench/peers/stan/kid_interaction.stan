// Kid score with an interaction, not centred, as Stan's GLM function.
data {
  int N;
  int D;
  matrix[N, D] X;
  vector[N] y;
}
parameters {
  vector[D] beta;
  real<lower=0> sigma;
}
model {
  sigma ~ cauchy(0, 2.5);
  y ~ normal_id_glm(X, 0, beta, sigma);
}
