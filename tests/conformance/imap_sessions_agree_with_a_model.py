# SPDX-License-Identifier: Apache-2.0
"""Goal: many sessions do everything at once on the same mailboxes, and none is ever told what can't be: message numbers are
right, EXPUNGE comes only when it may, UIDs rise and name one message for ever, mod-sequences and UIDNEXT never go back, and
in the end all see the same."""

import os
import random
import re
import threading
import unittest

from _imap_model import Client, numbers
from harness.case import SiteCase
from harness.clients import message, smtp

SESSIONS = 20
STEPS = int(os.environ.get("HK_STEPS", "60"))
SEED = int(os.environ.get("HK_SEED", "1"))
MAILBOXES = ("INBOX", "Work")
FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "\\Draft", "$Forwarded", "urgent")


class Actor(threading.Thread):
    """One session that does what its own random numbers say."""

    def __init__(self, site, account, number, headers):
        super().__init__(name=f"session {number}")
        self.site, self.account = site, account
        self.random = random.Random(SEED * 1000 + number)
        self.client = Client(site, account, qresync=number % 3 == 0, headers=headers)
        self.number, self.made, self.error = number, 0, None
        self.seen_next, self.seen_modseq = {}, {}

    def run(self):
        try:
            self.client.select(self.random.choice(MAILBOXES))
            for _ in range(STEPS):
                step = self.random.choices((self.append, self.fetch, self.store, self.expunge, self.copy, self.search, self.noop,
                                            self.again, self.status, self.idle, self.deliver),
                                           (6, 6, 8, 3, 4, 4, 6, 1, 2, 2, 1))[0]
                step()
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    # A step each

    def text(self):
        self.made += 1
        return message("a@client.example", self.account[0], X_Id=f"{self.number}-{self.made}")

    def some(self, by_uid, few=False):
        """A set of messages that are there, by number or UID; None if there is none. `few`: that makes no crowd."""
        client = self.client
        known = [u for u in client.uids if u is not None]
        if not client.uids or (by_uid and not known):
            return None
        if by_uid:
            picked = self.random.sample(known, min(len(known), self.random.randint(1, 4)))
        else:
            picked = self.random.sample(range(1, len(client.uids) + 1), min(len(client.uids), self.random.randint(1, 4)))
        if few:
            return ",".join(map(str, picked))
        return self.random.choice([",".join(map(str, picked)), f"{min(picked)}:{max(picked)}", f"{min(picked)}:*", "*"])

    def flags(self):
        return " ".join(self.random.sample(FLAGS, self.random.randint(1, 3)))

    def uid(self):
        return self.random.choice(("", "UID "))

    def append(self):
        several = self.random.randint(1, 3)
        to = self.random.choice(MAILBOXES)
        literals = [self.text() for _ in range(several)]
        parts = " ".join(self.random.choice(["{}", f"({self.flags()}) {{}}"]) for _ in literals)
        done = self.client.command(f"APPEND {to} {parts}", *literals)
        found = re.search(rb"\[APPENDUID (\d+) ([\d:,]+)\]", done)
        self.client.expect(found, f"no APPENDUID: {done!r}")
        for uid, literal in zip(range(*self.range_of(found[2])), literals):
            self.client.headers[(int(found[1]), uid)] = re.search(rb"X-Id: (\S+)", literal)[1]

    @staticmethod
    def range_of(text):
        first, _, last = text.decode().partition(":")
        return int(first), int(last or first) + 1

    def fetch(self):
        uid = self.uid()
        if chosen := self.some(bool(uid)):
            items = self.random.choice(("(UID FLAGS)", "(UID FLAGS MODSEQ BODY.PEEK[HEADER.FIELDS (X-Id)])", "(UID BODY[])", "FULL",
                                        "(UID ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE)", "(UID BINARY.PEEK[1])"))
            # NO: some of them are gone by now (RFC 2180 §4.1.2), which only NOOP may tell.
            self.client.command(f"{uid}FETCH {chosen} {items}", ok=False)

    def store(self):
        uid = self.uid()
        if chosen := self.some(bool(uid)):
            since = self.random.choice(("", "", f"(UNCHANGEDSINCE {self.client.highest}) "))
            how = self.random.choice(("+FLAGS", "-FLAGS", "FLAGS")) + self.random.choice(("", ".SILENT"))
            client, names, known = self.client, self.flags(), list(self.client.uids)
            last = len(known) if not uid else max((u for u in known if u), default=0)
            messages = [n for n in numbers(chosen.replace("*", str(last))) if n]
            client.command(f"{uid}STORE {chosen} {since}{how} ({names})")
            if how.endswith(".SILENT") and not since and None not in known:
                client.stored_silently(messages, bool(uid), how, frozenset(names.split()))
            elif how.endswith(".SILENT"):
                client.flags.clear()

    def expunge(self):
        if (chosen := self.some(True)) and self.random.random() < 0.5:
            self.client.command(f"UID EXPUNGE {chosen}")
        else:
            self.client.command("EXPUNGE")

    def copy(self):
        uid = self.uid()
        if chosen := self.some(bool(uid), few=True):
            verb, to = self.random.choice(("COPY", "MOVE", "MOVE")), self.random.choice(MAILBOXES)
            names = {uid: self.client.headers.get((self.client.uid_validity, uid)) for uid in self.client.uids}
            done = self.client.command(f"{uid}{verb} {chosen} {to}", ok=False)
            found = next((m for line in [done, *self.client.said] if (m := re.search(rb"\[COPYUID (\d+) ([\d:,]+) ([\d:,]+)\]", line))), None)
            if found:
                pairs = list(zip(numbers(found[2].decode()), numbers(found[3].decode()), strict=True))
                for old, new in pairs:
                    if names.get(old):
                        known = self.client.headers.setdefault((int(found[1]), new), names[old])
                        self.client.expect(known == names[old], f"COPYUID {old} {new}: {names[old]} became {known}")

    def search(self):
        uid = self.uid()
        key = self.random.choice(("ALL", "UNSEEN", "DELETED", "SINCE 1-Jan-2000", "HEADER X-Id 1-", "KEYWORD urgent", "MODSEQ 5",
                                  "OR SEEN FLAGGED", "NOT ANSWERED", "UID 1:*", "LARGER 10 1:*"))
        if "1:*" in key and not self.client.uids:
            key = "ALL"
        extended = self.random.choice(("", "RETURN (MIN MAX COUNT) ", "RETURN (SAVE) "))
        size = len(self.client.uids)
        self.client.command(f"{uid}SEARCH {extended}{key}")
        for line in self.client.said:
            if (found := re.match(rb"\* SEARCH((?: \d+)*)", line)) and not uid:
                self.client.expect(all(1 <= int(n) <= size for n in found[1].split()), "SEARCH found a number that is not there")
        if "SAVE" in extended:
            self.client.command("UID FETCH $ (UID FLAGS)", ok=False)

    def noop(self):
        self.client.command(self.random.choice(("NOOP", "CHECK")))
        self.learn()

    def learn(self):
        if None in self.client.uids:
            first = self.client.uids.index(None) + 1
            self.client.command(f"FETCH {first}:* (UID FLAGS MODSEQ)", ok=False)

    def again(self):
        client = self.client
        if self.random.random() < 0.3:
            client.command("UNSELECT")
        if client.qresync and self.random.random() < 0.7:
            client.select(client.selected, f" (QRESYNC ({client.uid_validity} {client.highest}))")
        else:
            client.select(self.random.choice(MAILBOXES))

    def status(self):
        name = self.random.choice(MAILBOXES)
        said = self.client.status(name)
        client = self.client
        client.expect(said[b"UIDNEXT"] >= self.seen_next.get(name, 0), "UIDNEXT went back")
        client.expect(said[b"HIGHESTMODSEQ"] >= self.seen_modseq.get(name, 0), "HIGHESTMODSEQ went back")
        self.seen_next[name], self.seen_modseq[name] = said[b"UIDNEXT"], said[b"HIGHESTMODSEQ"]

    def idle(self):
        client = self.client
        client.running = "IDLE"
        tag = client.send("IDLE")
        while not client.read_response().startswith(b"+"):
            pass
        client.socket.sendall(b"DONE\r\n")
        while not (line := client.read_response()).startswith(tag.encode()):
            pass
        client.expect(b" OK " in line, f"IDLE: {line!r}")
        client.running = ""

    def deliver(self):
        with smtp(self.site) as client:
            client.sendmail("a@client.example", [self.account[0]], self.text())


