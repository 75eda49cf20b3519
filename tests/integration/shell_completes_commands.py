# SPDX-License-Identifier: Apache-2.0
"""Goal: bash completes commands and options, also behind an address, and files where a file belongs; and the script
loads without a word."""

import subprocess
import unittest

from harness.site import binary


def completed(*words):
    """What the tabulator key offers at the last word."""
    script = ('source <("$0" completion) || exit 9\n'
              'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hikyaku; printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "--norc", "-c", script, binary(), "hikyaku", *words], capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode or done.stderr:
        raise AssertionError(f"{words}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout.split()


class Bash(unittest.TestCase):
    def test_commands(self):
        self.assertEqual(completed("quick"), ["quickstart"])
        self.assertLessEqual({"serve", "account", "queue", "explain"}, set(completed("")))
        self.assertEqual(completed("account", "pass"), ["password"])
        self.assertEqual(set(completed("config", "")) & {"check", "show", "defaults"}, {"check", "show", "defaults"})

    def test_options_also_behind_an_address(self):
        self.assertEqual(completed("queue", "list", "--dest"), ["--destination"])
        self.assertIn("--name", completed("account", "add", "ann@example.org", "--"))
        self.assertEqual(completed("queue", "list", "--sender", "ann@example.org", "--rec"), ["--recipient"])
        self.assertIn("add", completed("--config", "/etc/hikyaku/hikyaku.toml", "account", ""))

    def test_values(self):
        self.assertIn("/etc/passwd", completed("serve", "--config", "/etc/passw"))
        self.assertEqual(completed("quickstart", "a@b.example", "--data", "/et"), ["/etc"])
        self.assertEqual(completed("account", "list", "--lang", "j"), ["ja"])


if __name__ == "__main__":
    unittest.main()
