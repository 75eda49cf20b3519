# SPDX-License-Identifier: Apache-2.0
"""Goal: whatever moment the process is killed at, what was answered holds, and what was not answered is whole or not
there.

Mail comes in over SMTP, LMTP and submission: each message answered 250 is in its mailbox exactly once, octet for octet,
and at the remote server, which defers and drops, at least once; what the remote refuses is reported to its sender. Over
IMAP each APPEND, flag, COPY, MOVE and EXPUNGE answered OK holds, UIDs stay, and an unanswered MOVE leaves the message in
one of the two mailboxes. Over POP3 a QUIT answered +OK has deleted what was marked. `store check` finds nothing.

HK_KILLS=200 runs the full test (20 by default).
"""

import collections
import imaplib
import itertools
import os
import poplib
import random
import re
import smtplib
import threading
import time
import unittest

from harness.clients import imap, pop3, smtp, submit
from harness.dns import DnsServer
from harness.remote import Drop, RemoteServer
from harness.site import Site

KILLS = int(os.environ.get("HK_KILLS", "20"))
SEED = int(os.environ.get("HK_SEED", "0")) or random.randrange(1 << 30)
GONE = (OSError, EOFError, smtplib.SMTPServerDisconnected, imaplib.IMAP4.abort)
ELSEWHERE = "load@elsewhere.example"
PASSWORD = "kept through all of it"


class Peer(RemoteServer):
    """Takes about two messages of three; defers, or hangs up at, the others."""

    patient = False

    def reply(self, *stages, default):
        if stages[0] == "eod" and not self.patient and (luck := random.random()) < 0.35:
            if luck < 0.1:
                raise Drop
            return "451 4.3.0 later"
        return super().reply(*stages, default=default)


class Ledger:
    """What was tried and what was answered, by number."""

    def __init__(self):
        self.lock = threading.Lock()
        self.next = self.round = self.limit = self.kinds_wanted = 0
        self.kinds = set()
        self.more = threading.Event()
        self.tried, self.answered = collections.defaultdict(set), collections.defaultdict(set)
        self.uids = {}  # of the messages that came by APPEND
        self.wrong = []  # answers that no crash explains

    def new(self, *kinds):
        with self.lock:
            self.next += 1
            for kind in kinds:
                self.tried[kind].add(self.next)
            return self.next

    def note(self, kind, numbers):
        with self.lock:
            self.tried[kind].update(numbers)

    def answer(self, numbers, *kinds):
        with self.lock:
            for kind in kinds:
                self.answered[kind].update(numbers)
            self.round += 1
            self.kinds.update(kinds)
            if self.round >= self.limit and len(self.kinds) >= self.kinds_wanted:
                self.more.set()

    def begin(self, limit, kinds_wanted):
        """`more` is set after so many answers, of so many kinds."""
        with self.lock:
            self.round, self.limit = 0, limit
            self.kinds, self.kinds_wanted = set(), kinds_wanted
            self.more.clear()


def identified(number, sender=ELSEWHERE):
    """The message of that number, always the same."""
    chance = random.Random(number)
    body = b"".join(b"%032x%032x\r\n" % (chance.getrandbits(128), chance.getrandbits(128))
                    for _ in range(chance.randrange(1, 140)))
    return (f"From: <{sender}>\r\nTo: <somebody@there.example>\r\nSubject: number {number}\r\n"
            f"Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nMessage-ID: <{number}@client.example>\r\n"
            f"X-Number: {number}\r\n\r\n").encode() + body


def number_in(octets):
    return int(re.search(rb"^X-Number: (\d+)\r$", octets, re.M)[1])


