"""The notebooks, run through a real client from top to bottom, against figures of other programs (reference.json).

Each notebook is executed once. To read its results exactly, a last cell is appended in the test that prints them
as JSON; the outputs a reader sees are checked beside.
"""

import base64
import json
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
# Draws differ from the truth by Monte Carlo error: 4.5 standard errors is exceeded once in 150,000 comparisons.
STANDARD_ERRORS = 4.5

PROBES = {
    "01-parameters-and-estimates.ipynb": """console.log(JSON.stringify({
  mle: { ...likeliest.estimates, errors: likeliest.standardErrors, logLikelihood: likeliest.logLikelihood },
  mapUniform: mapUniform.estimates, mapWide: mapWide.estimates, mapNarrow: mapNarrow.estimates,
  shares: [likeliestShare, onShare, onLogOdds].map((e) => e.estimates.p),
  ridge: [wide, narrow],
  posterior: posterior.summary().rows, warnings: [posterior, likeliest, mapUniform, mapWide, mapNarrow].flatMap((r) => r.warnings),
  divergences: posterior.statistics.divergent.reduce((a, b) => a + b, 0),
}))""",
    "02-eight-schools.ipynb": """console.log(JSON.stringify({
  separate: [...noPooling.estimates.theta], separateErrors: [...noPooling.standardErrors.theta],
  pooled: { mu: completePooling.estimates.mu, error: completePooling.standardErrors.mu },
  marginal: { ...marginalMle.estimates, logLikelihood: marginalMle.logLikelihood, warnings: marginalMle.warnings },
  library: { integrated: byLibrary.integrated, logLikelihood: byLibrary.logLikelihood },
  profile: [0, 2, 5, 10, 20].map((t) => profile(t)['log likelihood']),
  posterior: posterior.summary().rows,
  divergences: [centredPosterior, posterior].map((p) => p.statistics.divergent.reduce((a, b) => a + b, 0)),
  centredWarnings: centredPosterior.warnings, warnings: posterior.warnings,
}))""",
    "03-likelihood.ipynb": """console.log(JSON.stringify({
  coin: bent.estimates.p, weight: heaviest.estimates, life: lasting.derived.life, crossEntropy,
  logistic: trained.estimates, logLikelihood: trained.logLikelihood,
  top: top.estimates, ends: climbs.map(({ points, value }) => [...points.at(-1)!, value + top.logLikelihood]),
  steps: climbs.map(({ points }) => points.findIndex((point) => below(downhill.value(point)) < 0.001)),
  flat: (await mle(ridge)).warnings, separated: separated.warnings,
  optima: best.optima.map(({ values, logDensity }) => [values[0], logDensity]), doubt: best.warnings,
}))""",
    "04-uncertainty.ipynb": """console.log(JSON.stringify({
  rate: fit.estimates.rate, error: fit.standardErrors.rate, profile: [cutInterval.lower.value, cutInterval.upper.value],
  bootstrap: again.interval(0.95, 'percentile')[0],
  wald: [waldCoverage.share, waldCoverage.intervals], profiled: [profileCoverage.share, profileCoverage.intervals],
  sandwich: [robust.standardErrors.a, spreadOf('a'), robust.standardErrors.b, spreadOf('b')],
  percentile: [bootstrapCoverage.share, bootstrapCoverage.below, bootstrapCoverage.above], sides: [waldCoverage.below, waldCoverage.above],
}))""",
    "05-priors-and-regularisation.ipynb": """console.log(JSON.stringify({
  gap, lassoGap, zeros: Array.from(sparse.estimates.beta).filter((slope) => slope === 0).length,
  modes: [likeliest, natural, logarithmic].map((e) => e.estimates.sigma), mean: posterior.summary().rows[0],
  warnings: [mode, likeliest, natural, logarithmic, posterior].flatMap((r) => r.warnings),
  pulls, sparse: [...sparse.estimates.beta], scale,
  shortest: [highestDensity(draws), highestDensity(logs).map(Math.exp)],
  middle: [mean(draws), Math.exp(mean(logs)), quantile(draws, 0.5), Math.exp(quantile(logs, 0.5))],
  event: [share((v) => v > 2, draws), share((v) => v > Math.log(2), logs)],
}))""",
    "06-generalised-linear-models.ipynb": """console.log(JSON.stringify({
  line: line.estimates, errors: line.standardErrors, f: anova(line, withSlopes).rows[1], logistic: logistic.estimates,
  logisticErrors: logistic.standardErrors, poisson: poisson.deviance / poisson.degreesOfFreedom,
  course: [grouped.estimates.treated, grouped.standardErrors.treated], sampled: bayes.summary().rows,
  warnings: bayes.warnings,
  bills: [pooledBills, honestBills].map((fit) => fit.estimates.body_mass_g),
  ordinal: [ordinal.estimates, ordinal.standardErrors, ordinal.deviance], rates: [rates.estimates, rates.standardErrors, rates.deviance],
  counts: [poisson, negative].map((fit) => [fit.estimates, fit.standardErrors]), theta: negative.theta,
  mixed: [grouped.estimates, grouped.logLikelihood], separated: separated.warnings, held: held.estimates.kg,
}))""",
    "07-tests.ipynb": """console.log(JSON.stringify({
  welch: tTest(males, females), shuffled: asFar, t: tTest(someMales, someFemales, { equalVariances: true }).p,
  bayesFactor: bayes.bayesFactor, p: frequentist.p, n: planned.n, power: seen / studies, counts,
  chiSquared: chiSquaredTest(sexes).statistic, tea: fisherExactTest([[3, 1], [1, 3]]).p,
  f: analysisOfVariance(bySpecies).statistic,
  logRank: logRankTest(children.weeks, children.relapse, children.drug).statistic,
  cox: [cox.estimates.drug, cox.standardErrors.drug], ratio: [mean(ratio), quantile(ratio, 0.025), quantile(ratio, 0.975)],
  sleep: [tTest(drug2), paired, unpaired].map(({ p, interval }) => [p, ...(interval ?? [])]),
  sleepFactors: [bayesianTTest(drug2), bayesianTTest(drug2, drug1, { paired: true }), bayesianTTest(drug2, drug1)].map((b) => b.bayesFactor),
  proportions: [coin, cured, debate].map(({ p }) => p), shapiro: [males, females].map((values) => shapiroWilkTest(values).p),
  spreads: [varianceTest(males, females).p, bartlettTest({ males, females }).p],
  groups: [kruskalWallisTest(bySpecies).p, analysisOfVariance(bySpecies, { equalVariances: false }).p],
  groupsFactor: bayesianAnalysisOfVariance(bySpecies).logBayesFactor / Math.LN10, table: chiSquaredTest(bySpeciesAndIsland).p,
  correlations: [depth, within].map(({ columns: { bill_depth_mm: x, body_mass_g: y } }) =>
    (['pearson', 'spearman', 'kendall'] as const).map((method) => Object.values(correlationTest(x, y, { method }).estimates)[0])),
  adjusted: adjusted.map((values) => [...values]), curve: sizes.map((size) => powerAt(5)(size)),
  simulated: simulated.map(({ power, standardError }) => [power, standardError]),
}))""",
    "08-nuts.ipynb": """const count = (p) => p.statistics.divergent.reduce((n, v) => n + v, 0);
console.log(JSON.stringify({
  errors, rows, ending: trajectory.ending, posterior: posterior.summary().rows,
  warnings: [posterior, free, tempered].flatMap((p) => p.warnings), claimed, seen: standardDeviation(means), byMetric,
  divergences: [stuck, free].map(count), low: [stuck, free].map((p) => lowest(p.draws.logTau.values)),
  logTau: free.summary().rows[0], bfmi: [stuck, free].map((p) => Math.min(...energyPlot(p).bfmi)),
  apart: split.summary().rows[0].rHat, tempered: tempered.summary().rows[0], work,
  same: [second, other].map((p) => equal(first.draws.mu.values, p.draws.mu.values)),
}))""",
    "09-parameters.ipynb": """console.log(JSON.stringify({
  formula, trained, slopes, turned, byRate, moons: learned.last('validation accuracy'), count: net.count(), knockedOut, same,
}))""",
    "10-initialisation.ipynb": """console.log(JSON.stringify({ spreads, reached, apart, moved, variance }))""",
    "11-sharing.ipynb": """const at = together.findIndex((value) => Math.abs(value) === largest(together));
const table = one.get('embed.weight').values;
const once = { loss: crossEntropy(), optimiser: sgd({ rate: 1 }), steps: 1, batchSize: first.y.length };
const losses = [];
for (const by of [1e-4, -1e-4]) {
  one.set('embed.weight', table.map((value, i) => value + (i === at ? by : 0)));
  losses.push((await train(one, first, once)).stepLosses[0]);
  for (const { name } of two.parameters.rows) one.set(name, two.get(name).values);
}
console.log(JSON.stringify({
  uses, matrix, equivariance, byLength, stepsApart, counts: [one.count(), two.count()], tables: [alphabet.length, size],
  sumApart, byHand: (losses[0] - losses[1]) / 2e-4, slope: together[at],
  parts: [largest(below), largest(above)], runs, against,
}))""",
    "12-training-digits.ipynb": """console.log(JSON.stringify({
  before: start.stepLosses[0], ending: history.ending, best: history.best('validation loss').epoch, epochs: history.epochs,
  measured: Object.fromEntries(measured.map((row) => [row.metric, row.value])),
  mistakes: guess.reduce((sum, found, i) => sum + (found === test.y[i] ? 0 : 1), 0), byRule,
  rates: [scheduled.rows[0].rate, scheduled.rows.at(-1).rate], compared, equal, middle: firstPart.run.batch,
}))""",
    "13-capacity.ipynb": """console.log(JSON.stringify({ byWidth, memory, heldBack }))""",
}


