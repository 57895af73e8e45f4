"""What the tests of the other front ends share."""

import pytest
from front_end import FrontEnd


@pytest.fixture
def front_end(tmp_path):
    """Programs with folders of their own, which must leave nothing in those for temporary files and in the home."""
    made = FrontEnd(tmp_path)
    yield made
    assert made.left_behind() == []
