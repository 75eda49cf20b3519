# SPDX-License-Identifier: Apache-2.0
"""Goal: every reason id that the program can say (HK-…) has an entry in explain's catalogue, and the
catalogue has no entry for an id that nothing says."""

import glob
import os
import re
import unittest

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


class ExplainKnowsEveryReason(unittest.TestCase):
    def test_both_ways(self):
        said = set()
        for path in glob.glob(os.path.join(ROOT, "src", "**", "*.cc"), recursive=True):
            if "/explain/" not in path and not path.endswith(("_test.cc", "_fuzz.cc", "_bench.cc")):
                said.update(re.findall(r'"(HK-[A-Z0-9-]+)"', read(path)))
        known = set()
        for line in read(os.path.join(ROOT, "src", "explain", "catalogue", "ours.txt")).splitlines():
            if line.startswith("= "):
                known.update(line[2:].split())
        self.assertEqual(sorted(said - known), [], "add these to src/explain/catalogue/ours.txt")
        if said:
            self.assertEqual(sorted(known - said), [], "nothing says these any more")


if __name__ == "__main__":
    unittest.main()