class Sessions(SiteCase):
    def test_nobody_is_told_what_can_not_be(self):
        headers = {}
        first = Client(self.site, self.site.alice)
        first.command("CREATE Work")
        actors = [Actor(self.site, self.site.alice, n, headers) for n in range(SESSIONS)]
        for actor in actors:
            actor.start()
        for actor in actors:
            actor.join()
        for actor in actors:
            if actor.error:
                raise actor.error
        self.assertEqual(self.site.json("store", "check")["findings"], [])
        truth = {}
        for mailbox in MAILBOXES:
            first.select(mailbox)
            truth[mailbox] = (list(first.uids), dict(first.flags), dict(first.modseq))
            self.assertEqual(first.status(mailbox)[b"MESSAGES"], len(first.uids))
        for actor in actors:
            client = actor.client
            client.command("NOOP")
            actor.learn()
            uids, flags, modseq = truth[client.selected]
            self.assertEqual(client.uids, uids, actor.name)
            for uid, names in client.flags.items():
                self.assertEqual(names, flags[uid], f"{actor.name}: UID {uid}")
            if client.qresync:
                for uid, value in client.modseq.items():
                    self.assertEqual(value, modseq[uid], f"{actor.name}: UID {uid}")
            client.close()


if __name__ == "__main__":
    unittest.main()