class Run:
    """An executed notebook: its cells, what the probe printed, and how long the notebook itself took."""

    def __init__(self, name):
        notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
        self.length = len(notebook.cells)
        notebook.cells.append(nbformat.v4.new_code_cell(PROBES[name]))
        client = NotebookClient(
            notebook, timeout=300, kernel_name="estimand", resources={"metadata": {"path": str(NOTEBOOKS)}}
        )
        ends = {}
        # on_cell_complete comes when the request is sent, on_cell_executed when the reply is there.
        client.on_cell_executed = lambda cell, cell_index, execute_reply: ends.update({cell_index: time.monotonic()})
        began = time.monotonic()
        client.execute()
        self.seconds = max(end for index, end in ends.items() if index < self.length) - began
        self.cells = notebook.cells[: self.length]
        self.results = json.loads("".join(output.get("text", "") for output in notebook.cells[-1].outputs))

    def outputs(self):
        """Every output with its cell's source."""
        return [(cell.source, output) for cell in self.cells if cell.cell_type == "code" for output in cell.outputs]

    def bundle(self, media_type):
        """The data of every output that has this type."""
        return [output.data for _, output in self.outputs() if media_type in output.get("data", {})]

    def text_after(self, phrase):
        """Text of the outputs of the one code cell whose source contains `phrase`."""
        [cell] = [cell for cell in self.cells if cell.cell_type == "code" and phrase in cell.source]
        return "\n".join(output.get("text") or output["data"]["text/plain"] for output in cell.outputs)

    def row(self, phrase, name):
        """Numbers of the row called `name` in the table a cell printed."""
        lines = [line for line in self.text_after(phrase).splitlines() if line.startswith(f"{name}  ")]
        assert lines, f"no row '{name}' in:\n{self.text_after(phrase)}"
        return [float(word) for word in lines[0][len(name) :].split() if word not in ("true", "false")]


