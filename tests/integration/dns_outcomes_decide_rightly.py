# SPDX-License-Identifier: Apache-2.0
"""Goal: each outcome of DNS means the right thing for mail that waits: what does not exist is refused in plain words, what
can't be told now is tried again, and name servers that were silent for a while are asked again soon after they are back."""

import re
import unittest

from harness.case import SiteCase
from harness.clients import message, submit
from harness.dns import DnsServer
from harness.remote import RemoteServer
from harness.site import Site

FAST = {"retry_after": ["1s"], "warn_after": "1h", "give_up_after": "2h"}
LONG = "a-long-name-of-a-host-so-that-an-answer-with-many-is-large"


class Outcomes(unittest.TestCase):
    def setUp(self):
        self.peer = RemoteServer(address="127.0.0.2")
        self.addCleanup(self.peer.close)
        self.dns = DnsServer({
            "broken.example": "SERVFAIL", "silent.example": "DROP",
            "noaddress.example": {"MX": [(10, "mx.noaddress.example")]}, "mx.noaddress.example": {"TXT": ["x"]},
            "lost.example": {"MX": [(10, "gone.lost.example")]},
            "half.example": {"MX": [(10, "mx.broken.example"), (20, "mx.far.example")]}, "mx.broken.example": "SERVFAIL",
            "unsure.example": {"MX": [(10, "mx.broken.example"), (20, "gone.lost.example")]},
            "alias.example": {"CNAME": ["second.example"]}, "second.example": {"CNAME": ["third.example"]},
            "third.example": {"MX": [(10, "mx.alias.example")]}, "mx.alias.example": {"CNAME": ["mx.far.example"]},
            "loop.example": {"CNAME": ["pool.example"]}, "pool.example": {"CNAME": ["loop.example"]},
            "big.example": {"MX": [(10 + n, f"{LONG}-{n}.example") for n in range(60)]}, f"{LONG}-0.example": {"A": ["127.0.0.2"]},
            "mx.far.example": {"A": ["127.0.0.2"]}}, ttl_s=3600)
        self.addCleanup(self.dns.close)
        self.site = Site({"dns": {"forwarders": [self.dns.forwarder], "dnssec": False}, "delivery": dict(FAST, port=self.peer.port)})
        self.addCleanup(self.site.close)
        self.site.start()

    def send(self, to):
        with submit(self.site, self.site.alice) as client:
            client.sendmail(self.site.alice[0], [to], message(self.site.alice[0], to))
            return re.search(rb"[0-9A-Z]{13}", client.accepted)[0].decode()

    def end(self, *outcomes):
        """Sends to all the domains, and then looks how each ends: (domain, kind, word, ...)."""
        sent = [self.send(f"bob@{domain}") for domain, *_ in outcomes]
        for tracking, (_, kind, *words) in zip(sent, outcomes, strict=True):
            line = self.site.daemon.wait_for(rf".*event=delivery\.(delivered|deferred|failed) tracking={tracking}.*", 60)
            self.assertEqual(line[1], kind, line[0])
            for word in words:
                self.assertIn(word, line[0])

    def test_what_does_not_exist_is_refused_in_plain_words(self):
        self.end(("gone.example", "failed", "5.1.2", "the domain gone.example does not exist"),
                 ("noaddress.example", "failed", "5.4.4", "no mail host of noaddress.example has an address"),
                 ("lost.example", "failed", "5.4.4", "its owner must correct"))
        report = SiteCase.wait_for_message(self, self.site.alice, rb"gone\.example does not exist")
        self.assertIn(b"Status: 5.1.2", report)

    def test_what_can_not_be_told_now_is_tried_again(self):
        self.end(("broken.example", "deferred", "4.4.3", "SERVFAIL"),
                 ("loop.example", "deferred", "4.4.3"),
                 ("unsure.example", "deferred", "4.4.3", "mx.broken.example"),
                 ("silent.example", "deferred", "4.4.3"))
        self.assertNotIn("event=delivery.failed", self.site.daemon.log())
        self.dns.zone["broken.example"] = {"MX": [(10, "mx.far.example")]}
        self.peer.wait_for_messages(1, 60)

    def test_aliases_many_hosts_and_a_host_that_can_not_be_looked_up(self):
        self.end(("alias.example", "delivered"),
                 ("big.example", "delivered", f"{LONG}-0.example"),  # over TCP: it fits no datagram
                 ("half.example", "delivered", "mx.far.example"))

    def test_answers_are_remembered_also_that_there_is_none(self):
        known = ("alias.example", "delivered"), ("gone.example", "failed")
        self.end(*known)
        before = len(self.dns.asked)
        self.end(*known)
        self.assertEqual(self.dns.asked[before:], [])


class Outage(unittest.TestCase):
    def test_name_servers_that_come_back_are_asked_again_soon(self):
        """Our line was down: every name server counts as dead then, and must not for long."""
        with RemoteServer(address="127.0.0.2") as peer, DnsServer({}) as dns:
            site = Site({"dns": {"forwarders": [dns.forwarder], "dnssec": False}, "delivery": dict(FAST, port=peer.port)})
            self.addCleanup(site.close)
            site.start()
            names = [f"d{n}.example" for n in range(30)]
            dns.zone.update({name: "DROP" for name in ["example", *names]})
            asked, quiet = -1, 0
            with submit(site, site.alice) as client:
                for name in names:
                    client.sendmail(site.alice[0], [f"bob@{name}"], message(site.alice[0], f"bob@{name}"))
            # Until whole rounds of mail fail without a question: the resolver holds its server to be dead.
            while quiet < 3:
                since = site.daemon.mark()
                site.daemon.wait_for(r"event=delivery\.deferred", 120, since=since, count=len(names))
                quiet = quiet + 1 if len(dns.asked) == asked else 0
                asked = len(dns.asked)
            dns.zone.update({name: {"MX": [(10, "mx.far.example")]} for name in names})
            dns.zone.update({"example": {}, "mx.far.example": {"A": ["127.0.0.2"]}})
            peer.wait_for_messages(len(names), 150)


if __name__ == "__main__":
    unittest.main()
