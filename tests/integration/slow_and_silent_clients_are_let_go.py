# SPDX-License-Identifier: Apache-2.0
"""Goal: a client that sends an octet now and then, says nothing, or has vanished from the net keeps its place only as
long as the configured patience, at every door, and holds up nobody meanwhile."""

import select
import socket
import ssl
import subprocess
import sys
import threading
import unittest

from harness.case import SiteCase
from harness.clients import imap, message, pop3, smtp, tls_context
from harness.netns import Namespace, namespaces_work
from harness.site import Site

OCTETS_MAX = 150  # at ten octets a second: many times the patience

LINES = {"imaps": b"a001 NOOP this line has no end", "pop3s": b"NOOP this line has no end"}

SHORT = {"server": {"log_level": "debug"}, "smtp": {"command_timeout": "1s", "data_timeout": "1s"},
         "imap": {"idle_timeout": "1s"}, "pop3": {"idle_timeout": "1s"}}


def connect(site, door):
    s = socket.create_connection((site.host, site.port(door)), 30)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return tls_context(site).wrap_socket(s) if door.endswith("s") else s


def drip(s, octets):
    """Sends an octet each tenth of a second, over and over, until the server ends it; what it said. How many octets were
    taken is what counts, not the time."""
    said = b""
    for sent in range(OCTETS_MAX):
        try:
            s.sendall(octets[sent % len(octets):][:1])
            if select.select([s], [], [], 0.1)[0] or (isinstance(s, ssl.SSLSocket) and s.pending()):
                more = s.recv(4096)
                said += more
                if not more:
                    return said
        except OSError:
            return said
    raise AssertionError(f"{OCTETS_MAX} octets were waited for one by one; so far: {said!r}")


class Slow(SiteCase):
    config = SHORT

    def test_an_octet_now_and_then(self):
        results, failures = {}, []

        def try_door(door):
            try:
                with connect(self.site, door) as s:
                    if door in LINES:
                        s.recv(4096)
                    results[door] = drip(s, LINES.get(door, b"EHLO a.line.without.an.end."))
            except Exception as error:  # pylint: disable=broad-except
                failures.append((door, repr(error)))

        # IMAP and POP3 after login, where patience is what the configuration says.
        def in_session(open_client, line):
            client = open_client()
            try:
                drip(client.sock, line)
            except Exception as error:  # pylint: disable=broad-except
                failures.append((line, repr(error)))

        jobs = [threading.Thread(target=try_door, args=(d,)) for d in ("smtp", "lmtp", "submission", "submissions", "pop3s")]
        jobs += [threading.Thread(target=in_session, args=(lambda: imap(self.site, self.site.bob), LINES["imaps"])),
                 threading.Thread(target=in_session, args=(lambda: pop3(self.site, self.site.bob), LINES["pop3s"]))]
        for job in jobs:
            job.start()
        # Nobody is held up meanwhile.
        for n in range(20):
            self.deliver(message("a@b.example", self.site.carol[0], subject=f"meanwhile {n}"), self.site.carol[0])
        for job in jobs:
            job.join()
        self.assertEqual(failures, [])
        for door in ("smtp", "lmtp", "submission", "submissions"):
            self.assertRegex(results[door], rb"\r\n421 4\.4\.2 .*HK-TIMEOUT", door)

    def test_a_message_octet_by_octet(self):
        with smtp(self.site) as client:
            client.ehlo()
            client.mail("a@b.example")
            client.rcpt(self.site.bob[0])
            client.docmd("DATA")
            said = drip(client.sock, b"a line of a message that never ends, ")
            client.close()
        self.assertRegex(said, rb"^421 4\.4\.2 ")
        self.assertFalse(any(b"never ends" in m for m in self.inbox(self.site.bob)), "half a message was taken")

    def test_a_long_message_at_a_modest_rate_is_taken(self):
        """Longer than the patience, but at a rate that is no attack."""
        with smtp(self.site) as client:
            client.ehlo()
            client.mail("a@b.example")
            client.rcpt(self.site.bob[0])
            client.docmd("DATA")
            client.sock.sendall(b"Subject: modest\r\n\r\n")
            for _ in range(25):
                client.sock.sendall(b"x" * 398 + b"\r\n")
                self.assertEqual(select.select([client.sock], [], [], 0.1)[0], [])
            client.sock.sendall(b".\r\n")
            self.assertEqual(client.getreply()[0], 250)
        self.wait_for_message(self.site.bob, rb"Subject: modest")

    def test_silence(self):
        for door in ("smtp", "lmtp", "submissions", "pop3s"):
            with connect(self.site, door) as s:
                said = b""
                while more := s.recv(4096):
                    said += more
                if door != "pop3s":
                    self.assertRegex(said, rb"\r\n421 4\.4\.2 .*HK-TIMEOUT", door)
        client = imap(self.site, self.site.bob)
        self.assertIn(b"* BYE", client.readline())
        client = imap(self.site, self.site.bob)
        client.send(b"x IDLE\r\n")
        self.assertIn(b"+ ", client.readline())
        self.assertIn(b"* BYE", client.readline())


# Connects from inside the namespace, says what it was given, and waits for ever.
VANISHING = """
import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
s.recv(1000)
s.sendall(sys.argv[3].encode())
print("said", flush=True)
sys.stdin.read()
"""


@unittest.skipUnless(namespaces_work(), "only root may make network namespaces")
class Vanished(unittest.TestCase):
    def test_a_connection_whose_other_end_is_gone(self):
        with Namespace() as far:
            site = Site(SHORT | {"limits": {"connections_per_address": 1},
                                 "listener": [{"protocol": "smtp", "address": far.host, "port": 2525}]})
            self.addCleanup(site.close)
            site.start()
            for said in ("EHLO far.example\r\n", "EHLO far.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:"
                         f"<{site.bob[0]}>\r\nDATA\r\nhalf a message\r\n"):
                since = site.daemon.mark()
                client = subprocess.Popen(far.command(sys.executable, "-c", VANISHING, far.host, "2525", said),
                                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                try:
                    self.assertEqual(client.stdout.readline(), b"said\n")
                    far.cut()
                    site.daemon.wait_for(r'event=smtp\.closed .*reason="timed out"', since=since)
                finally:
                    client.kill()
                    client.communicate()
                far.mend()
                # Its place is free again: the limit is one.
                site.daemon.process.poll()
                done = subprocess.run(far.command(sys.executable, "-c", VANISHING, far.host, "2525", "QUIT\r\n"),
                                      stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)
                self.assertEqual(done.stdout, b"said\n", done.stderr)


if __name__ == "__main__":
    unittest.main()