@pytest.fixture(scope="module", params=sorted(PROBES))
def any_run(request, runs):
    return runs(request.param)


@pytest.fixture(scope="module")
def runs():
    """Runs by name, each made once."""
    made = {}

    def get(name):
        if name not in made:
            made[name] = Run(name)
        return made[name]

    return get


@pytest.fixture(scope="module")
def penguins(runs):
    return runs("01-parameters-and-estimates.ipynb")


@pytest.fixture(scope="module")
def schools(runs):
    return runs("02-eight-schools.ipynb")


def agree(row, reference):
    """A summary row's mean and sd within Monte Carlo error of the exact ones; the effective sample size has a floor."""
    assert row["essBulk"] > 400 and row["rHat"] < 1.01, row
    assert abs(row["mean"] - reference["mean"]) < STANDARD_ERRORS * row["mcseMean"], (row, reference)
    assert abs(row["sd"] - reference["sd"]) < STANDARD_ERRORS * row["mcseSd"], (row, reference)


def test_runs_from_top_to_bottom_without_error_or_warning(any_run):
    print(f"{any_run.seconds:.1f} s")
    for source, output in any_run.outputs():
        assert output.output_type != "error", (source, output)
        assert output.get("name") != "stderr", (source, output.text)


def test_takes_less_than_a_minute(any_run):
    assert any_run.seconds < 60


def test_every_result_has_plain_text_and_none_has_html(any_run):
    for source, output in any_run.outputs():
        if output.output_type != "stream":
            assert output.data["text/plain"].strip(), source
            assert "text/html" not in output.data, source


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("01-parameters-and-estimates.ipynb", ["posterior", "comparison", "landscape"]),
        ("02-eight-schools.ipynb", ["posterior", "comparison"]),
        ("03-likelihood.ipynb", ["landscape"]),
        ("04-uncertainty.ipynb", ["comparison"]),
        ("05-priors-and-regularisation.ipynb", ["comparison"]),
        ("06-generalised-linear-models.ipynb", ["comparison"]),
        ("09-parameters.ipynb", ["history"]),
        ("12-training-digits.ipynb", ["history"]),
        ("13-capacity.ipynb", ["history"]),
    ],
)
def test_figures_carry_data_a_picture_and_words(runs, name, kinds):
    for kind in kinds:
        bundles = runs(name).bundle(f"application/vnd.estimand.{kind}.v1+json")
        assert bundles, f"no {kind}"
        for data in bundles:
            assert base64.b64decode(data["image/png"])[:8] == b"\x89PNG\r\n\x1a\n"
            assert data["text/plain"].strip()
            assert len(json.dumps(data[f"application/vnd.estimand.{kind}.v1+json"])) <= 200_000


def test_committed_outputs_are_small_and_from_a_clean_run():
    for name in PROBES:
        notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
        nbformat.validate(notebook)
        assert notebook.metadata.kernelspec.name == "estimand"
        assert notebook.metadata.kernelspec.language == "typescript"
        assert (NOTEBOOKS / name).stat().st_size < 1_000_000
        codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert [cell.execution_count for cell in codes] == list(range(1, len(codes) + 1))
        assert not any(output.output_type == "error" for cell in codes for output in cell.outputs)


def test_penguins_maximum_likelihood_is_that_of_statsmodels(penguins):
    reference, found = REFERENCE["penguins"]["ols"], penguins.results["mle"]
    for name in ("alpha", "beta", "sigma"):
        assert found[name] == pytest.approx(reference[name], rel=1e-8)
        assert found["errors"][name] == pytest.approx(reference[f"standard_error_{name}"], rel=1e-5)
    assert found["logLikelihood"] == pytest.approx(reference["log_likelihood"], rel=1e-10)


def test_penguins_printed_estimates_agree_too(penguins):
    reference = REFERENCE["penguins"]
    for name in ("alpha", "beta", "sigma"):
        estimate, error, *_ = penguins.row("await mle(line)", name)
        assert estimate == pytest.approx(reference["ols"][name], rel=2e-4)
        assert error == pytest.approx(reference["ols"][f"standard_error_{name}"], rel=2e-3)
        by_mle, by_hand = penguins.row("alphaByHand", name)
        assert by_mle == pytest.approx(by_hand, rel=1e-7)
    for label, tau in [("MAP, normal(0, 500)", "500"), ("MAP, normal(0, 50)", "50")]:
        printed = penguins.row("const mapNarrow", label)
        assert printed == pytest.approx([reference["map"][tau][k] for k in ("alpha", "beta", "sigma")], rel=1e-6)
    mean, sd, *_ = penguins.row("const posterior = await sample", "beta")
    assert mean == pytest.approx(reference["posterior"]["500"]["beta"]["mean"], abs=2)
    assert sd == pytest.approx(reference["posterior"]["500"]["beta"]["sd"], rel=0.1)