class KillUnderLoad(unittest.TestCase):
    # The jobs: each goes on until the server is gone, and comes back with the next one.

    def send(self, open_client, sender, to, *kinds):
        def job():
            with open_client() as client:
                while not self.stop.is_set():
                    number = self.ledger.new(*kinds)
                    client.sendmail(sender, to, identified(number, sender))
                    self.ledger.answer([number], *kinds)
        return job

    def lmtp(self):
        client = smtp(self.site, "lmtp")
        client.ehlo_or_helo_if_needed = lambda: None
        client.docmd("LHLO", "client.example")
        return client

    def append(self, client, kind):
        number = self.ledger.new(kind)
        status, answer = client.append("INBOX", None, None, identified(number))
        self.right(status, answer)
        uid = int(re.search(rb"APPENDUID \d+ (\d+)", answer[0])[1])
        self.ledger.uids[number] = uid
        self.ledger.answer([number], kind)
        return number, str(uid)

    def right(self, status, answer):
        if status != "OK":
            raise imaplib.IMAP4.error(f"{status} {answer}")

    def flags(self):
        client = imap(self.site, self.site.carol)
        client.select("INBOX")
        while not self.stop.is_set():
            number, uid = self.append(client, "appended")
            self.ledger.note("flagged", [number])
            self.right(*client.uid("STORE", uid, "+FLAGS", "(\\Flagged $Seal)"))
            self.ledger.answer([number], "flagged")

    def moves(self):
        client = imap(self.site, self.mover)
        for name in ("Archive", "Copies"):
            client.create(name)
        client.select("INBOX")
        while not self.stop.is_set():
            number, uid = self.append(client, "mine")
            todo = next(self.todo)
            if todo == "left":
                continue
            if todo == "expunged":
                self.right(*client.uid("STORE", uid, "+FLAGS", "(\\Deleted)"))
            self.ledger.note(todo, [number])
            self.right(*client.uid(*{"moved": ("MOVE", uid, "Archive"), "copied": ("COPY", uid, "Copies"),
                                     "expunged": ("EXPUNGE", uid)}[todo]))
            self.ledger.answer([number], todo)

    def pops(self):
        while not self.stop.is_set():
            client = pop3(self.site, self.popper)
            marked = []
            for n in range(1, min(client.stat()[0], 6) + 1):
                if n % 3:
                    marked.append(number_in(b"\r\n".join(client.top(n, 0)[1]) + b"\r\n"))
                    client.dele(n)
            self.ledger.note("popped", marked)
            client.quit()
            self.ledger.answer(marked, "popped")

    def run_job(self, job):
        while not self.stop.is_set():
            try:
                job()
            except GONE:
                pass
            except poplib.error_proto as error:
                if "-ERR EOF" not in str(error):  # poplib's own word for a connection that ended
                    self.ledger.wrong.append(error)
            except Exception as error:  # pylint: disable=broad-except
                self.ledger.wrong.append(error)
                return

    def load_and_kill(self, chance):
        # Early, while people log in, or when nearly everything goes on at once.
        self.ledger.begin(chance.randrange(1, 90), chance.choice((0, 8, 10)))
        self.stop = threading.Event()
        alice, bob = self.site.alice, self.site.bob[0]
        port25, port465 = (lambda: smtp(self.site)), (lambda: submit(self.site, alice))
        jobs = [threading.Thread(target=self.run_job, args=(job,)) for job in (
            self.send(port25, ELSEWHERE, [bob], "local"), self.send(port25, ELSEWHERE, [bob], "local"),
            self.send(self.lmtp, ELSEWHERE, [bob], "local"),
            self.send(port25, ELSEWHERE, [self.popper[0]], "to pop"),
            self.send(port465, alice[0], [bob, "x@far.example"], "own", "remote"),
            self.send(port465, alice[0], ["x@far.example"], "remote"),
            self.send(port465, alice[0], ["no@far.example"], "refused"),
            self.flags, self.moves, self.pops)]
        for job in jobs:
            job.start()
        self.ledger.more.wait(60)
        self.site.kill()
        self.stop.set()
        for job in jobs:
            job.join()

    # What must hold

    def read(self, account, mailbox="INBOX"):
        """[(number, uid, flags, octets)]"""
        with imap(self.site, account) as client:
            if int(client.select(mailbox, readonly=True)[1][0]) == 0:
                return []
            _, parts = client.fetch("1:*", "(UID FLAGS BODY.PEEK[])")
        return [(number_in(p[1]), int(re.search(rb"UID (\d+)", p[0])[1]), p[0], p[1]) for p in parts if isinstance(p, tuple)]

    def holds(self, account, kinds, mailbox="INBOX"):
        """What was answered is there, once and as it was sent; the numbers."""
        found = self.read(account, mailbox)
        there = {number for number, *_ in found}
        self.assertEqual(len(found), len(there), f"a message is twice in {mailbox} of {account[0]}")
        for kind in kinds:
            self.assertEqual(self.ledger.answered[kind] - there, set(), f"answered and lost: {kind}")
        self.assertEqual(there - set().union(*(self.ledger.tried[k] for k in kinds)), set())
        for number, uid, _, octets in found:
            sender = self.site.alice[0] if number in self.ledger.tried["own"] else ELSEWHERE
            self.assertTrue(octets.endswith(identified(number, sender)), f"message {number} was changed")
            if mailbox == "INBOX" and number in self.ledger.uids:
                self.assertEqual(uid, self.ledger.uids[number], "a UID was changed")
        return there

    def check_mailboxes(self):
        tried, answered = self.ledger.tried, self.ledger.answered
        self.holds(self.site.bob, ["local", "own"])
        self.holds(self.site.carol, ["appended"])
        flagged = {n for n, _, flags, _ in self.read(self.site.carol) if b"\\Flagged" in flags and b"$Seal" in flags}
        self.assertEqual(answered["flagged"] - flagged, set(), "a flag answered OK is gone")
        self.assertEqual(flagged - tried["flagged"], set(), "a flag that nobody set")

        archive, copies = self.holds(self.mover, ["moved"], "Archive"), self.holds(self.mover, ["copied"], "Copies")
        left = {n for n, *_ in self.read(self.mover)}
        self.assertEqual(archive & left, set(), "half a MOVE")
        self.assertEqual(answered["mine"] - left - archive - tried["expunged"], set(), "answered and lost: APPEND")
        self.assertEqual(answered["expunged"] & left, set(), "what was expunged is back")
        self.assertEqual((copies - left) - tried["expunged"], set(), "COPY took the original")
        for number, uid, _, octets in self.read(self.mover):
            self.assertEqual(octets, identified(number))
            self.assertEqual(uid, self.ledger.uids.get(number, uid))

        found = [n for n, *_ in self.read(self.popper)]
        self.assertEqual(len(found), len(set(found)), "a message is twice in the POP3 mailbox")
        self.assertEqual(answered["to pop"] - set(found) - tried["popped"], set(), "POP3 deleted what was not marked")
        self.assertEqual(answered["popped"] & set(found), set(), "what POP3 deleted is back")

    def check_remote(self):
        self.peer.patient = True
        self.site.run("queue", "retry", "--all")
        until = time.monotonic() + 120
        while self.site.json("queue", "list")["items"]:
            self.assertLess(time.monotonic(), until, "the queue does not become empty")
        came = {number_in(d.message) for d in self.peer.deliveries}
        self.assertEqual(self.ledger.answered["remote"] - came, set(), "answered 250 and never delivered")
        for delivery in self.peer.deliveries:
            whole = identified(number_in(delivery.message), self.site.alice[0])
            self.assertTrue(delivery.message.endswith(whole), "a message was changed on its way out")
        with imap(self.site, self.site.alice) as client:
            client.select("INBOX", readonly=True)
            _, parts = client.fetch("1:*", "(BODY.PEEK[])")
        reported = {number_in(p[1]) for p in parts if isinstance(p, tuple)}
        self.assertEqual(self.ledger.answered["refused"] - reported, set(), "answered 250 and vanished")

    def test_everything_answered_is_there(self):
        print(f"seed {SEED}: repeat with HK_SEED={SEED}", flush=True)
        chance = random.Random(SEED)
        self.ledger = Ledger()
        self.todo = itertools.cycle(("moved", "copied", "expunged", "left"))
        with Peer({"rcpt:no@far.example": "550 5.1.1 nobody"}, address="127.0.0.2") as self.peer, \
                DnsServer({"far.example": {"A": ["127.0.0.2"]}}) as dns:
            self.site = Site({"dns": {"forwarders": [dns.forwarder], "dnssec": False},
                              "smtp": {"messages_max": 100000},
                              "delivery": {"port": self.peer.port, "retry_after": ["1s"]}})
            self.addCleanup(self.site.close)
            self.mover, self.popper = ("mover@hikyaku.example", PASSWORD), ("popper@hikyaku.example", PASSWORD)
            for address, password in (self.mover, self.popper):
                self.site.run("account", "add", address, "--password-stdin", stdin=password + "\n")
            for _ in range(KILLS):
                self.site.start()
                self.load_and_kill(chance)
                self.assertEqual(self.ledger.wrong, [])
            self.site.start()
            self.check_mailboxes()
            self.check_remote()
            self.assertEqual(self.site.json("store", "check")["findings"], [])
            print({kind: len(numbers) for kind, numbers in self.ledger.answered.items()}, flush=True)
            for kind in ("local", "own", "remote", "refused", "to pop", "popped", "flagged", "moved", "copied", "expunged"):
                self.assertGreater(len(self.ledger.answered[kind]), KILLS // 20, f"the load never did: {kind}")


if __name__ == "__main__":
    unittest.main()
