# SPDX-License-Identifier: Apache-2.0
"""What the tests of reading clients share: accounts with awkward mail in them."""

import base64
import os
import random

from harness.case import SiteCase, fetch_all
from harness.clients import imap, message
from harness.programs import Home


def awkward_messages():
    """Messages with what clients and servers like to damage, each with CRLF and its number as subject."""
    noise = random.Random(7).randbytes(200_000)
    bodies = {
        "dots": "one\r\n.two\r\n..three\r\n.\r\n.\r\n",
        "octets": "Grüße, 飛脚\r\n",
        "empty lines at the end": "text\r\n\r\n\r\n\r\n",
        "no body": "",
        "From at line starts": "From here\r\n>From there\r\n From elsewhere\r\n",
        "what looks like an answer": "+OK\r\n-ERR\r\n* 1 FETCH (UID 1)\r\na1 OK done\r\n)\r\n",
        "a long line": "x" * 990 + "\r\n" + "y" * 998 + "\r\n",
        "an attachment": "\r\n".join(base64.b64encode(noise[i:i + 57]).decode() for i in range(0, len(noise), 57))
                         + "\r\n",
    }
    return [message("ann@far.example", "me@hikyaku.example", subject, body, MIME_Version="1.0")
            for subject, body in bodies.items()]


class ReadingCase(SiteCase):
    """Each test has a home folder and makes accounts of its own on the class's site."""

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)

    def new_account(self, messages=(), mailbox="INBOX"):
        """An account named after the test, with messages in a mailbox; (address, password)."""
        account = f"{self.id().rsplit('.', 1)[1].replace('_', '.')}@hikyaku.example", "pass word"
        self.site.run("account", "add", account[0], "--password-stdin", stdin=account[1] + "\n")
        self.put(account, messages, mailbox)
        return account

    def put(self, account, messages, mailbox="INBOX", flags=None):
        with imap(self.site, account) as client:
            if mailbox != "INBOX":
                client.create(quoted(mailbox))
            for m in messages:
                status, answer = client.append(quoted(mailbox), flags, None, m)
                self.assertEqual(status, "OK", answer)

    def everything(self, account, mailbox="INBOX"):
        """{UID: (flags, message)} of a mailbox."""
        with imap(self.site, account) as client:
            status, answer = client.select(quoted(mailbox), readonly=True)
            self.assertEqual(status, "OK", answer)
            if int(answer[0]) == 0:
                return {}
            _, parts = client.fetch("1:*", "(UID FLAGS BODY.PEEK[])")
        found = {}
        for part in parts:
            if isinstance(part, tuple):
                head, octets = part
                words = head.replace(b"(", b" ( ").replace(b")", b" ) ").split()
                at = words.index(b"FLAGS")
                flags = {w.decode() for w in words[at + 2:words.index(b")", at)]}
                found[int(words[words.index(b"UID") + 1])] = (flags - {"\\Recent"}, octets)
        return found

    def assert_same_messages(self, got, wanted):
        """The same messages, in any order; says which octet differs (a diff of large ones takes hours)."""
        got, wanted = sorted(got), sorted(wanted)
        for one, other in zip(got, wanted):
            if one != other:
                at = len(os.path.commonprefix([one, other]))
                self.fail(f"octet {at} differs: got {one[max(0, at - 200):at + 200]!r}, "
                          f"wanted {other[max(0, at - 200):at + 200]!r}")
        self.assertEqual(len(got), len(wanted))

    def messages_in(self, account, mailbox="INBOX"):
        with imap(self.site, account) as client:
            return fetch_all(client, quoted(mailbox))


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unix(octets):
    """Line ends as programs on this machine write them."""
    return octets.replace(b"\r\n", b"\n")
