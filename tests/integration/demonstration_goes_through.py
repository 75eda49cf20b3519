# SPDX-License-Identifier: Apache-2.0
"""Goal: script/run's demonstration works, twice in the same folder with the same passwords, its facts have the
promised shape, and it fails with a remedy when the ports are taken."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from harness import sanitizers
from harness.site import PORTS, PortBase, binary

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


class Demonstration(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="hikyaku-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.ports = PortBase()
        self.addCleanup(self.ports.close)

    def demonstrate(self, name="demo"):
        return subprocess.run(
            [sys.executable, os.path.join(ROOT, "script", "demo"), "--binary", binary(), "--check",
             "--dir", os.path.join(self.folder, name), "--port-base", str(self.ports.base)],
            capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False,
            env=sanitizers.environment())

    def facts(self):
        with open(os.path.join(self.folder, "demo", "demo.json"), encoding="utf-8") as f:
            return json.load(f)

    def test_twice(self):
        first = self.demonstrate()
        self.assertEqual(first.returncode, 0, first.stdout + first.stderr)
        self.assertIn("check: all went well", first.stdout)
        self.assertIn("tracking number", first.stdout)
        facts = self.facts()
        for key in ("host", "ports", "domains", "accounts", "certificate", "config", "data", "binary", "pid"):
            self.assertIn(key, facts)
        self.assertEqual(len(facts["domains"]), 2)
        self.assertEqual(len(facts["accounts"]), 3)
        for protocol, port in facts["ports"].items():
            self.assertEqual(port, self.ports.base + PORTS[protocol])
        for file in (facts["certificate"], facts["config"], facts["data"], facts["binary"]):
            self.assertTrue(os.path.isabs(file) and os.path.exists(file), file)
        self.assertEqual(os.stat(os.path.join(self.folder, "demo", "demo.json")).st_mode & 0o077, 0)

        again = self.demonstrate()
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertEqual(self.facts()["accounts"], facts["accounts"])

    def test_a_wrong_option_is_told_before_anything_is_built(self):
        for words in (["--frobnicate"], ["--port-base"], ["--port-base", "64001"], ["--port-base=many"], ["--dir"]):
            done = subprocess.run([os.path.join(ROOT, "script", "run"), *words], capture_output=True, text=True, timeout=60,
                                  stdin=subprocess.DEVNULL, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertRegex(done.stderr, r"^run: .*script/run --help\n$")

    def test_taken_ports_are_named(self):
        import socket
        taken = self.ports.base + PORTS["imaps"]
        with socket.create_server(("127.0.0.1", taken)):
            done = self.demonstrate()
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(taken), done.stderr)
        self.assertIn("taken", done.stderr)


if __name__ == "__main__":
    unittest.main()