def test_penguins_uniform_prior_changes_nothing_on_its_own_scale(penguins):
    mle, found = penguins.results["mle"], penguins.results["mapUniform"]
    assert [found[k] for k in ("alpha", "beta", "sigma")] == pytest.approx(
        [mle[k] for k in ("alpha", "beta", "sigma")], rel=1e-8
    )
    assert penguins.results["shares"] == pytest.approx([1 / 5, 1 / 5, 2 / 7], rel=1e-8)


@pytest.mark.parametrize(("which", "tau", "place"), [("mapWide", "500", 0), ("mapNarrow", "50", 1)])
def test_penguins_gaussian_prior_is_ridge(penguins, which, tau, place):
    reference = REFERENCE["penguins"]["map"][tau]
    for name in ("alpha", "beta", "sigma"):
        assert penguins.results[which][name] == pytest.approx(reference[name], rel=1e-7)
    assert penguins.results["ridge"][place]["beta"] == pytest.approx(reference["beta"], rel=1e-7)
    assert penguins.results["ridge"][place]["lambda"] == pytest.approx(reference["lambda"], rel=1e-6)


def test_penguins_posterior_is_the_conjugate_one(penguins):
    assert penguins.results["divergences"] == 0
    assert penguins.results["warnings"] == []
    for row in penguins.results["posterior"]:
        agree(row, REFERENCE["penguins"]["posterior"]["500"][row["name"]])


def test_schools_without_and_with_pooling(schools):
    found = schools.results
    assert found["separate"] == pytest.approx([28, 8, -3, 7, -1, 1, 18, 12], rel=1e-8)
    assert found["separateErrors"] == pytest.approx([15, 10, 16, 11, 9, 11, 10, 18], rel=1e-6)
    assert found["pooled"]["mu"] == pytest.approx(REFERENCE["schools"]["pooled"]["mu"], rel=1e-8)
    assert found["pooled"]["error"] == pytest.approx(REFERENCE["schools"]["pooled"]["standard_error"], rel=1e-6)


def test_schools_mle_integrates_the_latent_effects_out(schools):
    assert schools.results["library"]["integrated"] == ["theta"]
    by_hand = schools.results["marginal"]["logLikelihood"]
    assert schools.results["library"]["logLikelihood"] == pytest.approx(by_hand, abs=1e-6)
    assert "integrated out: theta" in schools.text_after("const byLibrary")


def test_schools_marginal_mle_of_tau_is_zero(schools):
    reference, found = REFERENCE["schools"]["marginal"], schools.results["marginal"]
    assert reference["tau"] == 0
    assert 0 <= found["tau"] < 0.05
    assert found["mu"] == pytest.approx(reference["mu"], rel=1e-4)
    assert found["logLikelihood"] == pytest.approx(reference["log_likelihood"], abs=1e-5)
    assert any("tau is at the edge" in warning for warning in found["warnings"])
    assert schools.results["profile"] == pytest.approx(list(reference["profile"].values()), rel=1e-9)


def test_schools_posterior_is_the_exact_one(schools):
    reference = REFERENCE["schools"]["posterior"]
    rows = {row["name"]: row for row in schools.results["posterior"]}
    assert set(reference) <= set(rows)
    for name, figures in reference.items():
        agree(rows[name], figures)


def test_schools_centred_form_diverges_and_the_other_does_not(schools):
    centred, other = schools.results["divergences"]
    assert centred > 10
    assert other <= 2
    assert any("diverg" in warning for warning in schools.results["centredWarnings"])


def close(value, wanted, relative=1e-8):
    assert abs(value - wanted) <= relative * abs(wanted), (value, wanted)


def test_likelihood_agrees_with_closed_forms_and_statsmodels(runs):
    results = runs("03-likelihood.ipynb").results
    close(results["coin"], 0.7)
    # pandas 3.0: body_mass_g.mean(), .std(ddof=0)
    close(results["weight"]["mu"], 4201.754385964912)
    close(results["weight"]["sigma"], 800.781229238452)
    close(results["life"], (91 + 134 + 254 + 402 + 511 + 690 + 873 + 5000) / 7)
    # statsmodels 0.15.0: glm('male ~ kg', family=Binomial()).fit(tol=1e-14) of the 146 Adelie penguins
    close(results["logistic"]["(Intercept)"], -28.749639018171525)
    close(results["logistic"]["kg"], 7.813783220400594)
    close(results["logLikelihood"], -44.37124704759424)
    close(results["crossEntropy"], 44.37124704759424 / 146)


