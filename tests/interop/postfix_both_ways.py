# SPDX-License-Identifier: Apache-2.0
"""Goal: Postfix, with its own DNS and in its own network, and we exchange mail by MX on port 25 with TLS; when it is
down, says later, refuses, or falls silent in the middle, then mail waits, comes, comes back, and blocks no other."""

import os
import re
import threading
import time
import unittest

from _postfix import DOMAIN, NAME, PostfixPeer
from harness.case import SiteCase
from harness.clients import message, submit
from harness.remote import RemoteServer
from harness.site import Site

ANN = f"ann@{DOMAIN}"
BODY = "one\r\n.two\r\n..three\r\n.\r\nGrüße, 飛脚\r\n\r\n" + "x" * 990 + "\r\n"


@unittest.skipUnless(os.geteuid() == 0, "Postfix needs root for its users and port 25; run as root")
class PostfixBothWays(SiteCase):
    @classmethod
    def setUpClass(cls):
        cls.peer = PostfixPeer(["hikyaku.example", "courier.example"], "mail.hikyaku.example",
                               {"other.example": "127.0.0.2"})
        cls.addClassCleanup(cls.peer.close)
        cls.peer.start()
        cls.site = Site({"dns": {"forwarders": [cls.peer.forwarder], "dnssec": False},
                         "delivery": {"retry_after": ["1s"]}})
        cls.addClassCleanup(cls.site.close)
        listeners = cls.site.read_config()["listener"]
        listeners.append({"protocol": "smtp", "address": cls.peer.host, "port": 25})
        cls.site.configure({"listener": listeners})
        cls.site.start()

    def written(self, subject, to=ANN, sender=None):
        return message(sender or self.site.alice[0], to, subject, BODY, MIME_Version="1.0")

    def send(self, subject, to=ANN):
        """Alice sends; (tracking number, message)."""
        sent = self.written(subject, to if isinstance(to, str) else ", ".join(to))
        return self.submit(sent, self.site.alice, to), sent

    def story(self, tracking, wanted):
        """What is told about a message, when `wanted` (a pattern) is in it: the peer knows first what it took."""
        until = time.monotonic() + 30
        while not re.search(wanted, told := self.site.run("track", tracking).stdout):
            self.assertLess(time.monotonic(), until, f"{wanted} is not in:\n{told}")
        return told

    def waiting(self):
        """What waits, by tracking number."""
        return {item["tracking"]: item for item in self.site.json("queue", "list")["items"]}

    def assert_whole(self, got, sent):
        self.assertTrue(got.endswith(sent), f"sent {sent!r}\ngot {got!r}")

    def subject(self, text):
        return rb"(?m)^Subject: " + text.encode() + rb"\r?$"

    def test_to_postfix_by_mx_with_tls(self):
        tracking, sent = self.send("to postfix")
        got = self.peer.wait_for_message("ann", self.subject("to postfix"))
        self.assert_whole(got, sent.replace(b"\r\n", b"\n"))
        self.assertTrue(got.startswith(b"Return-Path: <alice@hikyaku.example>\n"), got)
        self.assertRegex(got, rb"Received: from mail\.hikyaku\.example [^;]*using TLSv1\.3[^;]*with ESMTPS")
        story = self.story(tracking, r"250 2\.0\.0 Ok: (?:\d+ bytes )?queued as [0-9A-Za-z]+")
        self.assertIn(NAME, story)
        self.assertRegex(story, "TLSv?1.3")

    def test_from_postfix_with_tls(self):
        sent = self.written("from postfix", self.site.bob[0], ANN)
        self.peer.send(ANN, [self.site.bob[0], self.site.carol[0]], sent)
        for account in (self.site.bob, self.site.carol):
            got = self.wait_for_message(account, self.subject("from postfix"))
            self.assert_whole(got, sent)
            self.assertIn(f"Return-Path: <{ANN}>\r\n".encode(), got)
            self.assertRegex(got, rb"Received: from mx\.distant\.example [^;]*TLSv1\.3[^;]*with ESMTPS")
        said = self.peer.wait_for(r"to=<bob@hikyaku\.example>.* status=sent \((250 .*)\)")[1]
        story = self.story(re.search(r"\b[0-9A-Z]{13}\b", said)[0], re.escape(self.site.bob[0]))
        self.assertIn(self.peer.address, story)

    def test_utf8_both_ways(self):
        courier = ("飛脚@hikyaku.example", "correct horse")
        self.site.run("account", "add", courier[0], "--password-stdin", stdin=courier[1] + "\n")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
        sent = f"From: 飛脚 <{courier[0]}>\r\nTo: {ANN}\r\nSubject: 東海道\r\n\r\n急げ\r\n".encode()
        with submit(self.site, courier) as client:
            client.sendmail(courier[0], [ANN], sent, mail_options=options)
        got = self.peer.wait_for_message("ann", "Subject: 東海道".encode())
        self.assert_whole(got.split(b"\n\n", 1)[1], "急げ\n".encode())
        self.assertTrue(got.startswith(f"Return-Path: <{courier[0]}>\n".encode()), got)
        self.assertRegex(got, rb"\(Postfix\) with UTF8SMTPS ")
        self.peer.send(f"é@{DOMAIN}", [courier[0], self.site.bob[0]], sent.replace("東海道".encode(), "中山道".encode()), options)
        for account in (courier, self.site.bob):
            got = self.wait_for_message(account, "Subject: 中山道".encode())
            self.assertIn(f"Return-Path: <é@{DOMAIN}>\r\n".encode(), got)
            self.assertRegex(got, rb"by mail\.hikyaku\.example with UTF8SMTPS ")

    def test_many_both_ways_each_once(self):
        out = [self.send(f"out {n}", f"ben@{DOMAIN}")[1] for n in range(20)]
        back = [self.written(f"back {n}", self.site.carol[0], ANN) for n in range(20)]
        for sent in back:
            self.peer.send(ANN, [self.site.carol[0]], sent)
        for n in range(20):
            self.peer.wait_for_message("ben", self.subject(f"out {n}"))
            self.wait_for_message(self.site.carol, self.subject(f"back {n}"))
        for sent in out:
            tail = sent.replace(b"\r\n", b"\n")
            self.assertEqual(sum(got.endswith(tail) for got in self.peer.messages("ben")), 1)
        inbox = self.inbox(self.site.carol)
        for sent in back:
            self.assertEqual(sum(got.endswith(sent) for got in inbox), 1)

    def test_refused_for_good_comes_back(self):
        unknown = f"nobody@{DOMAIN}"
        tracking, sent = self.send("to nobody", [unknown, ANN])
        self.peer.wait_for_message("ann", self.subject("to nobody"))  # the other recipient has it
        report = self.wait_for_message(self.site.alice, rb"Final-Recipient: rfc822; ?nobody@distant\.example")
        for wanted in (rb"Return-Path: <>", rb"multipart/report", rb"(?m)^Action: failed\r$",
                       rb"(?m)^Status: 5\.1\.1\r$", rb"(?m)^Remote-MTA: dns; ?mx\.distant\.example\r$",
                       rb"(?s)Diagnostic-Code: smtp; ?550[ -]5\.1\.1 .*User unknown"):
            self.assertRegex(report, wanted)
        self.assertNotRegex(report, rb"Final-Recipient: rfc822; ?ann@")
        self.assertIn(b"Subject: to nobody", report)  # the message or its head comes along
        self.story(tracking, "User unknown")

    def test_later_is_tried_again(self):
        later = f"later@{DOMAIN}"
        self.peer.policy.answers[later] = "450 4.2.0 mailbox is being moved"
        tracking, sent = self.send("grey", [later, ANN])
        self.peer.wait_for_message("ann", self.subject("grey"))
        self.peer.policy.wait_until_asked(later, 2)
        item = self.waiting()[tracking]
        self.assertIn("mailbox is being moved", str(item))
        self.assertNotIn(ANN, str(self.site.json("queue", "show", item["id"])["recipients"][0]))
        self.story(tracking, "450 4.2.0")
        self.peer.policy.answers[later] = "DUNNO"
        got = self.peer.wait_for_message("later", self.subject("grey"))
        self.assert_whole(got, sent.replace(b"\r\n", b"\n"))
        self.assertEqual(sum(b"Subject: grey\n" in m for m in self.peer.messages("ann")), 1)

    def test_down_and_back(self):
        self.peer.stop()
        try:
            tracking, sent = self.send("while down")
            until = time.monotonic() + 30
            while "refused" not in str(self.waiting()[tracking]):
                self.assertLess(time.monotonic(), until, "no attempt was made")
        finally:
            self.peer.start()
        self.site.run("queue", "retry", "--all")
        self.assert_whole(self.peer.wait_for_message("ann", self.subject("while down")), sent.replace(b"\r\n", b"\n"))
        self.story(tracking, "refused")

    def test_postfix_bounces_to_us(self):
        sent = self.written("bounce me", f"gone@{DOMAIN}")
        self.peer.send(self.site.alice[0], [f"gone@{DOMAIN}"], sent)
        got = self.wait_for_message(self.site.alice, rb"(?s)Return-Path: <>\r\n.*gone@distant\.example.*bounce me")
        self.assertIn(b"MAILER-DAEMON@mx.distant.example", got)

    def test_our_refusal_comes_back_to_their_sender(self):
        self.peer.send(ANN, ["unknown@hikyaku.example"], self.written("not here", "unknown@hikyaku.example", ANN))
        report = self.peer.wait_for_message("ann", rb"(?s)unknown@hikyaku\.example.*Subject: not here")
        self.assertRegex(report, rb"(?s)Diagnostic-Code: smtp; 550 5\.1\.1 .*unknown@hikyaku\.example")

    def test_silence_in_the_middle_blocks_nothing(self):
        if not self.peer.in_namespace:
            self.skipTest("there is no cable to cut without network namespaces")
        slow, go_on = f"slow@{DOMAIN}", threading.Event()
        self.addCleanup(go_on.set)
        self.peer.policy.answers[slow] = go_on
        tracking, sent = self.send("half-open", slow)
        self.peer.policy.wait_until_asked(slow)  # our RCPT has come: now nothing goes through any more
        with RemoteServer(address="127.0.0.2", port=25) as other:
            self.peer.net.cut()
            try:
                self.send("more for the silent one", slow)
                _, elsewhere = self.send("elsewhere", "bob@other.example")
                self.assert_whole(other.wait_for_messages(1)[0].message, elsewhere)
                self.send("at home", self.site.bob[0])
                self.wait_for_message(self.site.bob, self.subject("at home"))
                self.assertTrue(self.waiting())
            finally:
                self.peer.net.mend()
                go_on.set()
        self.assert_whole(self.peer.wait_for_message("slow", self.subject("half-open"), 60),
                          sent.replace(b"\r\n", b"\n"))
        self.story(tracking, r"250 2.0.0 Ok: (?:\d+ bytes )?queued as")


if __name__ == "__main__":
    unittest.main()
