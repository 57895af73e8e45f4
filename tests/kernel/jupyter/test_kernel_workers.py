"""Chains on workers, seen from a notebook: the kernel stays at hand, outputs stay with their cell, nothing lives on."""

import time

import pytest
from kernel_client import kernel

ENGINES = ("repl",)

MODEL = """
import { model, normal, halfNormal, sample } from 'estimand';
const schools = model()
  .data({ effect: [28, 8, -3, 7, -1, 1, 18, 12], se: [15, 10, 16, 11, 9, 11, 10, 18] })
  .parameters({ mu: normal(0, 5), tau: halfNormal(0, 5), z: normal(0, 1).size(8) })
  .observe(({ mu, tau, z, se }) => ({ effect: normal(mu + tau * z, se) }));
let posterior;
"""
LONG = 90


@pytest.fixture(scope="module")
def notebook():
    with kernel() as session:
        assert session.run(MODEL, timeout=LONG).status == "ok"
        yield session


def test_the_same_draws_on_workers_and_without(notebook):
    code = """
    const ends = [];
    for (const workers of [2, 0, 1]) {
      const { draws } = await sample(schools, { warmup: 100, draws: 50, seed: 3, workers });
      ends.push(draws.tau.values.join());
    }
    new Set(ends).size"""
    ran = notebook.run(code, timeout=LONG)
    assert ran.status == "ok", ran.error["text"]
    assert ran.result == "1"


def test_an_interrupted_run_on_workers_gives_what_it_has_and_goes_on(notebook):
    code = """
    console.log('started');
    posterior = await sample(schools, { warmup: 100, draws: 2_000_000, seed: 1, workers: 2 });
    posterior.ending"""
    msg_id = notebook.execute(code)
    notebook.started(msg_id)
    began = time.monotonic()
    assert notebook.interrupt().content == {"status": "ok"}
    ran = notebook.finish(msg_id, timeout=LONG)
    assert time.monotonic() - began < 20
    assert ran.status == "ok", ran.error["text"]
    assert ran.result == "'interrupted'"
    more = "(await sample(schools, { warmup: 100, draws: 20, seed: 1, workers: 2, resume: posterior })).ending"
    assert notebook.run(more, timeout=LONG).result == "'complete'"


def test_what_onDraws_prints_belongs_to_the_cell_that_asked(notebook):
    for name in ("first", "second"):
        code = f"""
        let seen = 0;
        await sample(schools, {{ warmup: 50, draws: 50, chains: 2, seed: 1, workers: 2,
          onDraws: ({{ logDensity }}) => {{ seen += logDensity.length; console.log('{name}'); }} }});
        seen"""
        ran = notebook.run(code, timeout=LONG)
        assert ran.status == "ok", ran.error["text"]
        assert ran.result == "100"
        assert set(ran.text().split()) == {name}
        assert ran.text("stderr") == ""


def test_cells_answer_while_chains_run_without_await(notebook):
    ran = notebook.run("let under = sample(schools, { warmup: 100, draws: 20_000, seed: 1, workers: 2 }); 0")
    assert ran.status == "ok"
    assert notebook.value("1 + 1") == "2"
    assert notebook.run("(await under).drawsPerChain", timeout=LONG).result == "20000"


def test_a_kernel_with_warm_workers_ends_at_once():
    with kernel() as session:
        assert session.run(MODEL, timeout=LONG).status == "ok"
        assert session.run("await sample(schools, { warmup: 50, draws: 50, workers: 2 }); 0", timeout=LONG).status == "ok"
        began = time.monotonic()
        session.ask("shutdown_request", {"restart": False}, channel="control")
        session.manager.provisioner.process.wait(20)
        assert time.monotonic() - began < 20
