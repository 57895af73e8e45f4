// One chain of Stan's NUTS with its defaults (diagonal metric, windowed adaptation, delta 0.8, depth 10).
// Arguments: data file (JSON), seed, chain, draws (and as many of warm-up), file for the draws.
// The file has one row a draw: the constrained parameters, then lp__; standard output is one line of JSON.
#include MODEL_HPP
#include <chrono>
#include <ctime>
#include <fstream>
#include <iostream>
#include <stan/callbacks/interrupt.hpp>
#include <stan/callbacks/logger.hpp>
#include <stan/callbacks/writer.hpp>
#include <stan/io/empty_var_context.hpp>
#include <stan/io/json/json_data.hpp>
#include <stan/services/sample/hmc_nuts_diag_e_adapt.hpp>
#include <string>
#include <vector>

// lp__, accept_stat__, stepsize__, treedepth__, n_leapfrog__, divergent__, energy__, then the parameters.
static const size_t statistics = 7;

class Draws : public stan::callbacks::writer {
 public:
  std::vector<std::string> names;
  std::vector<double> rows;
  double leapfrogs = 0;
  void operator()(const std::vector<std::string> &given) override {
    names.assign(given.begin() + statistics, given.end());
  }
  void operator()(const std::vector<double> &state) override {
    rows.insert(rows.end(), state.begin() + statistics, state.end());
    rows.push_back(state[0]);
    leapfrogs += state[4];
  }
};

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  std::ifstream dataFile(argv[1]);
  stan::json::json_data data(dataFile);
  model_model_namespace::model_model model(data, 1, &std::cerr);
  const unsigned seed = std::stoul(argv[2]);
  const unsigned chain = std::stoul(argv[3]);
  const int draws = std::stoi(argv[4]);
  stan::io::empty_var_context start;
  stan::callbacks::interrupt interrupt;
  stan::callbacks::logger logger;
  stan::callbacks::writer nowhere;
  Draws kept;
  const std::clock_t before = std::clock();
  const int code = stan::services::sample::hmc_nuts_diag_e_adapt(
      model, start, seed, chain, 2.0, draws, draws, 1, false, 0, 1.0, 0.0, 10, 0.8, 0.05, 0.75, 10.0, 75, 50, 25,
      interrupt, logger, nowhere, kept, nowhere);
  const double cpu = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  std::ofstream out(argv[5], std::ios::binary);
  out.write(reinterpret_cast<const char *>(kept.rows.data()), kept.rows.size() * sizeof(double));
  std::cout << "{\"cpu\":" << cpu << ",\"leapfrogs\":" << kept.leapfrogs << ",\"names\":[";
  for (size_t i = 0; i < kept.names.size(); i++) std::cout << (i ? "," : "") << '"' << kept.names[i] << '"';
  std::cout << "]}" << std::endl;
  return code;
}
