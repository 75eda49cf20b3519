# SPDX-License-Identifier: Apache-2.0
"""Goal: a sender is told of each recipient what it asked for with DSN (RFC 3461), and nothing else: delivered here, passed
on to a host without DSN, sent on by an alias, failed; a host with DSN gets the wish as it came."""

import email
import email.policy
import re

from harness.case import SiteCase
from harness.clients import message, submit
from harness.dns import DnsServer
from harness.remote import RemoteServer

PLAIN = ("PIPELINING", "SIZE 10000000", "8BITMIME")


class Reports(SiteCase):
    @classmethod
    def setUpClass(cls):
        cls.peer = RemoteServer(address="127.0.0.2")
        cls.addClassCleanup(cls.peer.close)
        dns = DnsServer({"far.example": {"MX": [(10, "mx1.far.example")]}, "mx1.far.example": {"A": ["127.0.0.2"]}})
        cls.addClassCleanup(dns.close)
        cls.config = {"dns": {"forwarders": [dns.forwarder], "dnssec": False},
                      "delivery": {"retry_after": ["1s"], "port": cls.peer.port}}
        super().setUpClass()

    def setUp(self):
        self.peer.go_down()  # an open connection would still know what was offered before
        self.peer.come_back()
        self.peer.extensions[:] = PLAIN
        self.peer.commands.clear()
        self.peer.deliveries.clear()

    def send(self, *recipients, options=(), body="hello\r\n"):
        """Recipients are (address, [parameters])."""
        with submit(self.site, self.site.alice) as client:
            client.ehlo()
            self.assertTrue(client.has_extn("dsn"))
            self.assertEqual(client.mail(self.site.alice[0], options)[0], 250)
            for address, parameters in recipients:
                self.assertEqual(client.rcpt(address, parameters)[0], 250)
            self.assertEqual(client.data(message(self.site.alice[0], recipients[0][0], body=body))[0], 250)
            return re.search(rb"[0-9A-Z]{13}", client.accepted)[0].decode()

    def report(self, wanted):
        octets = self.wait_for_message(self.site.alice, wanted)
        parsed = email.message_from_bytes(octets, policy=email.policy.SMTP)
        self.assertEqual(parsed["Return-Path"], "<>")
        self.assertEqual(parsed.get_content_type(), "multipart/report")
        words, status, returned = parsed.iter_parts()
        fields = [dict(part.items()) for part in status.get_payload()]
        return words.get_content(), fields, returned

    def reports(self, tracking):
        """How many the trail tells of."""
        return self.site.run("track", tracking).stdout.count("bounced")

    def test_delivered_here(self):
        tracking = self.send((self.site.bob[0], ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;Bob+2Bx@old.example"]),
                             (self.site.carol[0], ["NOTIFY=FAILURE"]), options=["RET=FULL", "ENVID=QQ+2B314"], body="the body\r\n")
        _, (about, bob), returned = self.report(rb"Action: delivered")
        self.assertEqual(about["Original-Envelope-Id"], "QQ+314")
        self.assertEqual(bob["Original-Recipient"], "rfc822;Bob+x@old.example")
        self.assertEqual(bob["Final-Recipient"], f"rfc822;{self.site.bob[0]}")
        self.assertEqual(bob["Status"], "2.1.5")
        self.assertEqual(returned.get_content_type(), "text/rfc822-headers", "nothing has failed")
        self.assertEqual(self.reports(tracking), 1)
        self.wait_for_message(self.site.carol, rb"the body")

    def test_passed_on_to_a_host_without_dsn(self):
        tracking = self.send(("bob@far.example", ["notify=success"]), ("eve@far.example", ["NOTIFY=NEVER"]), options=["ENVID=1"])
        self.peer.wait_for_messages(1)
        self.assertNotRegex(" ".join(self.peer.commands), "NOTIFY|RET=|ENVID|ORCPT")
        _, (about, bob), _ = self.report(rb"Action: relayed")
        self.assertEqual((about["Original-Envelope-Id"], bob["Final-Recipient"]), ("1", "rfc822;bob@far.example"))
        self.assertIn("mx1.far.example", bob["Remote-MTA"])
        self.assertNotIn("Original-Recipient", bob)
        self.assertEqual(self.reports(tracking), 1)

    def test_a_host_with_dsn_gets_the_wish(self):
        self.peer.extensions.append("DSN")
        tracking = self.send(("bob@far.example", ["NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;B+2Bob@Far.example"]),
                             ("eve@far.example", []), options=["RET=HDRS", "ENVID=a+2Bb"])
        self.peer.wait_for_messages(1)
        self.assertRegex(self.peer.wait_for_command("MAIL"), r" RET=HDRS ENVID=a\+2Bb$")
        self.assertRegex(self.peer.wait_for_command("RCPT TO:<bob"), r" NOTIFY=SUCCESS,DELAY ORCPT=rfc822;B\+2Bob@Far.example$")
        self.assertEqual(self.peer.wait_for_command("RCPT TO:<eve"), "RCPT TO:<eve@far.example>")
        self.site.daemon.wait_for(rf"event=delivery\.delivered tracking={tracking}.*to=eve", 30)
        self.assertEqual(self.reports(tracking), 0, "the next host tells")

    def test_failures(self):
        for name in ("never", "success", "failure", "unsaid"):
            self.peer.script[f"rcpt:{name}@far.example"] = "550 5.1.1 unknown user"
        tracking = self.send(("never@far.example", ["NOTIFY=NEVER"]), ("success@far.example", ["NOTIFY=SUCCESS,DELAY"]),
                             ("failure@far.example", ["NOTIFY=FAILURE"]), ("unsaid@far.example", []),
                             options=["RET=FULL"], body="come back\r\n")
        _, (_, *told), returned = self.report(rb"Action: failed")
        self.assertEqual([r["Final-Recipient"] for r in told], ["rfc822;failure@far.example", "rfc822;unsaid@far.example"])
        self.assertEqual(returned.get_content_type(), "message/rfc822")
        self.assertIn("come back", returned.get_payload(0).get_content())
        self.assertEqual(self.reports(tracking), 1)
        tracking = self.send(("failure@far.example", ["NOTIFY=FAILURE"]), options=["RET=HDRS", "ENVID=second"])
        _, _, returned = self.report(rb"Original-Envelope-Id: second")
        self.assertEqual(returned.get_content_type(), "text/rfc822-headers")

    def test_an_alias(self):
        self.peer.extensions.append("DSN")
        domain = self.site.bob[0].split("@")[1]
        self.site.run("alias", "add", f"both@{domain}", self.site.bob[0], "far@far.example")
        self.site.run("alias", "add", f"one@{domain}", "single@far.example")
        tracking = self.send((f"both@{domain}", ["NOTIFY=SUCCESS,FAILURE", f"ORCPT=rfc822;both@{domain}"]),
                             (f"one@{domain}", ["NOTIFY=SUCCESS", f"ORCPT=rfc822;one@{domain}"]))
        self.peer.wait_for_messages(1)
        self.assertRegex(self.peer.wait_for_command("RCPT TO:<far@"), f" NOTIFY=FAILURE ORCPT=rfc822;both@{domain}$")
        self.assertRegex(self.peer.wait_for_command("RCPT TO:<single@"), f" NOTIFY=SUCCESS ORCPT=rfc822;one@{domain}$")
        _, (_, both), _ = self.report(rb"Action: expanded")
        self.assertEqual(both["Final-Recipient"], f"rfc822;both@{domain}")
        self.assertEqual(self.reports(tracking), 1)

    def test_survives_a_kill(self):
        """The report is owed from the moment of the 250."""
        trackings = [self.send((self.site.bob[0], ["NOTIFY=SUCCESS"]), options=[f"ENVID=n{n}"]) for n in range(20)]
        self.site.kill()
        self.site.start()
        for n in range(20):
            self.report(b"Original-Envelope-Id: n%d\r" % n)
        self.assertTrue(all(self.reports(t) >= 1 for t in trackings))

    def test_parameters_that_break_the_grammar(self):
        with submit(self.site, self.site.alice) as client:
            client.ehlo()
            for bad in ("RET", "RET=ALL", "ENVID", "ENVID=", "ENVID=a+2b", "ENVID=a+00", "ENVID=" + "a" * 101,
                        "RET=FULL RET=HDRS", "ENVID=a ENVID=a"):
                self.assertEqual(client.mail(self.site.alice[0], [bad])[0], 501, bad)
            self.assertEqual(client.mail(self.site.alice[0], ["ENVID=" + "a" * 100, "RET=full"])[0], 250)
            for bad in ("NOTIFY", "NOTIFY=", "NOTIFY=NEVER,SUCCESS", "NOTIFY=SUCCESS,", "NOTIFY=SOMETIMES", "ORCPT=bob",
                        "ORCPT=;bob", "ORCPT=rfc822;b+0Ab", "ORCPT=rfc822;" + "a" * 494, "NOTIFY=NEVER NOTIFY=NEVER"):
                self.assertEqual(client.rcpt(self.site.bob[0], [bad])[0], 501, bad)
            self.assertEqual(client.rcpt(self.site.bob[0], ["ORCPT=rfc822;" + "a" * 493, "NOTIFY=delay,Failure,SUCCESS"])[0], 250)
