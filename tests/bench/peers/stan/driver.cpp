// Answers questions about one Stan model on standard input, one a line:
//   value        the log density (with constants and Jacobian) and its gradient at every position, as JSON
//   time REPS    CPU microseconds an evaluation of log density (constants dropped) and gradient, over REPS of them
// Arguments: data file (JSON), positions file (JSON-like: one position a line, numbers separated by spaces).
#include MODEL_HPP
#include <chrono>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <stan/io/json/json_data.hpp>
#include <stan/model/log_prob_grad.hpp>
#include <string>
#include <vector>

static double cpuMicroseconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e6 * now.tv_sec + 1e-3 * now.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  std::ifstream dataFile(argv[1]);
  stan::json::json_data data(dataFile);
  model_model_namespace::model_model model(data, 1, &std::cerr);
  std::vector<Eigen::VectorXd> positions;
  std::ifstream positionFile(argv[2]);
  for (std::string line; std::getline(positionFile, line);) {
    std::istringstream numbers(line);
    std::vector<double> q;
    for (double x; numbers >> x;) q.push_back(x);
    if (!q.empty()) positions.push_back(Eigen::Map<Eigen::VectorXd>(q.data(), q.size()));
  }
  std::cout << std::setprecision(17);
  Eigen::VectorXd gradient(positions[0].size());
  for (std::string command; std::cin >> command;) {
    if (command == "value") {
      std::cout << "[";
      for (size_t p = 0; p < positions.size(); p++) {
        double lp = stan::model::log_prob_grad<false, true>(model, positions[p], gradient, nullptr);
        std::cout << (p ? "," : "") << "{\"value\":" << lp << ",\"gradient\":[";
        for (int i = 0; i < gradient.size(); i++) std::cout << (i ? "," : "") << gradient[i];
        std::cout << "]}";
      }
      std::cout << "]" << std::endl;
    } else if (command == "time") {
      long reps;
      std::cin >> reps;
      double sum = 0;
      double start = cpuMicroseconds();
      for (long r = 0; r < reps; r++)
        sum += stan::model::log_prob_grad<true, true>(model, positions[r % positions.size()], gradient, nullptr);
      double each = (cpuMicroseconds() - start) / reps;
      std::cout << "{\"us\":" << each << ",\"sum\":" << (sum == sum ? 1 : 0) << "}" << std::endl;
    }
  }
}
