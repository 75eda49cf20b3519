# SPDX-License-Identifier: Apache-2.0
"""Goal: addresses and headers in UTF-8 (SMTPUTF8, RFC 6531) go in, through and out as they came; a host that does not take
them never gets them, and the sender is told so in a report of the same kind (RFC 6533)."""

import email
import email.policy
import re

from harness.case import SiteCase
from harness.clients import message, smtp, submit
from harness.dns import DnsServer
from harness.remote import RemoteServer

FAR = ("PIPELINING", "SIZE 10000000", "8BITMIME", "DSN")
TO = "配達@far.example"


class Utf8(SiteCase):
    @classmethod
    def setUpClass(cls):
        cls.peer = RemoteServer(address="127.0.0.2", extensions=(*FAR, "SMTPUTF8"))
        cls.plain = RemoteServer(address="127.0.0.3", port=cls.peer.port, extensions=FAR)
        cls.addClassCleanup(cls.peer.close)
        cls.addClassCleanup(cls.plain.close)
        dns = DnsServer({"far.example": {"MX": [(10, "mx.far.example")]}, "mx.far.example": {"A": ["127.0.0.2"]},
                         "xn--r8jz45g.example": {"MX": [(10, "mx.far.example")]},
                         "plain.example": {"MX": [(10, "mx.plain.example")]}, "mx.plain.example": {"A": ["127.0.0.3"]}})
        cls.addClassCleanup(dns.close)
        cls.config = {"dns": {"forwarders": [dns.forwarder], "dnssec": False},
                      "delivery": {"retry_after": ["1s"], "port": cls.peer.port}}
        super().setUpClass()
        cls.domain = cls.site.alice[0].split("@")[1]
        cls.courier = (f"飛脚@{cls.domain}", "correct horse")
        cls.site.run("account", "add", cls.courier[0], "--password-stdin", stdin=cls.courier[1] + "\n")

    def setUp(self):
        for peer in (self.peer, self.plain):
            peer.commands.clear()
            peer.deliveries.clear()

    def send(self, client, sender, *recipients, options=("SMTPUTF8", "BODY=8BITMIME"), subject="速達"):
        client.ehlo()
        self.assertTrue(client.has_extn("smtputf8"))
        client.command_encoding = "utf-8"
        self.assertEqual(client.mail(sender, options)[0], 250)
        for address, *parameters in recipients:
            self.assertEqual(client.rcpt(address, parameters)[0], 250, address)
        text = f"From: <{sender}>\r\nTo: <{recipients[0][0]}>\r\nSubject: {subject}\r\n\r\n本文\r\n".encode()
        self.assertEqual(client.data(text)[0], 250)
        return re.search(rb"[0-9A-Z]{13}", client.accepted)[0].decode()

    def test_within_the_site(self):
        with submit(self.site, self.courier) as client:
            self.send(client, self.courier[0], (self.courier[0],), (self.site.bob[0],), subject="町内")
        for account in (self.courier, self.site.bob):
            got = self.wait_for_message(account, "Subject: 町内".encode())
            self.assertIn(f"Return-Path: <{self.courier[0]}>\r\n".encode(), got)
            self.assertIn(b"with UTF8SMTPSA id", got)
        with smtp(self.site) as client:  # composed differently, and with a tag
            self.send(client, "é@elsewhere.example", (f"飛脚+荷@{self.domain}",), subject="外から")
        got = self.wait_for_message(self.courier, "Subject: 外から".encode())
        self.assertIn(f"for <飛脚+荷@{self.domain}>".encode(), got)

    def test_nobody_gets_it_undeclared(self):
        with smtp(self.site) as client:
            client.ehlo()
            client.command_encoding = "utf-8"
            self.assertEqual(client.mail("é@elsewhere.example")[0], 550)
            self.assertEqual(client.mail("e@elsewhere.example")[0], 250)
            code, text = client.rcpt(self.courier[0])
            self.assertEqual((code, text[:5]), (553, b"5.6.7"))
            self.assertEqual(client.mail("e@elsewhere.example")[0], 503)
            client.rset()
            self.assertEqual(client.mail("e@elsewhere.example", ["SMTPUTF8"])[0], 250)
            code, text = client.rcpt(f"誰も@{self.domain}")
            self.assertEqual(code, 550)
            self.assertTrue(text.isascii())

    def test_to_a_host_that_takes_it(self):
        with submit(self.site, self.courier) as client:
            self.send(client, self.courier[0], (TO, f"ORCPT=utf-8;{TO}"), ("ascii@例え.example",))
        got = {d.recipients[0]: d for d in self.peer.wait_for_messages(2)}
        self.assertEqual(set(got), {TO, "ascii@xn--r8jz45g.example"})
        for delivery in got.values():
            self.assertEqual(delivery.sender, self.courier[0])
            self.assertTrue(delivery.message.endswith("Subject: 速達\r\n\r\n本文\r\n".encode()))
        self.assertRegex(self.peer.wait_for_command("MAIL"), " BODY=8BITMIME SMTPUTF8( |$)")
        self.assertTrue(self.peer.wait_for_command("RCPT TO:<配達").endswith(f"ORCPT=utf-8;{TO}"))

    def test_what_needs_it_not_goes_without(self):
        with submit(self.site, self.site.alice) as client:
            client.sendmail(self.site.alice[0], ["bob@plain.example"],
                            message(self.site.alice[0], "bob@plain.example", "plain"), mail_options=["SMTPUTF8"])
        self.plain.wait_for_messages(1)
        self.assertNotIn("SMTPUTF8", self.plain.wait_for_command("MAIL"))

    def test_an_alias_that_leads_to_it(self):
        self.site.run("alias", "add", f"post@{self.domain}", TO)
        with submit(self.site, self.site.alice) as client:
            client.sendmail(self.site.alice[0], [f"post@{self.domain}"], message(self.site.alice[0], "post", "alias"))
        self.assertEqual(self.peer.wait_for_messages(1)[0].recipients, [TO])
        self.assertIn(" SMTPUTF8", self.peer.wait_for_command("MAIL"))

    def test_to_a_host_that_does_not(self):
        to = TO.replace("far", "plain")
        with submit(self.site, self.courier) as client:
            tracking = self.send(client, self.courier[0], (to, f"ORCPT=utf-8;{to}", "NOTIFY=FAILURE"),
                                 options=("SMTPUTF8", "BODY=8BITMIME", "RET=FULL"), subject="戻り")
        octets = self.wait_for_message(self.courier, rb"Action: failed")
        self.assertFalse(self.plain.deliveries)
        self.assertNotIn("MAIL", [c[:4] for c in self.plain.commands])
        parsed = email.message_from_bytes(octets, policy=email.policy.SMTP)
        words, status, returned = parsed.get_payload()
        self.assertEqual([p.get_content_type() for p in (words, status, returned)],
                         ["text/plain", "message/global-delivery-status", "message/global"])
        self.assertIn(f"To: <{self.courier[0]}>\r\n".encode(), octets)
        self.assertIn(f"Original-Recipient: utf-8;{to}\r\nFinal-Recipient: utf-8;{to}\r\n".encode(), octets)
        self.assertIn(b"Status: 5.6.7\r\n", octets)
        self.assertIn("Subject: 戻り\r\n".encode(), octets)
        self.assertIn("SMTPUTF8", self.site.run("track", tracking).stdout)
