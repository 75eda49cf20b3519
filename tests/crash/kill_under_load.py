# SPDX-License-Identifier: Apache-2.0
"""Goal: whatever moment the process is killed at, what was answered is there.

Every message answered 250 is in its mailbox exactly once, or reaches the remote server at least once; every IMAP
change answered OK holds; and `store check` finds nothing.

HK_KILLS=200 runs the full test (20 by default).
"""

import os
import random
import re
import smtplib
import threading
import unittest

from harness.clients import imap, message, smtp, submit
from harness.dns import DnsServer
from harness.remote import RemoteServer
from harness.site import Site

KILLS = int(os.environ.get("HK_KILLS", "20"))
SEED = int(os.environ.get("HK_SEED", "0")) or random.randrange(1 << 30)
GONE = (OSError, EOFError, smtplib.SMTPException)


class Ledger:
    """What was sent and what was answered, by id."""

    def __init__(self):
        self.lock = threading.Lock()
        self.next = 0
        self.answered = {"local": set(), "remote": set(), "flagged": set()}
        self.tried = {"local": set(), "remote": set(), "flagged": set()}
        self.round = 0
        self.more = threading.Event()
        self.limit = 0

    def new(self, kind):
        with self.lock:
            self.next += 1
            self.tried[kind].add(self.next)
            return self.next

    def answer(self, kind, number):
        with self.lock:
            self.answered[kind].add(number)
            self.round += 1
            if self.round >= self.limit:
                self.more.set()

    def begin(self, limit):
        with self.lock:
            self.round, self.limit = 0, limit
            self.more.clear()


def identified(number, sender, to):
    return message(sender, to, subject=f"number {number}", body="x" * random.randrange(10, 9000) + "\r\n", X_Number=str(number))


def numbers(blocks):
    return [int(n) for b in blocks for n in re.findall(rb"X-Number: (\d+)", b)]


class KillUnderLoad(unittest.TestCase):
    def local(self, stop):
        while not stop.is_set():
            try:
                with smtp(self.site) as client:
                    while not stop.is_set():
                        number = self.ledger.new("local")
                        client.sendmail("load@elsewhere.example", [self.site.bob[0]],
                                        identified(number, "load@elsewhere.example", self.site.bob[0]))
                        self.ledger.answer("local", number)
            except GONE:
                pass

    def remote(self, stop):
        while not stop.is_set():
            try:
                with submit(self.site, self.site.alice) as client:
                    while not stop.is_set():
                        number = self.ledger.new("remote")
                        client.sendmail(self.site.alice[0], ["x@far.example"],
                                        identified(number, self.site.alice[0], "x@far.example"))
                        self.ledger.answer("remote", number)
            except GONE:
                pass

    def changes(self, stop):
        """APPEND, then a flag on it: both must hold once they were answered."""
        while not stop.is_set():
            try:
                client = imap(self.site, self.site.carol)
                client.select("INBOX")
                while not stop.is_set():
                    number = self.ledger.new("flagged")
                    status, answer = client.append("INBOX", None, None, identified(number, "a@b.example", "c@d.example"))
                    uid = re.search(rb"APPENDUID \d+ (\d+)", answer[0])[1].decode()
                    if status == "OK" and client.uid("STORE", uid, "+FLAGS", "(\\Flagged)")[0] == "OK":
                        self.ledger.answer("flagged", number)
            except (*GONE, Exception):  # imaplib's own errors have no common base
                pass

    def load_and_kill(self, chance):
        self.ledger.begin(chance.randrange(1, 60))
        stop = threading.Event()
        jobs = [threading.Thread(target=job, args=(stop,))
                for job in (self.local, self.local, self.local, self.remote, self.changes)]
        for job in jobs:
            job.start()
        self.ledger.more.wait(60)
        self.site.kill()
        stop.set()
        for job in jobs:
            job.join()

    def check_mailboxes(self):
        with imap(self.site, self.site.bob) as client:
            client.select("INBOX", readonly=True)
            _, parts = client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (X-Number)])")
            there = numbers(p[1] for p in parts if isinstance(p, tuple))
        self.assertEqual(len(there), len(set(there)), "a message is there twice")
        self.assertEqual(self.ledger.answered["local"] - set(there), set(), "answered 250 and lost")
        self.assertEqual(set(there) - self.ledger.tried["local"], set())
        with imap(self.site, self.site.carol) as client:
            client.select("INBOX", readonly=True)
            _, parts = client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (X-Number)])")
            flagged = set(numbers(p[1] for p in parts if isinstance(p, tuple) and b"\\Flagged" in p[0]))
        self.assertEqual(self.ledger.answered["flagged"] - flagged, set(), "a flag answered OK is gone")

    def test_everything_answered_is_there(self):
        print(f"seed {SEED}: repeat with HK_SEED={SEED}", flush=True)
        chance = random.Random(SEED)
        self.ledger = Ledger()
        with RemoteServer(address="127.0.0.2") as peer, DnsServer({"far.example": {"A": ["127.0.0.2"]}}) as dns:
            self.site = Site({"dns": {"forwarders": [dns.forwarder], "dnssec": False},
                              "smtp": {"messages_max": 100000},
                              "delivery": {"port": peer.port, "retry_after": ["1s"]}})
            self.addCleanup(self.site.close)
            for _ in range(KILLS):
                self.site.start()
                self.load_and_kill(chance)
            self.site.start()
            self.check_mailboxes()
            self.assertEqual(self.site.json("store", "check")["findings"], [])
            self.site.run("queue", "retry", "--all")
            missing = self.ledger.answered["remote"]
            count = 0
            while missing := self.ledger.answered["remote"] - set(numbers(d.message for d in peer.deliveries)):
                count = len(peer.deliveries)
                peer.wait_for_messages(count + 1, 60)
            self.assertEqual(missing, set(), "answered 250 and never delivered")
            self.assertGreater(len(self.ledger.answered["local"]), KILLS)


if __name__ == "__main__":
    unittest.main()
