"""Asks what schemathesis makes of each operation of a schema: prints how often, and each answer
that is a fault. Arguments: the address, the token, the schema's file, examples of an operation."""

import json
import sys

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

ADDRESS, TOKEN, FILE, EXAMPLES = sys.argv[1:]
TEXTS = {
    "CountryCode": st.sampled_from(["AU", "SG", "ID", "XX"]),
    "Cursor": st.text(max_size=20),
    "DateTime": st.datetimes(timezones=st.just(None)).map(lambda at: f"{at.isoformat()}Z"),
    "Date": st.dates().map(str),
}
NUMBERS = {"BigInt": st.integers(-(2**63), 2**63 - 1), "Hours": st.integers(0, 10_000)}
for name, texts in TEXTS.items():
    schemathesis.graphql.scalar(name, texts.map(nodes.String))
for name, numbers in NUMBERS.items():
    schemathesis.graphql.scalar(name, numbers.map(nodes.Int))

schema = schemathesis.graphql.from_path(FILE)
schema.config.update(base_url=ADDRESS)
asked, faults = 0, []
for found in schema.get_all_operations():
    operation = found.ok()

    @seed(1)
    @settings(
        max_examples=int(EXAMPLES),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case):
        global asked
        asked += 1
        response = case.call(headers={"Authorization": TOKEN})
        errors = response.json().get("errors", [])
        codes = {error["extensions"]["code"] for error in errors}
        if response.status_code >= 500 or "INTERNAL" in codes:
            faults.append([response.status_code, case.body, errors])

    ask()
sys.stdout.write(json.dumps({"asked": asked, "faults": faults}))
