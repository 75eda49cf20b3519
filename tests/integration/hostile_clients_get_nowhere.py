# SPDX-License-Identifier: Apache-2.0
"""Goal: what is too long, too deep, too much, or said before TLS gets an answer in the protocol's words at every door;
memory stays bounded, nothing is lost, and everybody else goes on being served."""

import imaplib
import os
import re
import socket
import subprocess
import unittest

from harness.case import SiteCase
from harness.clients import imap, message, say, submit, tls_context
from harness.dns import DnsServer
from harness.remote import RemoteServer
from harness.site import Site

MEGABYTE = 1 << 20
HUGE = 200 * MEGABYTE


def connect(site, door):
    s = socket.create_connection((site.host, site.port(door)), 30)
    if door.endswith("s"):
        s = tls_context(site).wrap_socket(s)
    f = s.makefile("rwb")
    f.readline()
    return s, f


def tell(f, octets):
    """Sends; a server that hangs up meanwhile is answer enough."""
    try:
        f.write(octets)
        f.flush()
    except OSError:
        pass


def reply(f):
    line = f.readline()
    while line[3:4] == b"-":
        line = f.readline()
    return line


def resident_max(site):
    with open(f"/proc/{site.daemon.pid}/status", encoding="ascii") as f:
        return int(re.search(r"VmHWM:\s+(\d+) kB", f.read())[1]) * 1024


