# SPDX-License-Identifier: Apache-2.0
"""Goal: real messages come in over LMTP, BDAT or APPEND and come out over IMAP, whole and in parts of any size, and over POP3,
octet for octet; what no protocol of lines may carry (bare LF, NUL) is refused there, and a bare LF kept where it can be said
(APPEND): never changed.

A sample of the corpus beside the repository (shared/data/spam): each 16th message; HK_CORPUS=1 takes all 1,600.
"""

import os
import random
import re
import unittest

from _corpus import MISSING, canonical, corpus
from harness.case import SiteCase
from harness.clients import imap, say, smtp, tls_context

STEP = 1 if os.environ.get("HK_CORPUS") else 16
TRACE = re.compile(rb"Return-Path: [^\r\n]*\r\n(?:Received: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)?")

# What dot-stuffing, line ends and TOP can get wrong.
HARD = {
    "dots": b".\r\n..\r\n...\r\n.\t\r\n. x\r\n.\r\n",
    "a dot at each end": b".x\r\nx.\r\n.",
    "empty lines": b"\r\n\r\n\r\n",
    "nothing": b"",
    "no line end": b"the last line has no end",
    "all octets": bytes(b for b in range(1, 256) if b not in b"\r\n") + b"\r\n",
    "a long line": b"x" * 100_000 + b"\r\n." + b"y" * 70_000 + b"\r\n",
    "a dot at the border of each piece": b"".join(b"." * (n % 5) + b"z" * (n % 97) + b"\r\n" for n in range(20_000)),
}
BARE = {"CR": b"one\rtwo\r\n", "LF": b"one\ntwo\r\n", "NUL": b"one\0two\r\n", "CR at the end": b"one\r\r\n", "LF first": b"\none\r\n"}


class Raw:
    """POP3 by hand: poplib's limits on lines are not ours."""

    def __init__(self, site, account):
        import socket
        self.file = tls_context(site).wrap_socket(socket.create_connection((site.host, site.port("pop3s")), 30)).makefile("rwb")
        self.file.readline()
        self.ask(f"USER {account[0]}")
        self.ask(f"PASS {account[1]}")

    def ask(self, command):
        self.file.write(command.encode() + b"\r\n")
        self.file.flush()
        line = self.file.readline()
        if not line.startswith(b"+OK"):
            raise AssertionError(f"{command}: {line}")
        return line

    def multiline(self, command):
        self.ask(command)
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            if not line.endswith(b"\r\n"):
                raise AssertionError(f"{command}: a line without CRLF, or the end: {line[-80:]}")
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


def ended(octets):
    """As a protocol of lines shows it."""
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


