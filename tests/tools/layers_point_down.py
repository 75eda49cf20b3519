# SPDX-License-Identifier: Apache-2.0
"""Goal: tools/check_layers refuses every include that src/LAYERS doesn't allow, and no other."""

import os
import subprocess
import tempfile
import unittest

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
LAYERS = """
floor base
floor protocol policy
floor port
allow protocol/dsn: protocol/smtp
wrap boost/: port/net
pure protocol
impure fstream sys/
"""

# what, file, its include, "" or a part of the complaint
CASES = [
    ("down", "port/net/a.h", '"base/b.h"', ""),
    ("itself", "port/net/a.h", '"port/net/c.h"', ""),
    ("up", "base/a.h", '"port/net/c.h"', "points up"),
    ("neighbour", "protocol/smtp/a.h", '"policy/p.h"', "neighbour"),
    ("neighbour that is allowed", "protocol/dsn/a.h", '"protocol/smtp/s.h"', ""),
    ("and not the other way", "protocol/smtp/a.h", '"protocol/dsn/d.h"', "neighbour"),
    ("leaf to the leaf around it", "port/net/tls/a.h", '"port/net/c.h"', ""),
    ("tests obey too", "base/a_test.cc", '"port/net/c.h"', "points up"),
    ("not from src/", "port/net/a.h", '"c.h"', "write the path"),
    ("wrapped library at home", "port/net/a.cc", "<boost/asio.hpp>", ""),
    ("wrapped library elsewhere", "port/dns/a.cc", "<boost/asio.hpp>", "only for port/net"),
    ("through a header", "port/a.cc", '"port/net/wraps.h"', "brings in"),
    ("I/O in a pure folder", "protocol/smtp/a.cc", "<sys/socket.h>", "is pure"),
    ("I/O in a test of one", "protocol/smtp/a_test.cc", "<fstream>", ""),
    ("no floor", "util/a.h", "<vector>", "no floor"),
]


class LayersPointDown(unittest.TestCase):
    def check(self, path, include):
        with tempfile.TemporaryDirectory() as root:
            subprocess.run(["git", "init", "-q", root], check=True)
            files = {
                "LAYERS": LAYERS, "base/b.h": "", "port/net/c.h": "", "policy/p.h": "",
                "protocol/smtp/s.h": "", "protocol/dsn/d.h": "",
                "port/net/wraps.h": "#include <boost/asio.hpp>\n",
                path: f"#include {include}\n"}
            for leaf in ("base", "protocol/smtp", "protocol/dsn", "policy", "port/net",
                         "port/net/tls", "port/dns"):
                files[f"{leaf}/CMakeLists.txt"] = ""
            for name, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), "w", encoding="utf-8") as f:
                    f.write(text)
            return subprocess.run([os.path.join(ROOT, "tools", "check_layers"), root],
                                  capture_output=True, text=True, check=False)

    def test_each_case(self):
        for what, path, include, complaint in CASES:
            with self.subTest(what):
                done = self.check(path, include)
                self.assertEqual(done.stderr, "")
                if complaint:
                    self.assertIn(complaint, done.stdout)
                    self.assertIn(f"src/{path}:1:", done.stdout)
                self.assertEqual(done.returncode, 1 if complaint else 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
