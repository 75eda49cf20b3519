#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the JSON of this folder from the YAML of the ARC suite.

Usage: convert.py FOLDER    (with arc-draft-validation-tests.yml and arc-draft-sign-tests.yml; needs python3-yaml)

Messages get the line ends of mail, CRLF. All else is as it stands there.
"""

import json
import os
import sys

import yaml

HERE = os.path.dirname(os.path.realpath(__file__))
SUITES = ("validation", "sign")


def case(name, given):
    out = {"name": name, "description": given["description"]}
    out["message"] = "\r\n".join(given["message"].split("\n"))
    for key in ("cv", "t", "sig-headers", "srv-id", "AS", "AMS", "AAR"):
        if key in given:
            out[key] = str(given[key])
    return out


def main():
    for suite in SUITES:
        with open(os.path.join(sys.argv[1], f"arc-draft-{suite}-tests.yml"), encoding="utf-8") as f:
            scenarios = [s for s in yaml.safe_load_all(f) if s]
        out = [{"scenario": s["description"].strip(), "domain": s.get("domain", ""), "selector": s.get("sel", ""),
                "key": s.get("privatekey", ""),
                "records": {name: text.replace("\n", "") for name, text in s["txt-records"].items()},
                "tests": [case(name, given) for name, given in s["tests"].items()]} for s in scenarios]
        with open(os.path.join(HERE, f"{suite}.json"), "w", encoding="ascii") as f:
            json.dump(out, f, indent=1)
            f.write("\n")
        print(suite, sum(len(s["tests"]) for s in out))


if __name__ == "__main__":
    main()
