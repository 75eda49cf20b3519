# SPDX-License-Identifier: Apache-2.0
"""Goal: commands take names as people write them, say what is wrong with what they can't take, and explain what a queue
is waiting for, in the language of the one who asks."""

import json
import subprocess
import unittest

from harness import sanitizers
from harness.clients import message, submit
from harness.dns import DnsServer
from harness.remote import RemoteServer
from harness.site import Site, binary


def hikyaku(*words, **environment):
    return subprocess.run([binary(), *words], capture_output=True, text=True, timeout=60, check=False,
                          env={**sanitizers.environment(), "HIKYAKU_LANG": "", "LC_ALL": "C", **environment}, stdin=subprocess.DEVNULL)


class CommandLine(unittest.TestCase):
    def test_an_unknown_command_is_named(self):
        done = hikyaku("frobnicate")
        self.assertEqual(done.returncode, 2)
        self.assertIn('no command "frobnicate"', done.stderr)
        self.assertIn("--help", done.stderr)

    def test_a_wrong_command_line_is_json_when_json_is_asked_for(self):
        for words in (["frobnicate", "--json"], ["account", "show", "--json"], ["queue", "--json"]):
            done = hikyaku(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertEqual(json.loads(done.stdout)["error"]["remedy"], "permanent", words)


class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)
        cls.site.start()
        cls.domain = cls.site.alice[0].partition("@")[2]
        cls.site.run("alias", "add", f"Office@{cls.domain}", cls.site.alice[0])

    def test_case_does_not_matter(self):
        self.assertEqual(self.site.json("domain", "show", self.domain.upper() + ".")["domain"], self.domain)
        self.assertEqual(self.site.json("alias", "show", f"OFFICE@{self.domain.upper()}")["targets"],
                         [self.site.alice[0]])
        self.assertEqual(self.site.json("account", "list", self.domain.upper()),
                         self.site.json("account", "list", self.domain))

    def test_a_domain_that_is_not_ours_is_an_error(self):
        for words in (("domain", "show"), ("account", "list"), ("alias", "list")):
            done = self.site.run(*words, "nowhere.example", check=False)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("no such domain: nowhere.example", done.stderr)


class WaitingMail(unittest.TestCase):
    def test_queue_show_explains_the_last_reply(self):
        peer = RemoteServer(address="127.0.0.2")
        self.addCleanup(peer.close)
        peer.script["rcpt"] = "452 4.2.2 mailbox full"
        dns = DnsServer({"far.example": {"A": ["127.0.0.2"]}})
        self.addCleanup(dns.close)
        site = Site({"dns": {"forwarders": [dns.forwarder], "dnssec": False},
                     "delivery": {"retry_after": ["1h"], "port": peer.port}})
        self.addCleanup(site.close)
        site.start()
        with submit(site, site.alice) as client:
            client.sendmail(site.alice[0], ["bob@far.example"], message(site.alice[0], "bob@far.example"))
        site.daemon.wait_for(r"event=delivery\.deferred .*mailbox full", 30)
        (item,) = site.json("queue", "list")["items"]
        show = ("queue", "show", item["id"], "--config", site.config)
        english, japanese = hikyaku(*show, LC_ALL="C"), hikyaku(*show, LC_ALL="ja_JP.UTF-8")
        self.assertIn("452 4.2.2 mailbox full", english.stdout)
        self.assertRegex(english.stdout, r"\n +meaning +\S.*\n +who acts +\S.*\n +remedy +\S")
        self.assertRegex(japanese.stdout, r"\n +意味 +\S.*\n +対応する人 +\S.*\n +対処 +\S")


if __name__ == "__main__":
    unittest.main()
