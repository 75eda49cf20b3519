# SPDX-License-Identifier: Apache-2.0
"""Goal: on more I/O threads than there are processors, deliveries, other people's sessions of the same mailboxes,
commands, reloads and outgoing mail all run at once, and a stop comes into them: what was acknowledged is there, once,
and the records agree. It looks for races: run it with the thread sanitizer too."""

import imaplib
import os
import poplib
import re
import signal
import smtplib
import threading
import unittest

from harness.clients import imap, message, pop3, say, smtp, submit
from harness.dns import DnsServer
from harness.remote import RemoteServer
from harness.site import Site

ROUNDS = 12
# The server's good-bye or its end, as clients meet it.
GONE = (OSError, imaplib.IMAP4.abort, poplib.error_proto, smtplib.SMTPException)


class AllAtOnce(unittest.TestCase):
    def setUp(self):
        self.peer = RemoteServer(address="127.0.0.2", extensions=("PIPELINING", "8BITMIME"))
        self.addCleanup(self.peer.close)
        names = {f"far{i}.example": {"MX": [(10, "mx.far.example")]} for i in range(4)}
        self.dns = DnsServer({"mx.far.example": {"A": ["127.0.0.2"]}, **names})
        self.addCleanup(self.dns.close)
        self.site = Site({"server": {"threads": 2 * (os.cpu_count() or 2) + 1, "stop_patience": "20s"},
                          "dns": {"forwarders": [self.dns.forwarder], "dnssec": False},
                          "limits": {"connections_per_address": 1000},
                          "delivery": {"port": self.peer.port, "retry_after": ["1s"], "warn_after": "1h",
                                       "give_up_after": "2h"}})
        self.addCleanup(self.site.close)
        self.site.start()
        self.lock = threading.Lock()
        self.acknowledged = []
        self.some_acknowledged = threading.Event()
        self.failures = []

    def note(self, subject):
        with self.lock:
            self.acknowledged.append(subject)
            if len(self.acknowledged) == ROUNDS:
                self.some_acknowledged.set()

    def together(self, *works):
        """Runs all at once, to their ends; what fails in one of them is raised."""
        def run(work):
            try:
                work()
            except Exception as error:  # pylint: disable=broad-except
                with self.lock:
                    self.failures.append((work, error))

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.failures:
            raise AssertionError(f"{len(self.failures)} failed, the first: {self.failures[0]}") from self.failures[0][1]

    # What clients do

    def deliver(self, name):
        """To two accounts in one commit, several messages a connection."""
        with smtp(self.site) as client:
            for i in range(ROUNDS):
                subject = f"{name}-{i}"
                client.sendmail("a@elsewhere.example", [self.site.alice[0], self.site.bob[0]],
                                message("a@elsewhere.example", self.site.alice[0], subject))
                self.note(subject)

    def append(self, name):
        with imap(self.site, self.site.alice) as client:
            for i in range(ROUNDS):
                subject = f"{name}-{i}"
                for line in say(client, "APPEND Archive", message("a@elsewhere.example", "b@elsewhere.example", subject))[-1:]:
                    self.assertIn(b" OK ", line)
                self.note(subject)

    def flag(self, name):
        """Changes flags of all that is there, and looks: message numbers never come twice."""
        with imap(self.site, self.site.alice) as client:
            client.select("INBOX")
            for i in range(ROUNDS):
                say(client, f"STORE 1:* {'+' if i % 2 else '-'}FLAGS ({name} \\Flagged)")
                lines = say(client, "UID SEARCH ALL")
                found = [int(n) for line in lines if line.startswith(b"* SEARCH") for n in line.split()[2:]]
                self.assertEqual(found, sorted(set(found)))
                say(client, "UID FETCH 1:* (FLAGS ENVELOPE BODY.PEEK[TEXT])")

    def move(self):
        with imap(self.site, self.site.alice) as client:
            for _ in range(ROUNDS):
                client.select("INBOX")
                say(client, "MOVE 1:2 Archive")  # none there: BAD, and nothing happens

    def make_mailboxes(self, name):
        with imap(self.site, self.site.alice) as client:
            for i in range(ROUNDS):
                client.create(f"{name}/{i}")
                client.list()
                client.rename(f"{name}/{i}", f"{name}/{i}-renamed")
                client.delete(f"{name}/{i}-renamed")

    def idle(self, account):
        """Is told of what comes until the server stops."""
        try:
            with imap(self.site, account) as client:
                client.select("INBOX")
                client.sock.settimeout(300)
                client.send(b"i IDLE\r\n")
                while line := client.readline():
                    if line.startswith(b"* BYE"):
                        return
        except GONE:
            pass

    def read_by_pop3(self):
        for _ in range(ROUNDS):
            client = pop3(self.site, self.site.bob)
            for i in range(1, min(3, client.stat()[0]) + 1):
                client.retr(i)
            client.quit()

    def log_in(self):
        for i in range(ROUNDS):
            with imap(self.site) as client:
                if i % 3 == 0:
                    with self.assertRaises(imaplib.IMAP4.error):
                        client.login(self.site.carol[0], "wrong")
                client.login(*self.site.carol)

    def command(self):
        run = self.site.run
        run("domain", "add", "new.example")
        for i in range(3):
            run("account", "add", f"d{i}@new.example")
            run("alias", "add", f"info{i}@new.example", f"d{i}@new.example")
            run("account", "password", f"d{i}@new.example", "--password-stdin", stdin="another one\n")
            with smtp(self.site) as client:
                client.sendmail("a@elsewhere.example", [f"info{i}@new.example"], message("a@elsewhere.example", "b", "x"))
            run("queue", "list")
            run("alias", "remove", f"info{i}@new.example")
            run("account", "remove", f"d{i}@new.example")
        self.assertEqual(self.site.json("store", "check")["findings"], [])

    def reload(self):
        for _ in range(ROUNDS):
            mark = self.site.daemon.mark()
            os.kill(self.site.daemon.pid, signal.SIGHUP)
            self.site.daemon.wait_for(r"app\.reloaded", 60, since=mark)

    def send_away(self, name):
        with submit(self.site, self.site.alice) as client:
            for i in range(ROUNDS):
                to = f"{name}-{i}@far{i % 4}.example"
                client.sendmail(self.site.alice[0], [to], message(self.site.alice[0], to))

    # What is there afterwards

    def subjects(self, account, *mailboxes):
        out = []
        with imap(self.site, account) as client:
            for mailbox in mailboxes:
                if int(client.select(mailbox, readonly=True)[1][0]):
                    for line in say(client, "FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])"):
                        out += re.findall(r"Subject: (\S+)", line.decode())
        return sorted(out)

    def test_to_the_end(self):
        idlers = [threading.Thread(target=self.idle, args=(account,))
                  for account in (self.site.alice, self.site.alice, self.site.bob)]
        for thread in idlers:
            thread.start()
        self.together(lambda: self.deliver("d1"), lambda: self.deliver("d2"), lambda: self.deliver("d3"),
                      lambda: self.append("a1"), lambda: self.append("a2"), lambda: self.flag("f1"),
                      lambda: self.flag("f2"), self.move, lambda: self.make_mailboxes("m1"), self.read_by_pop3,
                      self.log_in, self.command, self.reload, lambda: self.send_away("s1"),
                      lambda: self.send_away("s2"))
        away = sorted(to for got in self.peer.wait_for_messages(2 * ROUNDS, 120) for to in got.recipients)
        self.assertEqual(away, sorted(f"{s}-{i}@far{i % 4}.example" for s in ("s1", "s2") for i in range(ROUNDS)))
        self.assertEqual(self.site.stop(60), 0)
        for thread in idlers:
            thread.join()
        self.site.start(60)
        self.assertEqual(self.subjects(self.site.alice, "INBOX", "Archive"), sorted(self.acknowledged))
        self.assertEqual(self.subjects(self.site.bob, "INBOX"), sorted(s for s in self.acknowledged if s[0] == "d"))
        self.assertEqual(self.site.json("store", "check")["findings"], [])

    def test_with_a_stop_in_the_middle(self):
        def until_the_end(work, *arguments):
            def run():
                try:
                    work(*arguments)
                except GONE:
                    pass
            return run

        def stop_amid():
            self.assertTrue(self.some_acknowledged.wait(120))
            os.kill(self.site.daemon.pid, signal.SIGTERM)

        self.together(*[until_the_end(self.deliver, f"d{i}") for i in range(3)],
                      until_the_end(self.flag, "f1"), until_the_end(self.move), until_the_end(self.make_mailboxes, "m1"),
                      until_the_end(self.send_away, "s1"), until_the_end(self.read_by_pop3),
                      until_the_end(self.log_in), lambda: self.idle(self.site.alice), stop_amid)
        self.assertEqual(self.site.daemon.wait(60), 0)
        self.site.start(60)
        for account, mailboxes in ((self.site.alice, ("INBOX", "Archive")), (self.site.bob, ("INBOX",))):
            there = self.subjects(account, *mailboxes)
            self.assertEqual([s for s in self.acknowledged if s not in there], [])
            self.assertEqual(there, sorted(set(there)))
        self.assertEqual(self.site.json("store", "check")["findings"], [])


if __name__ == "__main__":
    unittest.main()
