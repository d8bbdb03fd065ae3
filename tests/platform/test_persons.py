"""What a person is called is looked for as it stands, whatever it means in a regular expression."""

import re

from gausdo.kernel.persons import Traces
from gausdo.kernel.values import new_id
from gausdo.platform.persons import NEVER, pattern_of

ODD = "O'Neil (jr.) [a+b]* ^$ {2,} \\d | x"


def test_a_name_is_no_regular_expression() -> None:
    found = re.compile(pattern_of(Traces(id=new_id(), texts=(ODD,))) or NEVER)
    assert found.fullmatch(ODD)
    for other in ("O'Neil xjr.) [a+b]* ^$ {2,} \\d | x", "", " x", "O'Neil (jr.) aaa"):
        assert not found.fullmatch(other)