def test_optimisers_find_the_summit_of_least_squares_by_ways_of_their_own(runs):
    results = runs("03-likelihood.ipynb").results
    # R 4.2.2: coef(lm(I(mass / 1000) ~ I((flipper - 170) / 100))) of the 342 penguins
    summit = {"a": 2.66571493096, "b": 4.96855664061}
    for name, wanted in summit.items():
        close(results["top"][name], wanted)
    gradient, bfgs, newton = results["steps"]
    assert newton == 1 < bfgs <= 6 < 100 < gradient
    for a, b, below in results["ends"][1:]:
        close(a, summit["a"], 1e-7)
        close(b, summit["b"], 1e-7)
        assert abs(below) < 1e-9
    assert 0 < results["ends"][0][2] < 0.001


def test_likelihoods_without_one_summit_are_told(runs):
    results = runs("03-likelihood.ipynb").results
    assert "along a − b the density does not change" in results["flat"][0]
    assert "separation" in results["separated"][0]
    assert "2 optima were found" in results["doubt"][0]
    # R 4.2.2: optimize(function(m) sum(dcauchy(x, m, log = TRUE)), c(-5, 0) and c(0, 5), maximum = TRUE, tol = 1e-12)
    for found, wanted in zip(
        results["optima"], [(-3.065070357574, -18.90658411548), (2.694579750019, -19.781156135305)], strict=True
    ):
        close(found[0], wanted[0], 1e-6)
        close(found[1], wanted[1], 1e-10)


def test_uncertainty_agrees_with_closed_forms(runs):
    results = runs("04-uncertainty.ipynb").results
    close(results["rate"], 8 / 1000)
    close(results["error"], 8 / 1000 / 8**0.5, 1e-6)
    # R 4.2.2: uniroot of 2(s - n - n log(s/n)) = qnorm(0.975)^2 on both sides of n = 8, over the 1000 hours
    close(results["profile"][0], 0.0036558701374352, 1e-7)
    close(results["profile"][1], 0.01489154693335, 1e-7)
    # R 4.2.2: coverage by pgamma; four standard errors are exceeded once in 16,000.
    for (share, intervals), exact in ((results["wald"], 0.9556464), (results["profiled"], 0.9476141)):
        assert abs(share - exact) < 4 * (exact * (1 - exact) / intervals) ** 0.5
    # Wald's interval fails by lying too low, the percentiles of a bootstrap of eight by lying too high, and too often.
    assert results["sides"][0] > 3 * results["sides"][1]
    share, below, above = results["percentile"]
    assert 0.78 < share < 0.9 and above > 3 * below
    for at in (0, 2):  # the sandwich and the bootstrap of pairs estimate the same; 500 replicates give it to 3 %
        close(results["sandwich"][at], results["sandwich"][at + 1], 0.15)


def test_priors_are_penalties(runs):
    results = runs("05-priors-and-regularisation.ipynb").results
    assert results["gap"] < 1e-8
    assert results["lassoGap"] < 1e-8
    assert results["zeros"] == 8
    # With S = sum of squares and n = 5: of sigma the mode solves S/s^4 - n/s^2 = 1/4, of log sigma S/s^4 - (n-1)/s^2 = 1/4.
    total = 0.4**2 + 1.9**2 + 1.1**2 + 0.3**2 + 2.2**2
    for value, powers in zip(results["modes"][1:], (5, 4), strict=True):
        inverse = (powers + (powers**2 + total) ** 0.5) / (2 * total)
        close(value, inverse**-0.5, 1e-7)
    close(results["modes"][0], (total / 5) ** 0.5)
    assert results["mean"]["rHat"] < 1.01
    assert results["warnings"] == []


def test_the_lasso_is_where_the_pulls_of_the_data_and_of_the_prior_balance(runs):
    results = runs("05-priors-and-regularisation.ipynb").results
    push = 1 / results["scale"]
    for slope, pull in zip(results["sparse"], results["pulls"], strict=True):
        if slope == 0:
            assert abs(pull) < push
        else:
            close(pull, push if slope > 0 else -push, 1e-8)


def test_what_moves_with_the_scale_moves_and_what_does_not_stays(runs):
    results = runs("05-priors-and-regularisation.ipynb").results
    mean, mean_of_log, median, median_of_log = results["middle"]
    # R 4.2.2: integrate over s^-5 exp(-S / (2 s^2) - s^2 / 8), rel.tol = 1e-11. Draws: 16,000, worth some 4000 independent.
    assert abs(mean - 1.660604440666) < 0.045
    assert abs(mean_of_log - 1.578651466093) < 0.045
    assert abs(median - 1.54653993708) < 0.045
    assert abs(median - median_of_log) < 1e-3  # the mean of the two middle draws, and of their logarithms
    assert results["event"][0] == results["event"][1]
    assert abs(results["event"][0] - 0.2192068461492) < 4.5 * (0.22 * 0.78 / 4000) ** 0.5
    for found, exact in zip(
        results["shortest"], [(0.8555294003, 2.4625410386), (0.9454646737, 2.6187363714)], strict=True
    ):
        assert abs(found[0] - exact[0]) < 0.05 and abs(found[1] - exact[1]) < 0.15


