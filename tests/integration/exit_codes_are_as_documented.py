# SPDX-License-Identifier: Apache-2.0
"""Goal: each exit code that docs/admin/exit-codes.md promises for a command comes when it should, and the page promises
no other; so a script may trust it."""

import fcntl
import glob
import os
import re
import subprocess
import unittest

from harness import sanitizers
from harness.clients import message, smtp
from harness.daemon import Daemon
from harness.dns import DnsServer
from harness.site import Site, binary

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
WORKS = {  # a command of each row that ends well, with the configuration of a site
    "domain": ["domain", "list"], "account": ["account", "list"], "alias": ["alias", "list"],
    "queue": ["queue", "list"], "track": ["track", "--limit", "1"], "store check": ["store", "check"],
    "config check": ["config", "check"], "config show": ["config", "show"], "config defaults": ["config", "defaults"],
    "completion": ["completion"], "explain": ["explain", "HK-RELAY-DENIED"]}
REFUSED = {
    "domain": ["domain", "show", "nowhere.example"], "account": ["account", "show", "nobody@hikyaku.example"],
    "alias": ["alias", "show", "nobody@hikyaku.example"], "queue": ["queue", "show", "0000000000001"],
    "track": ["track", "000000000000A"], "explain": ["explain", "good morning"]}


def documented():
    """{command: {code, …}} of the page's second table; and the codes of its first."""
    with open(os.path.join(ROOT, "docs", "admin", "exit-codes.md"), encoding="utf-8") as f:
        codes, commands = re.findall(r"(?m)^\|---.*\n((?:\|.*\n)+)", f.read())
    table = {}
    for names, told in re.findall(r"(?m)^\| (.*?) \| (.*) \|$", commands):
        for name in re.findall(r"`(.*?)`", names) or [names]:
            table[name] = {int(code) for code in re.findall(r"\b[0-9]\b", told)}
    return table, {int(code) for code in re.findall(r"(?m)^\| (\d) \|", codes)}


class ExitCodes(unittest.TestCase):
    """self.end() notes what was seen; at the end it must be what the page says, no less and no more."""

    def setUp(self):
        self.seen = {}
        self.dns = DnsServer({})
        self.addCleanup(self.dns.close)
        self.site = self.new_site()

    def new_site(self):
        site = Site({"dns": {"forwarders": [self.dns.forwarder], "dnssec": False}})
        self.addCleanup(site.close)
        return site

    def end(self, command, code, site, *words, **options):
        done = site.run(*words, check=False, **options)
        self.assertEqual(done.returncode, code, f"{words}:\n{done.stdout}{done.stderr}")
        if code not in (0, 5):
            self.assertRegex(done.stderr, r"^hikyaku: \S", words)
        self.seen.setdefault(command, set()).add(code)

    def quickstart(self, site, *options):
        return ["quickstart", *(options or ["you@hikyaku.example"]), "--data", site.directory]

    def everything_is_done(self):
        for command, words in WORKS.items():
            self.end(command, 0, self.site, *words)
        self.end("quickstart", 0, self.site, *self.quickstart(self.site), config=False)
        self.end("demo", 0, self.site, "demo", "--dir", self.site.directory + "/other", config=False)
        server = Daemon([binary(), "serve", "--config", self.site.config], env=sanitizers.environment())
        server.wait_for(r"\bapp\.ready\b", 30)
        self.assertEqual(server.stop(), 0)
        self.seen.setdefault("serve", set()).add(0)

    def refused(self):
        for command, words in REFUSED.items():
            self.end(command, 1, self.site, *words)
        self.end("quickstart", 1, self.site, *self.quickstart(self.site, "you"), config=False)
        self.end("demo", 1, self.site, "demo", "--dir", self.site.config + "/below-a-file", config=False)
        newer = self.new_site()
        with open(os.path.join(newer.data, "store", "FORMAT"), "w", encoding="utf-8") as f:
            f.write("hikyaku store 9999\n")
        self.end("serve", 1, newer, "serve")
        self.end("store check", 1, newer, "store", "check")

    def wrong_configuration(self):
        with open(self.site.config, "a", encoding="utf-8") as f:
            f.write("\n[smpt]\nx = 1\n")
        told = documented()[0]
        for command, words in {**WORKS, "serve": ["serve"]}.items():
            self.end(command, 3 if 3 in told[command] else 0, self.site, *words)
        self.end("quickstart", 3, self.site, *self.quickstart(self.site), config=False)

    def in_use(self):
        """Another process has the store, and answers on no control socket."""
        site = self.new_site()
        (path,) = glob.glob(os.path.join(site.data, "store", "**", "LOCK"), recursive=True)
        with open(path, "r+b") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            for command in ("domain", "account", "alias", "queue", "track", "store check"):
                self.end(command, 4, site, *WORKS[command])
            self.end("serve", 4, site, "serve")
            self.end("quickstart", 4, site, *self.quickstart(site), config=False)
            self.end("demo", 4, site, "demo", "--dir", site.directory, "--port-base", site.port_base, config=False)

    def findings(self):
        site = self.new_site()
        site.start()
        with smtp(site) as client:
            client.sendmail("a@b.example", [site.bob[0]],
                            message("a@b.example", site.bob[0], body="to be damaged\r\n" * 100))
        self.assertEqual(site.stop(), 0)
        for path in glob.glob(os.path.join(site.data, "store", "log", "*.log")):
            with open(path, "r+b") as f:
                at = f.read().find(b"to be damaged\r\n" * 2)
                if at >= 0:
                    f.seek(at)
                    f.write(b"T")
        self.end("store check", 5, site, "store", "check")

    def of_all(self):
        names = [words[:2] if words[0] in ("domain", "account", "alias", "queue", "store", "config") else words[:1]
                 for words in [*WORKS.values(), ["serve"], ["quickstart"], ["demo"]]]
        for words in names:
            self.end("all", 2, self.site, *words, "--frobnicate")
            self.end("all", 0, self.site, *words, "--help")
        self.end("all", 0, self.site, "--version", config=False)
        for words in (WORKS["config defaults"], WORKS["completion"], WORKS["explain"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([binary(), *words], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
            self.assertEqual(done.returncode, 4, words)
        self.seen["all"].add(4)

    def test_each_one_is_met(self):
        table, codes = documented()
        self.assertEqual(codes, {0, 1, 2, 3, 4, 5})
        for provoke in (self.everything_is_done, self.refused, self.in_use, self.findings, self.of_all,
                        self.wrong_configuration):
            with self.subTest(provoke.__name__):
                provoke()
        self.assertEqual(self.seen, table)


if __name__ == "__main__":
    unittest.main()
