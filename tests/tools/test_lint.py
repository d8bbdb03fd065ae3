"""Every rule of the house lets its good samples pass and finds its bad ones."""

import pytest

from tools.rules import RULES, Rule, Source

SAMPLES = [
    pytest.param(rule, sample, broken, id=f"{rule.name}-{'bad' if broken else 'good'}-{number}")
    for rule in RULES
    for broken, samples in ((False, rule.good), (True, rule.bad))
    for number, sample in enumerate(samples)
]


@pytest.mark.parametrize(("rule", "sample", "broken"), SAMPLES)
def test_a_rule_knows_good_from_bad(rule: Rule, sample: str, broken: bool) -> None:
    assert bool(list(rule.find(Source(rule.at, sample)))) == broken


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_looks_where_its_samples_stand(rule: Rule) -> None:
    assert rule.good
    assert rule.bad
    assert rule.looks_at(rule.at)
    assert rule.advice.endswith((".", ")"))