def test_linear_models_agree_with_statsmodels(runs):
    results = runs("06-generalised-linear-models.ipynb").results
    # statsmodels 0.15.0: ols('body_mass_g ~ flipper_length_mm + C(species) + C(sex)')
    close(results["line"]["flipper_length_mm"], 20.024915430293095)
    close(results["line"]["speciesGentoo"], 836.2600081474613)
    close(results["line"]["sexmale"], 530.3810944866959)
    close(results["errors"]["sexmale"], 37.81010472655211)
    close(results["f"]["statistic"], 2.549333, 1e-6)
    close(results["f"]["p"], 0.079691, 1e-5)
    # glm('male ~ kg + C(species)', family=Binomial()).fit(tol=1e-14)
    close(results["logistic"]["kg"], 7.372843621134197)
    close(results["logisticErrors"]["kg"], 0.8141469039808917, 1e-6)
    assert results["poisson"] > 2
    estimate, error = results["course"]
    assert abs(estimate - -0.5108256237659907) < 3 * error
    [row] = [row for row in results["sampled"] if row["name"] == "treated"]
    assert abs(row["mean"] - estimate) < 0.5 * error  # weak priors
    assert results["warnings"] == []


def test_other_generalised_models_agree_with_r(runs):
    results = runs("06-generalised-linear-models.ipynb").results
    # R 4.2.2: coef(lm(bill_depth_mm ~ body_mass_g)), and with species
    close(results["bills"][0], -0.00116208051433)
    close(results["bills"][1], 0.001508538403105)
    # MASS 7.3: polr(relief ~ dose, Hess = TRUE, control = list(reltol = 1e-15))
    estimates, errors, deviance = results["ordinal"]
    for name, value, error in [
        ("dose", 0.0746780915, 0.0168939297),
        ("cutpoints[0]", 0.293202438, 0.341452064),
        ("cutpoints[1]", 1.943980757, 0.413653416),
    ]:
        close(estimates[name], value, 1e-6)
        close(errors[name], error, 1e-5)
    close(deviance, 151.822560649)
    # glm(deaths ~ smoker + age + offset(log(years)), poisson, control = list(epsilon = 1e-14))
    estimates, errors, deviance = results["rates"]
    close(estimates["smoker"], 0.354535637253)
    close(errors["smoker"], 0.107374118189)
    close(deviance, 12.1323663963)
    assert "separation" in results["separated"][0]
    assert 1 < results["held"] < 10


def test_counts_of_persons_agree_with_r(runs):
    results = runs("06-generalised-linear-models.ipynb").results
    # R 4.2.2, of the notebook's counts: glm(count ~ treated + after + course, poisson), MASS::glm.nb of the same, both with
    # epsilon = 1e-14
    (estimates, errors), (same, wider) = results["counts"]
    for name, value, error, larger in [
        ("treated", -0.51069342732188, 0.14706675346024, 0.2857500444058),
        ("course", 0.31538467500112, 0.09857148765234, 0.1993202627222),
    ]:
        close(estimates[name], value)
        close(errors[name], error)
        close(same[name], value, 1e-6)
        close(wider[name], larger, 1e-5)
    close(results["theta"]["theta"], 1.110658371669, 1e-6)
    # lme4 1.1: glmer(count ~ treated + after + course + (1 | person), v, poisson), as far as it converges
    estimates, likelihood = results["mixed"]
    assert abs(likelihood - -503.5205241182) < 1e-4
    for name, value in [("treated", -0.51064213704), ("after", 0.0439526818), ("course", 0.2353344726)]:
        assert abs(estimates[name] - value) < 5e-4


def test_tests_agree_with_scipy_and_r(runs):
    results = runs("07-tests.ipynb").results
    # scipy 1.17.1: ttest_ind(..., equal_var=False), f_oneway, chi2_contingency
    close(results["welch"]["statistic"], 13.126285923485874)
    close(results["f"], 341.8948949481461)
    close(results["chiSquared"], 0.039458413926499035)
    # R 4.2.2: t.test, fisher.test, power.t.test(tol = 1e-13), survdiff; BayesFactor 0.9.12: ttestBF
    close(results["p"], 0.0382195, 1e-5)
    close(results["tea"], 0.4857143, 1e-6)
    close(results["n"], 41.16902, 1e-6)
    close(results["logRank"], 16.79294098922)
    close(results["bayesFactor"], 2.16275228826, 1e-5)
    # 10,000 shuffles, 2000 studies, 500 rounds: four standard errors
    assert abs(results["shuffled"] - results["t"]) < 0.02
    assert abs(results["power"] - 0.807) < 4 * (0.8 * 0.2 / 2000) ** 0.5
    assert abs(results["counts"]["plain"] / 500 - (1 - 0.95**20)) < 4 * (0.64 * 0.36 / 500) ** 0.5
    assert results["counts"]["holm"] / 500 < 0.05 + 4 * (0.05 * 0.95 / 500) ** 0.5


