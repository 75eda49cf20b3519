# SPDX-License-Identifier: Apache-2.0
"""The test case that most tests of the whole program start from."""

import re
import time
import unittest

from .clients import imap, smtp, submit
from .daemon import Deadline
from .site import Site


class SiteCase(unittest.TestCase):
    """One site for the class, started before its first test; `config` is laid over the demo's."""

    config = None

    @classmethod
    def setUpClass(cls):
        cls.site = Site(cls.config)
        cls.addClassCleanup(cls.site.close)
        cls.site.start()

    def deliver(self, message, to, sender="someone@elsewhere.example"):
        """Hands a message in on port 25; the tracking number of the 250 reply."""
        with smtp(self.site) as client:
            client.sendmail(sender, [to], message)
            return tracking_number(client.accepted)

    def submit(self, message, account, to):
        """Hands a message in on port 465 as `account`; the tracking number."""
        with submit(self.site, account) as client:
            client.sendmail(account[0], to if isinstance(to, list) else [to], message)
            return tracking_number(client.accepted)

    def inbox(self, account, mailbox="INBOX"):
        """All messages of a mailbox, as bytes, oldest first."""
        with imap(self.site, account) as client:
            return fetch_all(client, mailbox)

    def wait_for_message(self, account, wanted, seconds=30, mailbox="INBOX"):
        """The first message that `wanted` (a bytes pattern) is found in; waits for it with IDLE."""
        until = time.monotonic() + seconds
        with imap(self.site, account) as client:
            while True:
                for message in fetch_all(client, mailbox):
                    if re.search(wanted, message):
                        return message
                left = until - time.monotonic()
                if left <= 0 or not idle(client, left):
                    raise Deadline(f"no message with {wanted!r} came to {account[0]} in {seconds} s")


def tracking_number(reply):
    """The tracking number in a 250 reply: its last word of capitals and digits."""
    found = re.search(rb"\b([0-9A-Z]{8,32})\b(?!.*\b[0-9A-Z]{8,32}\b)", reply, re.S)
    if not found:
        raise AssertionError(f"the reply has no tracking number: {reply!r}")
    return found[1].decode()


def fetch_all(client, mailbox="INBOX"):
    while True:
        status, answer = client.select(mailbox, readonly=True)
        if status != "OK":
            raise AssertionError(f"SELECT {mailbox}: {answer}")
        number = int(answer[0])
        parts = []
        if number:
            status, parts = client.fetch("1:*", "(BODY.PEEK[])")
            if status != "OK":
                raise AssertionError(f"FETCH: {parts}")
        # What came meanwhile is told with FETCH, and not again by IDLE.
        if int(client.untagged_responses.get("EXISTS", [number])[-1]) <= number:
            return [p[1] for p in parts if isinstance(p, tuple)]


def idle(client, seconds):
    """Waits with IDLE until the server says that the mailbox changed; False at the deadline."""
    def line():
        octets = client.readline()
        if not octets:  # at the end, readline() would say so for ever
            raise Deadline("the server closed the connection during IDLE")
        return octets

    tag = client._new_tag().decode()
    client.send(f"{tag} IDLE\r\n".encode())
    changed = False
    while not (octets := line()).startswith(b"+"):  # what came before IDLE may be told first
        changed = changed or b"EXISTS" in octets
    if not changed:
        client.sock.settimeout(seconds)
        try:
            while b"EXISTS" not in line():
                pass
        except TimeoutError:
            return False  # nothing more can be read from this client
        client.sock.settimeout(30)
    client.send(b"DONE\r\n")
    while not line().startswith(tag.encode()):
        pass
    return True
