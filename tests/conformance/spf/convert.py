#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the JSON of this folder from the YAML of the SPF suites.

Usage: convert.py FOLDER    (with rfc7208-tests.yml and the like; needs python3-yaml)

A name's records are [type, text]; "timeout" says that every other type of the name fails. Where a name has no TXT
record, its SPF records (type 99) stand for them, as the suites' own comments want it; "TXT: NONE" forbids that.
"""

import json
import os
import sys

import yaml

HERE = os.path.dirname(os.path.realpath(__file__))
SUITES = ("rfc7208-tests", "rfc4408-tests", "pyspf-extra-tests")


def text_of(kind, value):
    if kind == "MX":
        return f"{value[0]} {value[1]}"
    return "".join(value) if isinstance(value, list) else str(value)


def name_in_zone(given):
    records, timeout = [], False
    for record in given:
        if record == "TIMEOUT":
            timeout = True
            continue
        (kind, value), = record.items()
        records.append([kind, text_of(kind, value)])
    if not any(kind == "TXT" for kind, _ in records):
        records = [["TXT" if kind == "SPF" else kind, value] for kind, value in records]
    records = [r for r in records if r[0] != "SPF" and r != ["TXT", "NONE"]]
    return {"records": records, "timeout": timeout}


def case(name, given):
    result = given["result"]
    out = {"name": name, "spec": str(given.get("spec", "")), "helo": given["helo"], "client": given["host"],
           "mailfrom": given["mailfrom"], "results": result if isinstance(result, list) else [result]}
    if "explanation" in given:
        out["explanation"] = given["explanation"]
    return out


def main():
    for suite in SUITES:
        with open(os.path.join(sys.argv[1], f"{suite}.yml"), encoding="utf-8") as f:
            scenarios = [s for s in yaml.safe_load_all(f) if s]
        out = [{"scenario": (s.get("description") or s.get("comment") or "").strip(),
                "zone": {name: name_in_zone(records) for name, records in s["zonedata"].items()},
                "tests": [case(name, given) for name, given in s["tests"].items()]} for s in scenarios]
        with open(os.path.join(HERE, f"{suite}.json"), "w", encoding="ascii") as f:
            json.dump(out, f, indent=1)
            f.write("\n")
        print(suite, sum(len(s["tests"]) for s in out))


if __name__ == "__main__":
    main()