@unittest.skipIf(MISSING, MISSING)
class Octets(SiteCase):
    config = {"smtp": {"messages_max": 100000}}

    def messages(self):
        yield from ((name, canonical(octets)) for n, (name, octets) in enumerate(corpus()) if n % STEP == 0)
        head = b"From: <a@b.example>\r\nSubject: hard\r\n\r\n"
        yield from ((name, head + body) for name, body in HARD.items())
        yield "a header alone", b"From: <a@b.example>\r\nSubject: no body\r\n"
        yield "a body alone", b"\r\nbody\r\n"

    def in_parts(self, client, number, whole, chance):
        """BODY[]<o.n>, with borders anywhere."""
        offset = 0
        while offset < len(whole):
            length = chance.choice((1, 2, 3, chance.randrange(1, 500), chance.randrange(1, 70_000), len(whole)))
            if offset > 20_000:
                length = len(whole)
            lines = say(client, f"FETCH {number} BODY.PEEK[]<{offset}.{length}>")
            wanted = whole[offset:offset + length]
            self.assertIn(b"BODY[]<%d> {%d}\r\n" % (offset, len(wanted)) + wanted, lines[0])
            offset += length
        lines = say(client, f"FETCH {number} BODY.PEEK[]<{len(whole)}.10>")
        self.assertRegex(lines[0], rb'BODY\[\]<%d> (""|\{0\}\r\n)' % len(whole))

    def comes_out(self, account, sent, trace):
        chance = random.Random(7)
        with imap(self.site, account) as client:
            self.assertEqual(int(client.select("INBOX", readonly=True)[1][0]), len(sent))
            raw = Raw(self.site, account)
            listed = dict(line.split() for line in raw.multiline("LIST").splitlines())
            for n, (name, octets) in enumerate(sent, 1):
                _, parts = client.fetch(str(n), "(RFC822.SIZE BODY.PEEK[])")
                whole = next(p[1] for p in parts if isinstance(p, tuple))
                front = TRACE.match(whole).end() if trace else 0
                self.assertEqual(whole[front:], octets, name)
                self.assertIn(b"RFC822.SIZE %d " % len(whole), parts[0][0])
                self.in_parts(client, n, whole, chance)
                self.assertEqual(raw.multiline(f"RETR {n}"), ended(whole), name)
                self.assertEqual(int(listed[b"%d" % n]), len(whole), name)
                header, _, body = ended(whole).partition(b"\r\n\r\n")
                wanted = header + b"\r\n\r\n" + b"".join(line + b"\r\n" for line in body.split(b"\r\n")[:-1][:3])
                if b"\r\n\r\n" in whole:
                    self.assertEqual(raw.multiline(f"TOP {n} 3"), wanted, name)

    def test_lmtp(self):
        # A protocol of lines: what it carries has ended ones.
        sent = [(name, ended(octets)) for name, octets in self.messages()]
        with smtp(self.site, "lmtp") as client:
            client.docmd("LHLO", "client.example")
            for name, octets in sent:
                self.assertEqual(client.mail("corpus@elsewhere.example")[0], 250)
                self.assertEqual(client.rcpt(self.site.bob[0])[0], 250)
                self.assertEqual(client.docmd("DATA")[0], 354)
                client.send(re.sub(rb"(?m)^\.", b"..", octets) + b".\r\n")
                self.assertEqual(client.getreply()[0], 250, name)
        self.comes_out(self.site.bob, sent, trace=True)

    def test_chunks(self):
        """BDAT (RFC 3030), cut anywhere, several commands in one write."""
        sent, chance = list(self.messages()), random.Random(3)
        with smtp(self.site) as client:
            client.ehlo("client.example")
            self.assertTrue(client.has_extn("chunking"))
            for name, octets in sent:
                self.assertEqual(client.mail("corpus@elsewhere.example")[0], 250)
                self.assertEqual(client.rcpt(self.site.alice[0])[0], 250)
                cuts = sorted(chance.choices(range(len(octets) + 1), k=chance.randrange(4)))
                pieces = [octets[a:b] for a, b in zip([0, *cuts], [*cuts, len(octets)])]
                client.send(b"".join(b"BDAT %d%s\r\n" % (len(piece), b" LAST" * (n == len(pieces))) + piece
                                     for n, piece in enumerate(pieces, 1)))
                for _ in pieces:
                    self.assertEqual(client.getreply()[0], 250, name)
        self.comes_out(self.site.alice, sent, trace=True)

    def test_append(self):
        sent = [(name, octets) for name, octets in self.messages() if octets]
        sent += [(f"bare {name}", b"From: <a@b.example>\r\n\r\n" + body) for name, body in BARE.items() if name != "NUL"]
        with imap(self.site, self.site.carol) as client:
            for name, octets in sent:
                self.assertIn(b" OK ", say(client, "APPEND INBOX", octets)[-1], name)
            client.select("INBOX", readonly=True)
            for n, (name, octets) in enumerate(sent, 1):
                lines = say(client, f"FETCH {n} BODY.PEEK[]")
                self.assertIn(b"{%d}\r\n" % len(octets) + octets, lines[0], name)
                if name.startswith("bare"):
                    self.in_parts(client, n, octets, random.Random(n))

    def test_append_refuses_nul(self):
        """RFC 9051 §9 CHAR8, RFC 3516 §4.4: all of the command or nothing, and the session goes on."""
        with imap(self.site, self.site.carol) as client:
            number = int(client.select("INBOX", readonly=True)[1][0])
            for octets in (b"\0", b"Subject: x\r\n\r\n\0", b"Subject: x\r\n\r\n" + b"a" * 200_000 + b"\0" + b"b" * 200_000):
                self.assertRegex(say(client, "APPEND INBOX", octets)[-1], rb" NO \[CANNOT\] .*NUL")
                tag = client._new_tag()
                client.send(tag + b" APPEND INBOX {15+}\r\nSubject: x\r\n\r\ny ~{%d+}\r\n" % len(octets) + octets + b"\r\n")
                self.assertRegex(client.readline(), tag + rb" NO \[UNKNOWN-CTE\] .*NUL")
            self.assertEqual(client.noop()[0], "OK")
            self.assertEqual(int(client.select("INBOX", readonly=True)[1][0]), number)

    def test_protocols_of_lines_refuse_bare_ends(self):
        """But a CR alone, which old mail is full of and which ends no line, is kept."""
        for door, hello in (("smtp", "EHLO"), ("lmtp", "LHLO")):
            for name, body in BARE.items():
                with smtp(self.site, door) as client:
                    client.docmd(hello, "client.example")
                    client.mail("a@b.example")
                    client.rcpt(self.site.alice[0])
                    client.docmd("DATA")
                    client.send(b"Subject: bare\r\n\r\n" + body + b"\r\n.\r\n")
                    code, text = client.getreply()
                if "CR" in name:
                    self.assertEqual(code, 250, (door, name, text))
                    self.assertTrue(self.inbox(self.site.alice)[-1].endswith(b"\r\n\r\n" + body + b"\r\n"))
                else:
                    self.assertEqual(code // 100, 5, (door, name, text))

    def test_pop3_ends_no_message_early(self):
        """What came by APPEND, where a protocol of lines could see an end that is none."""
        tricky = b"From: <a@b.example>\r\n\r\nx\n.\r\ny\r.\r\nz\n.\nend\r\n"
        with imap(self.site, self.site.alice) as client:
            self.assertIn(b" OK ", say(client, "APPEND INBOX", tricky)[-1])
            number = int(client.select("INBOX")[1][0])
        raw = Raw(self.site, self.site.alice)
        shown = raw.multiline(f"RETR {number}")
        self.assertEqual(re.sub(rb"[\r\n]+", b"|", shown), re.sub(rb"[\r\n]+", b"|", tricky))
        raw.ask("NOOP")


if __name__ == "__main__":
    unittest.main()
