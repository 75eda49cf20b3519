# SPDX-License-Identifier: Apache-2.0
"""Goal: with a full disk each door says "not now" in its protocol's words, reading goes on, nothing that was answered is
lost, no delivery is repeated, and all goes on by itself when there is room."""

import contextlib
import imaplib
import os
import poplib
import shutil
import smtplib
import subprocess
import tempfile
import time
import unittest

from harness.case import fetch_all
from harness.clients import imap, message, pop3, say, smtp, submit
from harness.dns import DnsServer
from harness.remote import RemoteServer
from harness.site import Site

MESSAGES = 8
FOR_BODIES, FOR_ANYTHING = 24 << 20, 0  # what is left free: too little for mail, and for any change


class FullDisk(unittest.TestCase):
    """One site on a small disk; each test fills it, tries a door, makes room and tries again."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="hikyaku-full-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        small = ["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", cls.folder]
        if os.geteuid() != 0 or subprocess.run(small, capture_output=True, check=False).returncode != 0:
            raise unittest.SkipTest("only root may mount a small disk")
        cls.addClassCleanup(subprocess.run, ["umount", "-l", cls.folder], check=False)
        cls.peer = RemoteServer(address="127.0.0.2")
        cls.addClassCleanup(cls.peer.close)
        cls.dns = DnsServer({"far.example": {"A": ["127.0.0.2"]}})
        cls.addClassCleanup(cls.dns.close)
        cls.site = Site({"dns": {"forwarders": [cls.dns.forwarder], "dnssec": False},
                         "delivery": {"port": cls.peer.port, "retry_after": ["1s"]}}, directory=cls.folder)
        cls.addClassCleanup(cls.site.close)
        cls.site.start()
        with submit(cls.site, cls.site.alice) as client:
            for n in range(MESSAGES):
                for to in (cls.site.alice, cls.site.bob):
                    client.sendmail(cls.site.alice[0], [to[0]], message(cls.site.alice[0], to[0], subject=f"old {n}"))

    def tearDown(self):
        self.make_room()
        self.until_taken(lambda: self.send("smtp"))
        self.assertEqual(self.site.json("store", "check")["findings"], [])
        self.assertTrue(self.site.daemon.running)

    ballast = property(lambda self: os.path.join(self.folder, "ballast"))

    def fill(self, left):
        """Takes what is free but `left`, and waits until the server has noticed."""
        since = self.site.daemon.mark()
        with open(self.ballast, "wb") as f:
            while True:
                disk = os.statvfs(self.folder)
                with contextlib.suppress(OSError):  # the server was faster
                    os.posix_fallocate(f.fileno(), 0, disk.f_bavail * disk.f_frsize - left)
                    break
                os.ftruncate(f.fileno(), 0)
        self.until(lambda: self.send("smtp")[0] // 100 == 4, "mail is taken on a full disk")
        told = self.site.daemon.wait_for(r"event=store\.disk_full .*", since=since)[0]
        self.assertIn(self.site.data, told)
        self.assertIn("make room", told)

    def make_room(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.ballast)

    def until(self, right, complaint):
        until = time.monotonic() + 30
        while not right():
            self.assertLess(time.monotonic(), until, complaint)

    def until_taken(self, send):
        def taken():
            code, text = send()
            self.assertIn(code // 100, (2, 4), text)
            return code == 250
        self.until(taken, "no mail is taken though there is room")

    def send(self, door, size=100, to=None):
        """The reply that decides."""
        client = submit(self.site, self.site.alice, door) if door.startswith("sub") else smtp(self.site, door)
        to = to or self.site.carol[0]
        with client:
            if door == "lmtp":
                client.docmd("LHLO", "client.example")
            else:
                client.ehlo()
            code, text = client.mail(self.site.alice[0])
            if code == 250:
                code, text = client.rcpt(to)
            if code == 250:
                code, text = client.data(message(self.site.alice[0], to, body="x" * 70 + "\r\n" + "y" * size + "\r\n"))
            return code, text

    # Mail that comes in

    def test_mail(self):
        for left in (FOR_BODIES, FOR_ANYTHING):
            for door in ("smtp", "lmtp", "submission", "submissions"):
                before = self.count(self.site.carol)
                self.fill(left)
                for size in (100, 900):
                    code, text = self.send(door, size)
                    self.assertEqual((code, text[:5]), (452, b"4.3.1"), (door, text))
                    self.assertNotIn(self.site.directory.encode(), text, "what lies where is nobody's business")
                self.make_room()
                self.until_taken(lambda door=door: self.send(door))
                self.assertGreater(self.count(self.site.carol), before)

    def test_a_large_message(self):
        """Its octets go to the disk before its end comes."""
        self.fill(FOR_ANYTHING)
        with smtp(self.site) as client:
            client.ehlo()
            client.mail("a@b.example")
            code, text = client.rcpt(self.site.carol[0])
            if code == 250:
                code, text = client.data(message("a@b.example", self.site.carol[0], body=("x" * 76 + "\r\n") * 200_000))
            self.assertEqual(code // 100, 4, text)
            self.assertEqual(client.noop()[0], 250, "the connection is still good")

    def count(self, who):
        with imap(self.site, who) as client:
            return len(fetch_all(client))

    # IMAP

    def refused(self, client, *commands, literal=None):
        for command in commands:
            answer = say(client, command, literal)
            self.assertRegex(answer[-1], rb"^\w+ NO \[UNAVAILABLE\] .*disk", command)

    def test_imap_changes(self):
        client = imap(self.site, self.site.alice)
        self.addCleanup(client.logout)
        client.create("Quiet")
        client.unsubscribe("Quiet")
        client.select("INBOX")
        there = fetch_all(client)
        client.select("INBOX")
        self.fill(FOR_ANYTHING)
        self.refused(client, "APPEND INBOX", literal=message("a@b.example", "c@d.example"))
        self.refused(client, "APPEND INBOX (\\Flagged)", literal=message("a@b.example", "c@d.example", body="x" * 500_000))
        self.refused(client, "STORE 1 +FLAGS (\\Flagged)", "STORE 1:* +FLAGS.SILENT (word)", "COPY 1 Sent", "MOVE 1 Sent",
                     "CREATE Fresh", "RENAME Sent Gone", "DELETE Sent", "SUBSCRIBE Quiet", "UNSUBSCRIBE INBOX")
        self.assertEqual(fetch_all(client), there, "reading goes on")
        status, flags = client.fetch("1", "(FLAGS)")
        self.assertEqual(status, "OK")
        self.assertNotIn(b"Flagged", flags[0])
        client.select("INBOX")
        self.make_room()
        self.until(lambda: client.append("INBOX", None, None, message("a@b.example", "c@d.example"))[0] == "OK",
                   "nothing can be changed though there is room")
        for command in ("STORE 1 +FLAGS (\\Flagged)", "COPY 1 Sent", "MOVE 2 Sent", "CREATE Fresh", "DELETE Fresh"):
            self.assertRegex(say(client, command)[-1], rb"^\w+ OK", command)
        self.assertEqual(len(fetch_all(client)), len(there))

    def test_deleting_makes_room(self):
        """With no room for mail, people can still delete some."""
        with imap(self.site, self.site.carol) as client:
            self.send("smtp")
            client.select("INBOX")
            self.fill(FOR_BODIES)
            self.refused(client, "APPEND INBOX", literal=message("a@b.example", "c@d.example"))
            for command in ("STORE 1 +FLAGS (\\Deleted)", "EXPUNGE", "CREATE Kept", "COPY * Kept"):
                self.assertRegex(say(client, command)[-1], rb"^\w+ OK", command)

    def test_an_expunge(self):
        client = imap(self.site, self.site.alice)
        self.addCleanup(client.logout)
        client.select("INBOX")
        client.store("3", "+FLAGS", "(\\Deleted)")
        before = self.count(self.site.alice)
        self.fill(FOR_ANYTHING)
        self.refused(client, "EXPUNGE", "UID EXPUNGE 1:*", "CLOSE")
        self.assertEqual(self.count(self.site.alice), before)
        self.make_room()
        self.until(lambda: client.expunge()[0] == "OK", "nothing can be expunged though there is room")
        self.assertEqual(self.count(self.site.alice), before - 1)

    def test_imap_login_and_reading(self):
        self.fill(FOR_ANYTHING)
        fresh = ("fresh@hikyaku.example", "correct horse battery")
        with imap(self.site, self.site.bob) as client:
            self.assertGreater(len(fetch_all(client)), 0)
            client.select("INBOX")
            self.assertEqual(client.fetch("1", "(BODY[])")[0], "OK", "it would set \\Seen, which can't be kept")
        self.assertNotEqual(self.site.run("account", "add", fresh[0], check=False).returncode, 0)

    # POP3

    def test_pop3(self):
        before = self.count(self.site.bob)
        client = pop3(self.site, self.site.bob)
        client.dele(1)
        self.fill(FOR_ANYTHING)
        with self.assertRaisesRegex(poplib.error_proto, r"-ERR \[SYS/TEMP\]"):
            client.quit()
        client.close()
        self.assertEqual(self.count(self.site.bob), before, "nothing is half deleted")
        client = pop3(self.site, self.site.bob)
        self.assertEqual(client.stat()[0], before)
        client.retr(1)
        client.dele(1)
        self.make_room()
        self.until_taken(lambda: self.send("smtp"))
        client.quit()
        self.assertEqual(self.count(self.site.bob), before - 1)

    # Mail that goes out

    def queued(self):
        return self.site.json("queue", "list")["items"]

    def test_a_delivery_whose_result_can_not_be_written(self):
        self.peer.script["eod"] = "451 4.3.0 later"
        subject = "delivered on a full disk"
        with submit(self.site, self.site.alice) as client:
            client.sendmail(self.site.alice[0], ["x@far.example"], message(self.site.alice[0], "x@far.example", subject=subject))
        self.fill(FOR_ANYTHING)
        self.peer.script.pop("eod")
        since = self.site.daemon.mark()
        self.peer.wait_for_messages(1)
        told = self.site.daemon.wait_for(r"event=delivery\.record .*", since=since)[0]
        self.assertIn("full", told)
        self.make_room()
        self.until(lambda: not self.queued(), "the result is never written")
        self.assertEqual(sum(subject.encode() in d.message for d in self.peer.deliveries), 1, "it went out twice")

    def test_a_report_that_can_not_be_written(self):
        self.peer.script["rcpt:gone@far.example"] = "451 4.3.0 later"
        with submit(self.site, self.site.alice) as client:
            client.sendmail(self.site.alice[0], ["gone@far.example"],
                            message(self.site.alice[0], "gone@far.example", subject="to nobody"))
        self.fill(FOR_ANYTHING)
        since = self.site.daemon.mark()
        self.peer.script["rcpt:gone@far.example"] = "550 5.1.1 unknown"
        told = self.site.daemon.wait_for(r"event=delivery\.report .*", since=since)[0]
        self.assertIn("full", told)
        self.make_room()
        self.until(lambda: not self.queued(), "the message stays in the queue")
        with imap(self.site, self.site.alice) as client:
            reports = [m for m in fetch_all(client) if b"multipart/report" in m and b"gone@far.example" in m]
        self.assertEqual(len(reports), 1)

    # The administrator

    def test_commands(self):
        self.fill(FOR_ANYTHING)
        for command in (("account", "add", "new@hikyaku.example"), ("domain", "add", "new.example"),
                        ("alias", "add", "also@hikyaku.example", self.site.bob[0]),
                        ("account", "password", self.site.bob[0]), ("account", "remove", self.site.carol[0])):
            done = self.site.run(*command, check=False)
            self.assertEqual(done.returncode, 4, (command, done.stderr))
            self.assertRegex(done.stderr, "disk.*full.*make room")
            self.assertNotIn("password", done.stdout)
        self.assertIn(self.site.carol[0], self.site.run("account", "list").stdout)
        self.make_room()
        self.until_taken(lambda: self.send("smtp"))
        self.site.run("account", "add", "new@hikyaku.example")
        self.site.run("account", "remove", "new@hikyaku.example")

    def test_a_start(self):
        before = self.count(self.site.bob)
        self.fill(FOR_ANYTHING)
        self.site.kill()
        try:
            self.site.start()
        except AssertionError as error:
            self.assertRegex(str(error), "No space left.*make room|disk.*full.*make room")
            self.make_room()
            self.site.start()
        else:
            self.assertEqual(self.send("smtp")[0] // 100, 4)
        self.assertEqual(self.count(self.site.bob), before)


if __name__ == "__main__":
    unittest.main()
