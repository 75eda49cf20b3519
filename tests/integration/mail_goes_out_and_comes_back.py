# SPDX-License-Identifier: Apache-2.0
"""Goal: mail for elsewhere goes out by MX, is tried again after a 4xx or while the peer is down, and comes back
as one report when the peer refuses for good; reports are never answered with reports."""

import re
import unittest

from harness.clients import message, smtp, submit
from harness.dns import DnsServer
from harness.remote import Drop, RemoteServer
from harness.site import Site

FAST = {"retry_after": ["1s"], "warn_after": "1h", "give_up_after": "2h"}


class Outbound(unittest.TestCase):
    def setUp(self):
        self.peer = RemoteServer(address="127.0.0.2", extensions=("PIPELINING", "SIZE 10000000", "8BITMIME"))
        self.addCleanup(self.peer.close)
        self.dns = DnsServer({"far.example": {"MX": [(10, "mx1.far.example"), (20, "mx2.far.example")]},
                              "mx1.far.example": {"A": ["127.0.0.2"]}, "mx2.far.example": {"A": ["127.0.0.3"]},
                              "null.example": {"MX": [(0, ".")]},
                              "plain.example": {"A": ["127.0.0.2"]}})
        self.addCleanup(self.dns.close)
        self.site = Site({"dns": {"forwarders": [self.dns.forwarder], "dnssec": False},
                          "delivery": dict(FAST, port=self.peer.port)})
        self.addCleanup(self.site.close)
        self.site.start()

    def send(self, to, body="hello\r\n"):
        with submit(self.site, self.site.alice) as client:
            client.sendmail(self.site.alice[0], to, message(self.site.alice[0], to[0], body=body))
            return re.search(rb"[0-9A-Z]{13}", client.accepted)[0].decode()

    def report(self, wanted):
        """The first report in alice's INBOX that `wanted` is found in."""
        from harness.case import SiteCase
        return SiteCase.wait_for_message(self, self.site.alice, wanted)

    def test_by_mx_with_dots_and_octets_kept(self):
        tracking = self.send(["bob@far.example"], "one\r\n.two\r\n..three\r\n")
        (got,) = self.peer.wait_for_messages(1)
        self.assertEqual(got.recipients, ["bob@far.example"])
        self.assertTrue(got.message.endswith(b"one\r\n.two\r\n..three\r\n"), got.message)
        self.assertNotIn(b"Return-Path", got.message)
        story = self.site.run("track", tracking).stdout
        self.assertIn("mx1.far.example", story)
        self.assertIn("delivered", story)
        self.site.daemon.wait_for(rf"event=delivery\.delivered tracking={tracking}.*host=mx1\.far\.example", 30)

    def test_in_chunks_where_they_are_offered(self):
        self.peer.extensions.append("CHUNKING")
        long = "".join(f".{n} of a message of many chunks\r\n" for n in range(40000))
        self.send(["bob@far.example"], long)
        (got,) = self.peer.wait_for_messages(1)
        self.assertTrue(got.message.endswith(long.encode()))
        chunks = [c for c in self.peer.commands if c.startswith("BDAT ")]
        self.assertGreater(len(chunks), 5)
        self.assertTrue(chunks[-1].endswith(" LAST"))
        self.assertNotIn("DATA", self.peer.commands)

    def test_chunks_that_are_offered_and_not_known(self):
        self.peer.extensions.append("CHUNKING")
        self.peer.script["bdat"] = "502 5.5.1 what is that?"
        tracking = self.send(["bob@far.example"], "x" * 60 + "\r\n")
        (got,) = self.peer.wait_for_messages(1)
        self.assertIn(b"x" * 60, got.message)
        self.site.daemon.wait_for(rf"event=delivery\.delivered tracking={tracking}", 30)
        self.assertEqual(self.peer.connections, 2)

    def test_without_mx_to_the_address(self):
        self.send(["bob@plain.example"])
        self.assertEqual(self.peer.wait_for_messages(1)[0].recipients, ["bob@plain.example"])

    def test_refused_for_good_becomes_a_report_in_plain_words(self):
        self.peer.script["rcpt:no@far.example"] = "550 5.1.1 <no@far.example>: unknown user"
        self.send(["no@far.example", "yes@far.example"])
        self.assertEqual(self.peer.wait_for_messages(1)[0].recipients, ["yes@far.example"])
        report = self.report(rb"no@far\.example")
        self.assertIn(b"multipart/report", report)
        self.assertIn(b"Action: failed", report)
        self.assertIn(b"Status: 5.1.1", report)
        self.site.daemon.wait_for(r"event=delivery\.failed .*to=no@far\.example", 30)
        self.assertIn(b"Return-Path: <>", report)
        self.assertNotIn(b"Final-Recipient: rfc822;yes@far.example", report.replace(b"; ", b";"))

    def test_a_later_is_tried_again(self):
        self.peer.script["rcpt"] = ["451 4.3.0 try later", "250 2.1.5 ok"]
        self.send(["bob@far.example"])
        self.peer.wait_for_messages(1)
        self.assertGreaterEqual(self.peer.connections, 2)
        self.site.daemon.wait_for(r"event=delivery\.deferred .*451 4\.3\.0 try later", 30)

    def test_a_peer_that_is_down_gets_it_when_it_is_back(self):
        self.peer.go_down()
        self.send(["bob@far.example"])
        waiting = self.site.json("queue", "list")
        self.assertEqual(waiting["waiting"], 1)
        self.peer.come_back()
        self.assertEqual(self.site.json("queue", "retry", "--all")["retried"] <= 1, True)
        self.peer.wait_for_messages(1)

    def test_a_connection_cut_in_the_middle_loses_nothing(self):
        self.peer.script["eod"] = [Drop, "250 2.0.0 ok"]
        self.send(["bob@far.example"])
        self.peer.wait_for_messages(1)

    def test_a_domain_that_takes_no_mail(self):
        self.send(["bob@null.example"])
        self.assertIn(b"5.1.10", self.report(rb"bob@null\.example"))

    def test_no_report_about_a_report(self):
        self.peer.script["rcpt:gone@far.example"] = "550 5.1.1 no such user"
        # A message with the null sender, from a host that may relay: its failure is told to nobody.
        self.site.stop()
        self.site.configure({"smtp": {"relay_networks": ["127.0.0.0/8"]}})
        self.site.start()
        with smtp(self.site) as client:
            client.sendmail("", ["gone@far.example"], message("x@y.example", "gone@far.example"))
            tracking = re.search(rb"[0-9A-Z]{13}", client.accepted)[0].decode()
        self.peer.wait_for_command("QUIT")
        self.send(["bob@far.example"])
        self.peer.wait_for_messages(1)
        self.assertEqual(self.site.json("queue", "list")["waiting"], 0)
        self.assertNotIn("bounced", self.site.run("track", tracking).stdout)

    def test_what_waits_survives_kill(self):
        self.peer.go_down()
        self.send(["bob@far.example"])
        self.site.kill()
        self.peer.come_back()
        self.site.start()
        self.site.run("queue", "retry", "--all")
        self.peer.wait_for_messages(1)

    def test_a_queued_message_can_be_shown_and_removed(self):
        self.peer.script["connect"] = "421 4.3.2 not now"
        self.send(["bob@far.example"])
        self.peer.wait_for_connections(1)
        (item,) = self.site.json("queue", "list")["items"]
        self.assertEqual(self.site.json("queue", "show", item["id"])["sender"], self.site.alice[0])
        while self.site.run("queue", "remove", item["id"], check=False).returncode == 4:
            pass  # being tried at this moment
        self.assertEqual(self.site.json("queue", "list")["waiting"], 0)


if __name__ == "__main__":
    unittest.main()
