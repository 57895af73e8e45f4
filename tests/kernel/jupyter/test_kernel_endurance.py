"""
Hundreds of cells at random, one after the other: nothing lost, nothing out of order. `npm run bench -- endurance` runs
20,000 and looks at memory.
"""

import pytest
from kernel_client import kernel
from random_cells import RandomCells, said

ENGINES = ("repl",)


@pytest.mark.parametrize("seed", [1, 2])
def test_hundreds_of_cells_at_random_lose_nothing(tmp_path, seed):
    with kernel(cwd=tmp_path) as session:
        cells = RandomCells(session, seed)
        for _ in range(300):
            cells.step()
        cells.settle()
        assert sum(cells.ran.values()) == 300


def test_a_hundred_interrupts_at_random_each_stop_their_cell_and_no_other(tmp_path):
    with kernel(cwd=tmp_path) as session:
        cells = RandomCells(session, 3)
        for _ in range(100):
            cells.number += 1
            cells.is_interrupted()
        cells.settle()


def test_text_of_one_stream_is_compared_joined_whatever_the_messages_were():
    def stream(name, text):
        return {"msg_type": "stream", "content": {"name": name, "text": text}}

    status = {"msg_type": "status", "content": {"execution_state": "idle"}}
    assert said([stream("stdout", "a"), status, stream("stdout", "b"), stream("stderr", "c")]) == [
        ("stdout", "ab"),
        ("stderr", "c"),
    ]
