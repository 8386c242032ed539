"""The contract of the programs that the product stands in for: every case of it has a test.

A test says which case it is by the number in its name; the cases of the proxy are tested in
`test_dropin_agentcore_*.py`, those of the bridge in `test_bridge*.py`.
"""

import ast
import re
from pathlib import Path

import pytest

#: What must be as in the originals, or better: start, wire, messages, concurrency, recovery, the end.
PROXY = [*range(1, 17), *range(17, 22), *range(22, 44), *range(44, 50), *range(50, 58), *range(58, 62)]
BRIDGE = [*range(62, 80)]


def numbers(pattern: str) -> set[int]:
    """The numbers in the names of the tests of some files."""
    found = set()
    for path in Path(__file__).parent.glob(pattern):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                number = re.match(r"test_(\d\d)_", node.name)
                found |= {int(number[1])} if number else set()
    return found


@pytest.mark.parametrize(
    "pattern, cases", [("test_dropin_agentcore_*.py", PROXY), ("test_bridge*.py", BRIDGE)], ids=["proxy", "bridge"]
)
def test_every_case_has_a_test_and_every_number_is_one_of_a_case(pattern, cases):
    assert numbers(pattern) == set(cases)