class TooMuch(SiteCase):
    config = {"smtp": {"message_size_max": "16MiB", "errors_max": 1000}}

    def tearDown(self):
        number = self.id()
        self.deliver(message("a@b.example", self.site.bob[0], subject=number), self.site.bob[0])
        self.assertTrue(any(number.encode() in m for m in self.inbox(self.site.bob)))

    def test_a_command_line_of_a_megabyte(self):
        long = b"x" * MEGABYTE + b"\r\n"
        for door, command, refused in (
                ("smtp", b"EHLO ", rb"^500 5\.5\.[26] .*HK-LINE-LONG"), ("lmtp", b"LHLO ", rb"^500 5\.5\.[26] .*HK-LINE-LONG"),
                ("submissions", b"EHLO ", rb"^500 5\.5\.[26] .*HK-LINE-LONG"), ("imap", b"a NOOP ", rb"(BAD|BYE) "),
                ("imaps", b"a LOGIN ", rb"(BAD|BYE) "), ("pop3", b"USER ", rb"^-ERR "), ("pop3s", b"USER ", rb"^-ERR ")):
            s, f = connect(self.site, door)
            tell(f, command + long)
            self.assertRegex(f.readline(), refused, door)
            s.close()
        with imap(self.site, self.site.bob) as client:
            with self.assertRaisesRegex(imaplib.IMAP4.error, "BAD|too long"):
                client._simple_command("NOOP", "x" * MEGABYTE)

    def test_200_megabytes_against_the_limit(self):
        before = resident_max(self.site)
        piece = (b"x" * 998 + b"\r\n") * 1000
        for door, greeting in (("smtp", b"EHLO"), ("lmtp", b"LHLO")):
            s, f = connect(self.site, door)
            f.write(greeting + b" client.example\r\nMAIL FROM:<a@b.example> SIZE=%d\r\n" % HUGE)
            f.flush()
            reply(f)
            self.assertRegex(reply(f), rb"^552 5\.3\.4 .*HK-SIZE", door)
            f.write(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<%s>\r\nDATA\r\n" % self.site.carol[0].encode())
            f.flush()
            self.assertEqual([reply(f)[:3] for _ in range(3)], [b"250", b"250", b"354"], door)
            for _ in range(HUGE // len(piece)):
                f.write(piece)
            f.write(b".\r\nNOOP\r\n")
            f.flush()
            self.assertRegex(f.readline(), rb"^552 5\.3\.4 .*HK-DATA-SIZE", door)
            self.assertRegex(f.readline(), rb"^250 ", door)
            s.close()
        with imap(self.site, self.site.carol) as client:
            self.assertRegex(say(client, f"APPEND INBOX {{{HUGE}}}")[-1], rb" NO \[(TOOBIG|LIMIT)\]", "before the client sends it")
            self.assertEqual(int(client.select("INBOX")[1][0]), 0)
        self.assertLess(resident_max(self.site) - before, 64 * MEGABYTE)

    def test_literals(self):
        before = resident_max(self.site)
        for size in (2 << 30, (1 << 32) - 1, 1 << 63, 10 ** 30):
            for plus in ("", "+"):
                s, f = connect(self.site, "imaps")
                tell(f, f"a LOGIN {{{size}{plus}}}\r\n".encode())
                self.assertRegex(f.readline(), rb"^(a|\*) (NO|BAD|BYE) ", size)
                s.close()
        with imap(self.site, self.site.bob) as client:
            self.assertRegex(say(client, f"APPEND INBOX {{{2 << 30}}}")[-1], rb" NO \[(TOOBIG|LIMIT)\]")
            client.select("INBOX")
            tag = client._new_tag()
            client.send(tag + b" SEARCH" + b"".join(b" SUBJECT {3+}\r\nabc" for _ in range(1000)) + b"\r\n")
            lines = [client.readline()]
            while not lines[-1].startswith(tag):
                lines.append(client.readline())
            self.assertRegex(lines[-1], rb" (OK|BAD|NO) ")
            self.assertEqual(client.noop()[0], "OK")
            keywords = " ".join(f"k{n}" for n in range(3000))
            self.assertRegex(say(client, f"APPEND INBOX ({keywords})", b"Subject: x\r\n\r\n")[-1], rb" (OK|NO|BAD) ")
        self.assertLess(resident_max(self.site) - before, 64 * MEGABYTE)

    def test_deep_nesting(self):
        """Parts within parts, messages within messages; all comes back, and clients can ask for its structure."""
        parts, depth = [], 10_000
        for n in range(depth):
            parts.append(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n))
        nested = b"Subject: parts\r\nFrom: <a@b.example>\r\n" + b"".join(parts) + b"\r\nend\r\n"
        messages = b"Subject: messages\r\nFrom: <a@b.example>\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"end\r\n"
        comments = b"Subject: comments\r\nFrom: " + b"(" * 200_000 + b"<a@b.example>\r\n\r\nend\r\n"
        for octets in (nested, messages, comments.replace(b"(" * 200_000, (b"(" * 900 + b"\r\n ") * 200)):
            self.deliver(octets, self.site.carol[0])
            with imap(self.site, self.site.carol) as client:
                client.select("INBOX")
                status, found = client.fetch("*", "(BODYSTRUCTURE ENVELOPE BODY.PEEK[] BODY.PEEK[1.1.1.1])")
                self.assertEqual(status, "OK")
                self.assertTrue(next(p[1] for p in found if isinstance(p, tuple) and b"BODY[] {" in p[0]).endswith(octets))
                self.assertEqual(client.search(None, "BODY", "end")[0], "OK")

    def test_a_header_of_ten_megabytes(self):
        header = b"Subject: wide\r\nFrom: <a@b.example>\r\n" + b"".join(
            b"X-Field-%d: %s\r\n" % (n, b"y" * 900) for n in range(10 * MEGABYTE // 920))
        one = b"Subject: long\r\n" + b"To: " + b"".join(b"<p%d@there.example>,\r\n " % n for n in range(400_000)) + b"<z@b.example>\r\n"
        for octets in (header + b"\r\nbody\r\n", one + b"\r\nbody\r\n"):
            self.deliver(octets, self.site.carol[0])
            with imap(self.site, self.site.carol) as client:
                client.select("INBOX")
                status, found = client.fetch("*", "(ENVELOPE BODYSTRUCTURE BODY.PEEK[])")
                self.assertEqual(status, "OK")
                self.assertTrue(next(p[1] for p in found if isinstance(p, tuple) and b"BODY[] {" in p[0]).endswith(octets))

    def test_garbage_instead_of_tls(self):
        garbage = bytes(range(256)) * 64
        for door in ("submissions", "imaps", "pop3s"):
            for octets in (garbage, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\xff\xff" + garbage, b""):
                with socket.create_connection((self.site.host, self.site.port(door)), 30) as s:
                    since = self.site.daemon.mark()
                    s.sendall(octets)
                    s.shutdown(socket.SHUT_WR)
                    while s.recv(4096):
                        pass
                    if octets:
                        self.site.daemon.wait_for(r"event=\w+\.tls_failed .*client=127\.0\.0\.1", since=since)


class BeforeTls(SiteCase):
    """What is sent in the clear behind STARTTLS must not be taken as if it were said inside of it (CVE-2011-0411)."""

    def start(self, door, command, injected):
        """Both in one packet; then the client goes on with TLS."""
        s, f = connect(self.site, door)
        if door in ("submission", "smtp"):
            tell(f, b"EHLO client.example\r\n")
            reply(f)
        tell(f, command + injected)
        answer = f.readline()
        try:
            encrypted = tls_context(self.site).wrap_socket(s)
        except OSError:
            return answer, None
        return answer, encrypted.makefile("rwb")

    def test_commands_behind_starttls_are_dropped(self):
        for door, command, injected, ask, expected in (
                ("smtp", b"STARTTLS\r\n", b"EHLO evil.example\r\nMAIL FROM:<evil@b.example>\r\n", b"RCPT TO:<x@y.example>\r\n", rb"^503 "),
                ("submission", b"STARTTLS\r\n", b"EHLO evil.example\r\n", b"MAIL FROM:<x@y.example>\r\n", rb"^(503|530) "),
                ("imap", b"a STARTTLS\r\n", b"evil NOOP\r\n", b"mine NOOP\r\n", rb"^mine OK"),
                ("pop3", b"STLS\r\n", b"NOOP\r\nUSER evil\r\n", b"CAPA\r\n", rb"^\+OK capab|^\+OK")):
            answer, inside = self.start(door, command, injected)
            if inside is None:
                self.assertNotRegex(answer, rb"evil", door)
                continue
            tell(inside, ask)
            first = inside.readline()
            self.assertRegex(first, expected, door)
            self.assertNotIn(b"evil", first, door)
            if door == "pop3":
                while inside.readline() not in (b".\r\n", b""):
                    pass
                tell(inside, b"PASS x\r\n")
                self.assertRegex(inside.readline(), rb"^-ERR", "USER was taken from the clear")
        since = self.site.daemon.mark()
        self.deliver(message("a@b.example", self.site.bob[0]), self.site.bob[0])
        self.site.daemon.wait_for(r"event=smtp\.accepted", since=since)
        self.assertNotIn("evil", self.site.daemon.log())


class Injecting(RemoteServer):
    """A machine between us and the remote: it adds to the answer to STARTTLS, in the same packet."""

    between = True

    def reply(self, *stages, default):
        answer = super().reply(*stages, default=default)
        return answer + "\r\n554 5.7.1 not from you" if stages[0] == "starttls" and self.between else answer


class BetweenUsAndTheRemote(unittest.TestCase):
    def test_replies_behind_starttls_are_not_believed(self):
        with Site() as site:
            key = os.path.join(site.directory, "remote.key")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-keyout", key, "-out", key + ".pem", "-days", "30", "-subj", "/CN=far.example"],
                           check=True, capture_output=True)
            with Injecting(address="127.0.0.2", certificate=(key + ".pem", key)) as peer, \
                    DnsServer({"far.example": {"A": ["127.0.0.2"]}}) as dns:
                site.configure({"dns": {"forwarders": [dns.forwarder], "dnssec": False}, "delivery": {"port": peer.port, "retry_after": ["1s"]}})
                site.restart()
                with submit(site, site.alice) as client:
                    client.sendmail(site.alice[0], ["x@far.example"], message(site.alice[0], "x@far.example"))
                site.daemon.wait_for(r"event=delivery\.deferred .*TLS")
                self.assertNotIn("not from you", site.daemon.log())
                peer.between = False
                self.assertTrue(peer.wait_for_messages(1)[0].tls)


if __name__ == "__main__":
    unittest.main()
