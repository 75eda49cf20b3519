# SPDX-License-Identifier: Apache-2.0
"""Goal: mail for one provider shares its connections (Postfix's smtp-sink counts them), more of them while it answers;
a provider that is down, slow, or asks for less is left alone and holds up no other; what waited comes when it is back."""

import os
import re
import shutil
import smtplib
import time
import unittest

from harness.clients import message, smtp
from harness.daemon import Daemon, Deadline
from harness.dns import DnsServer
from harness.remote import Hang, RemoteServer
from harness.site import Site, free_port

DOMAINS = [f"d{n}.example" for n in range(30)]


class Sink:
    """Postfix's smtp-sink; it tells of each command."""

    def __init__(self, address, port, *options):
        self.daemon = Daemon(["smtp-sink", "-u", "nobody", "-v", *options, f"{address}:{port}", "1000"], "smtp-sink")
        for _ in range(500):
            try:
                smtplib.SMTP(address, port, timeout=30).close()
                return
            except OSError:
                time.sleep(0.02)
        raise Deadline("smtp-sink does not listen")

    def count(self, pattern):
        return len(re.findall(pattern, "\n".join(self.daemon.lines)))

    def wait_for_count(self, pattern, count, seconds=60):
        self.daemon.wait_for(pattern, seconds, count=count)

    def stop(self):
        self.daemon.kill()


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("smtp-sink"), "needs Debian's postfix for smtp-sink, and root")
class Sites(unittest.TestCase):
    def setUp(self):
        self.port = free_port("127.0.0.2")
        zone = {domain: {"MX": [(10, "mx.big.example"), (10, "mx2.big.example")]} for domain in DOMAINS}
        zone |= {"mx.big.example": {"A": ["127.0.0.2"]}, "mx2.big.example": {"A": ["127.0.0.2"]},
                 "other.example": {"MX": [(10, "mx.other.example")]}, "mx.other.example": {"A": ["127.0.0.3"]}}
        self.dns = DnsServer(zone, ttl_s=60)
        self.addCleanup(self.dns.close)

    def serve(self, **delivery):
        self.site = Site({"dns": {"forwarders": [self.dns.forwarder], "dnssec": False},
                          "smtp": {"relay_networks": ["127.0.0.0/8"], "messages_max": 100000},
                          "delivery": {"port": self.port, **delivery}})
        self.addCleanup(self.site.close)
        self.site.start()

    def send(self, count, domains, sender="ann@elsewhere.example"):
        with smtp(self.site) as client:
            for n in range(count):
                to = f"user{n}@{domains[n % len(domains)]}"
                client.sendmail(sender, [to], message(sender, to, f"number {n}"))

    def view(self, destination):
        found = self.site.json("queue", "sites", "--destination", destination)["sites"]
        return found[0] if found else None

    def wait_for_view(self, destination, wanted, seconds=60):
        until = time.monotonic() + seconds
        while not (view := self.view(destination)) or not wanted(view):
            self.assertLess(time.monotonic(), until, f"{destination} is shown as {view}")
        return view

    def wait_until_empty(self, seconds=60):
        until = time.monotonic() + seconds
        while waiting := self.site.json("queue", "list", "--limit", "1")["waiting"]:
            self.assertLess(time.monotonic(), until, f"{waiting} still wait")

    def test_many_domains_of_one_provider_share_few_connections(self):
        sink = Sink("127.0.0.2", self.port)
        self.addCleanup(sink.stop)
        before = sink.count(r": connect \(")
        self.serve()
        self.send(300, DOMAINS)
        self.wait_until_empty()
        sink.wait_for_count(r": MAIL FROM", 300)
        connections = sink.count(r": connect \(") - before
        self.assertGreater(connections, 0)
        self.assertLessEqual(connections, 40, "most messages should use a connection that is there")
        self.assertEqual(sink.count(r": MAIL FROM"), 300, "each is sent once")
        self.assertEqual(self.dns.asked.count(("d0.example", "MX")), 1)

    def test_down_is_left_alone_and_all_comes_when_it_is_back(self):
        self.serve(retry_after=["2s"])
        self.send(60, DOMAINS)
        down = self.wait_for_view("d0.example", lambda v: v["state"] == "down" and v["waiting"] == 60)
        self.assertIn("refused", down["last_error"])
        self.assertEqual(down["site"], "mx.big.example mx2.big.example")
        self.assertEqual(down["destination_count"], 30)
        self.assertEqual(down["limit"], 0)
        text = self.site.run("queue", "sites").stdout
        self.assertIn("out of reach; tried again at", text)
        # Another one is reached meanwhile.
        with RemoteServer(address="127.0.0.3", port=self.port) as other:
            self.send(1, ["other.example"])
            other.wait_for_messages(1)
            self.site.daemon.wait_for(r"event=delivery\.delivered .*host=mx\.other\.example", 30)
        item = self.site.json("queue", "list", "--limit", "1")["items"][0]
        self.assertIn("refused", item["recipients"][0]["last_reply"])
        sink = Sink("127.0.0.2", self.port)
        self.addCleanup(sink.stop)
        self.wait_until_empty()  # by itself
        sink.wait_for_count(r": MAIL FROM", 60)
        self.assertEqual(sink.count(r": MAIL FROM"), 60)
        self.site.daemon.wait_for(r"delivery\.site_rests .*reason=down", 30)
        self.site.daemon.wait_for(r"delivery\.site_back", 30)

    def test_reset_tries_at_once(self):
        self.serve(retry_after=["1h"])
        self.send(20, DOMAINS)
        self.wait_for_view("d0.example", lambda v: v["state"] == "down" and v["due"] == v["under_way"] == 0)
        sink = Sink("127.0.0.2", self.port)
        self.addCleanup(sink.stop)
        self.assertIn("tried now", self.site.run("queue", "reset", "d3.example").stdout)
        self.wait_until_empty()
        sink.wait_for_count(r": MAIL FROM", 20)
        self.assertEqual(sink.count(r": MAIL FROM"), 20)
        refused = self.site.run("queue", "reset", "unknown.example", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("queue sites", refused.stderr)

    def test_a_provider_that_asks_for_less_gets_less(self):
        self.serve(retry_after=["2s"], connections_per_host=1)
        script = {"mail": ["250 ok", "421 4.7.28 unusual rate of mail from you", "421 4.7.28 unusual rate of mail from you",
                           "250 ok"]}
        with RemoteServer(script, address="127.0.0.2", port=self.port) as peer:
            self.send(10, DOMAINS)
            view = self.wait_for_view("d0.example", lambda v: v["state"] == "too_much")
            self.assertIn("unusual rate", view["last_error"])
            self.assertIsNotNone(view["rests_until"])
            peer.wait_for_messages(10)
            self.wait_until_empty()
            self.assertEqual(len(peer.deliveries), 10)

    def test_an_idle_connection_that_the_peer_closes_costs_nothing(self):
        self.serve(retry_after=["1h"], connections_per_host=1)
        with RemoteServer(address="127.0.0.2", port=self.port) as peer:
            self.send(1, DOMAINS)
            peer.wait_for_messages(1)
            peer.script["mail"] = ["421 4.4.2 you were silent for too long", "250 ok"]
            self.send(1, DOMAINS)
            peer.wait_for_messages(2)  # in spite of the next attempt in an hour
            self.wait_until_empty()
            self.assertEqual(peer.connections, 2)

    def test_more_connections_while_it_answers(self):
        sink = Sink("127.0.0.2", self.port, "-w", "1")  # each message takes a second
        self.addCleanup(sink.stop)
        self.serve()
        self.send(60, DOMAINS)
        first = self.wait_for_view("d0.example", lambda v: v["under_way"] > 0)
        self.assertLessEqual(first["under_way"], first["limit"])
        self.wait_for_view("d0.example", lambda v: v["limit"] > 6 and v["under_way"] > 6)
        self.wait_until_empty(120)

    def test_a_silent_provider_and_a_bulk_sender_hold_up_nobody(self):
        self.serve(connections_per_host=5, connections_max=20)
        with RemoteServer({"mail": Hang}, address="127.0.0.2", port=self.port) as silent:
            self.send(300, DOMAINS, "list@bulk.example")
            silent.wait_for_command("MAIL", count=5)
            with RemoteServer(address="127.0.0.3", port=self.port) as other:
                self.send(5, ["other.example"])
                other.wait_for_messages(5)
            self.assertLessEqual(self.view("d0.example")["connections"], 5)

    def test_senders_take_turns(self):
        self.serve(connections_per_host=1)
        with RemoteServer({"connect": Hang}, address="127.0.0.2", port=self.port) as silent:
            self.send(100, DOMAINS[:1], "list@bulk.example")
            self.send(1, DOMAINS[:1], "ann@person.example")
            silent.wait_for_connections(1)
            self.site.stop()
        # After a restart only the due index is known.
        with RemoteServer(address="127.0.0.2", port=self.port) as peer:
            self.site.start()
            peer.wait_for_messages(101)
            senders = [d.sender for d in peer.deliveries]
            self.assertLess(senders.index("ann@person.example"), 12)


if __name__ == "__main__":
    unittest.main()