def test_every_family_of_tests_agrees_with_r(runs):
    results = runs("07-tests.ipynb").results
    # R 4.2.2: t.test(d2), t.test(d2, d1, paired = TRUE), t.test(d2, d1): p-value and interval
    for found, wanted in zip(
        results["sleep"],
        [
            (0.005076132649772, 0.8976775393767, 3.762322460623),
            (0.002832890197384, 0.700114236723, 2.459885763277),
            (0.07939414018736, -0.2054832307117, 3.365483230712),
        ],
        strict=True,
    ):
        for value, figure in zip(found, wanted, strict=True):
            close(value, figure)
    # BayesFactor 0.9.12: extractBF(ttestBF(...))$bf
    for value, figure in zip(
        results["sleepFactors"], [10.71554323894, 17.25888026777, 1.265925149578], strict=True
    ):
        close(value, figure, 1e-4)
    checks = {
        # binom.test(60, 100), prop.test(c(118, 92), c(160, 150)), mcnemar.test(matrix(c(31, 12, 27, 30), 2))
        "proportions": [0.05688793364098, 0.02672147072918, 0.02497467929305],
        "shapiro": [0.4159823846649, 0.1985302820171],
        "spreads": [0.03356333796182, 0.03356449221301],  # var.test, bartlett.test
        "groups": [8.836876744282e-47, 7.441166056068e-61],  # kruskal.test, oneway.test
    }
    for name, figures in checks.items():
        for value, figure in zip(results[name], figures, strict=True):
            close(value, figure, 1e-6)
    close(results["groupsFactor"], 77.41744981364, 1e-5)  # anovaBF, log10
    close(results["table"], 2.281891540987e-60, 1e-8)
    # cor(method = "pearson", "spearman", "kendall")
    for found, wanted in zip(
        results["correlations"],
        [(-0.4719156211861, -0.432372221413, -0.1950698461288), (0.7190850286614, 0.7554535552469, 0.5617543424108)],
        strict=True,
    ):
        for value, figure in zip(found, wanted, strict=True):
            close(value, figure)
    # p.adjust(p, "bonferroni"), "holm", "BH": the third, fourth and seventh
    for found, wanted in zip(
        results["adjusted"], [(0.095, 0.12, 0.3), (0.076, 0.084, 0.14), (0.03, 0.03, 0.3 / 7)], strict=True
    ):
        for at, figure in zip((2, 3, 6), wanted, strict=True):
            close(found[at], figure)


def test_power_and_survival_agree_with_r(runs):
    results = runs("07-tests.ipynb").results
    # R 4.2.2: power.t.test(n, delta = 5, sd = 8)$power; Wilcoxon's test has 3/pi of the t-test's information at large n
    for exact, (simulated, error), figure in zip(
        results["curve"], results["simulated"], [0.2622536757602, 0.4866054865839, 0.807972925491], strict=True
    ):
        close(exact, figure, 1e-8)
        assert exact - 0.1 - 4 * error < simulated < exact + 4 * error
    # survival 3.5: coxph(Surv(weeks, relapse) ~ drug)
    close(results["cox"][0], -1.572125148829)
    close(results["cox"][1], 0.4123967177095, 1e-7)
    # R 4.2.2: 4,000,000 draws of rgamma(1 + 9, 10 + 359) / rgamma(1 + 21, 10 + 182)
    for value, figure in zip(results["ratio"], [0.24771, 0.10409, 0.48072], strict=True):
        assert abs(value - figure) < 0.03


def test_nuts_moves_as_it_should_and_is_judged_as_it_should(runs):
    results = runs("08-nuts.ipynb").results
    # The leapfrog is of second order: three times the step, nine times the error; and too long a step flies off.
    assert 8 < results["errors"][1] / results["errors"][0] < 10
    assert results["errors"][-1] > 100
    assert [row["leapfrogs"] for row in results["rows"]] == [1, 2, 4, 8]
    assert {row["direction"] for row in results["rows"]} == {"forwards", "backwards"}
    assert results["ending"] == "turning"
    # numpy 2.4.6: sums over the grid of 4001 x 4001 points, mu in -5 ... 14 and logSigma in -3 ... 5
    exact = {
        "mu": {"mean": 4.669838043, "sd": 0.332313843},
        "logSigma": {"mean": -0.151986752, "sd": 0.284379551},
    }
    for row in results["posterior"]:
        agree(row, exact[row["name"]])
    assert results["warnings"] == []
    # 20 runs tell a standard deviation to 16 %, the claim itself to 10 %: four standard errors
    assert abs(results["seen"] / results["claimed"] - 1) < 4 * 0.19


def test_nuts_needs_the_right_metric_and_the_right_form(runs):
    results = runs("08-nuts.ipynb").results
    diagonal, dense = results["byMetric"]
    assert diagonal["leapfrogs a draw"] > 3 * dense["leapfrogs a draw"]
    assert dense["smallest essBulk"] > 2 * diagonal["smallest essBulk"]
    stuck, free = results["divergences"]
    assert stuck > 4 and free == 0
    # normal(0, 3) below -5: 0.0478; the centred form does not get there
    assert results["low"][0] < 0.02 < results["low"][1] < 0.08
    agree(results["logTau"], {"mean": 0, "sd": 3})
    assert results["bfmi"][0] < 0.3 < results["bfmi"][1]


def test_nuts_is_held_against_several_modes_and_a_random_walk(runs):
    results = runs("08-nuts.ipynb").results
    assert results["apart"] > 1.5
    agree(results["tempered"], {"mean": 0, "sd": 65**0.5})
    walk, nuts = results["work"]
    assert nuts["essBulk per 1000 evaluations"] > 10 * walk["essBulk per 1000 evaluations"]
    assert results["same"] == [True, False]


def test_parameters_are_turned_to_where_least_squares_puts_them(runs):
    found = runs("09-parameters.ipynb").results
    assert found["trained"] == pytest.approx(found["formula"], rel=1e-7)
    assert [found["slopes"][knob] for knob in ("weight", "bias")] == pytest.approx(
        [found["turned"][knob] for knob in ("weight", "bias")], rel=1e-6
    )
    slow, _, right, *_, wild = [row["loss after 30 steps"] for row in found["byRate"]]
    assert slow > 3 * right and (wild == "not finite" or wild > 1e10)
    assert found["count"] == 2 * 16 + 16 + 16 * 2 + 2
    assert found["moons"] > 0.9
    first, *_, last = [row["accuracy"] for row in found["knockedOut"]]
    assert first > 0.9 and 0.4 < last < 0.6
    assert found["same"]


def test_starts_vanish_explode_and_break_symmetry_as_they_should(runs):
    found = runs("10-initialisation.ipynb").results
    small, xavier, he, large = [row["after layer 9"] / row["sd after layer 1"] for row in found["spreads"]]
    assert small < 1e-8 and large > 1e3
    # Over eight layers He keeps the spread; Xavier, for layers as wide as long, loses a factor of sqrt 2 at each.
    assert 0.5 < he < 2
    assert xavier == pytest.approx(2**-4, rel=0.6)
    vanished, *_, exploded = [row["gradient at layer 1"] for row in found["spreads"]]
    assert vanished < 1e-12 and exploded > 1
    stuck, *learned = found["reached"]
    assert stuck["loss after 5 epochs"] == pytest.approx(2.302585, abs=0.01)
    assert all(row["accuracy"] > 0.5 for row in learned)
    assert found["moved"] > 0.05 and found["apart"] < 1e-6
    assert found["variance"] == pytest.approx(1 / 64, rel=1e-5)


def test_shared_parameters_are_counted_once_and_used_everywhere(runs):
    found = runs("11-sharing.ipynb").results
    convolution, dense = found["uses"]
    assert convolution == {"layer": "convolution", "weights": 576, "products": 576 * 900, "uses of a weight": 900}
    assert [dense["weights"], dense["products"]] == [64 * 32 * 32 * 900] * 2
    # A 3 x 3 filter fits at 6 x 6 places of an image of 8 x 8.
    assert found["matrix"] == {"entries": 64 * 36, "not zero": 9 * 36, "different": 9}
    equivariant, other = [row["shift then layer, against layer then shift"] for row in found["equivariance"]]
    assert equivariant < 1e-6 and other > 0.1
    assert all(row["largest output"] > 0.1 for row in found["equivariance"])
    # torch's gru: three gates of (8 + 16 + 2) x 16
    assert [row["recurrent parameters"] for row in found["byLength"]] == [3 * 16 * (8 + 16 + 2)] * 3
    assert [row["dense parameters"] for row in found["byLength"]] == [16 * (8 * n + 1) for n in (4, 40, 400)]
    assert found["stepsApart"] < 1e-6


def test_a_tied_table_has_the_gradient_of_both_uses_and_does_about_as_well(runs):
    found = runs("11-sharing.ipynb").results
    characters, size = found["tables"]
    tied, untied = found["counts"]
    assert untied - tied == characters * size
    assert min(found["parts"]) > 1e-3 and found["sumApart"] < 1e-14
    # By a difference quotient of the loss at the entry that moves it most; its error is of order 1e-8.
    assert found["slope"] == pytest.approx(found["byHand"], rel=1e-6)
    apart, one = found["against"]
    assert [apart["parameters"], one["parameters"]] == [untied, tied]
    # log 50 = 3.91 knows nothing. The tied runs differ by 0.03 and the untied by 0.01 over seeds.
    for row in (apart, one):
        assert row["training loss"] < row["loss on the sixth sonnet"] < 2.4, row
    assert abs(one["loss on the sixth sonnet"] - apart["loss on the sixth sonnet"]) < 0.1
    assert len(found["runs"]) == 10


def test_digits_are_learned_and_measured_on_others(runs):
    found = runs("12-training-digits.ipynb").results
    assert found["before"] == pytest.approx(2.302585, rel=0.05)  # log 10
    assert found["ending"] == "stopped early" and found["best"] == found["epochs"] - 6
    assert found["measured"]["accuracy"] == pytest.approx(1 - found["mistakes"] / 451)
    # scikit-learn's logistic regression gets 0.96 on such a split; the standard error is 0.009.
    assert found["measured"]["accuracy"] > 0.93
    assert found["measured"]["top-2 accuracy"] > found["measured"]["accuracy"]
    plain, momentum, _ = [row["training loss"] for row in found["byRule"]]
    assert momentum < plain / 3
    assert found["rates"][0] == 0.1 and 0 < found["rates"][1] < 0.01
    dense, convolutional = found["compared"]
    assert [dense["parameters"], convolutional["parameters"]] == [9610, 1898]
    assert convolutional["test accuracy"] > 0.95
    assert found["equal"] and found["middle"] > 0


def test_capacity_remembers_noise_and_can_be_held_back(runs):
    found = runs("13-capacity.ipynb").results
    _, small, *_, wide = found["byWidth"]
    assert [small["parameters"], wide["parameters"]] == [18, 4482]
    assert wide["training accuracy"] == 1 and wide["test loss"] > 1.5 * small["test loss"]
    random, true = found["memory"]
    # 300 images, 19,210 parameters; guessing is right one time in ten (standard error 0.014).
    assert random["training accuracy"] > 0.98 and random["test accuracy"] < 0.17
    assert true["training accuracy"] > 0.98 and true["test accuracy"] > 0.85
    nothing, *ways = found["heldBack"]
    for way in ways:
        assert way["test accuracy"] > nothing["test accuracy"], way
        assert way["training accuracy"] < nothing["training accuracy"], way
        assert way["‖weights‖"] < nothing["‖weights‖"], way
