# SPDX-License-Identifier: Apache-2.0
"""Goal: the scripted peer and the DNS server of tests/harness say what a test tells them to say."""

import os
import smtplib
import socket
import struct
import subprocess
import sys
import tempfile
import tomllib
import unittest

sys.path.insert(0, os.path.realpath(os.path.join(os.path.dirname(__file__), "..")))
from harness import Daemon, Deadline, DnsServer, Drop, RemoteServer, SanitizerReport, sanitizers  # noqa: E402
from harness.case import tracking_number  # noqa: E402
from harness.dns import read_name, write_name  # noqa: E402
from harness.site import to_toml  # noqa: E402


class Remote(unittest.TestCase):
    def send(self, peer, to):
        with smtplib.SMTP(peer.address, peer.port, timeout=10) as client:
            client.sendmail("a@here.example", to, b"Subject: x\r\n\r\n.dot\r\n")

    def test_accepts(self):
        with RemoteServer() as peer:
            self.send(peer, ["b@there.example"])
            got = peer.wait_for_messages(1)[0]
            self.assertEqual((got.sender, got.recipients), ("a@here.example", ["b@there.example"]))
            self.assertEqual(got.message, b"Subject: x\r\n\r\n.dot\r\n")

    def test_follows_its_script(self):
        with RemoteServer({"rcpt:no@x.example": "550 5.1.1 unknown", "eod": ["451 4.3.0 later", "250 ok"]}) as peer:
            with self.assertRaises(smtplib.SMTPDataError):
                self.send(peer, ["yes@x.example"])
            with self.assertRaises(smtplib.SMTPRecipientsRefused):
                self.send(peer, ["no@x.example"])
            self.send(peer, ["yes@x.example"])
            self.assertEqual(len(peer.wait_for_messages(1)), 1)

    def test_drops_and_comes_back(self):
        with RemoteServer({"mail": [Drop, "250 ok"]}) as peer:
            with self.assertRaises((smtplib.SMTPServerDisconnected, OSError)):
                self.send(peer, ["b@x.example"])
            peer.go_down()
            with self.assertRaises(OSError):
                socket.create_connection((peer.address, peer.port), 5)
            peer.come_back()
            self.send(peer, ["b@x.example"])
            with self.assertRaises(Deadline):
                peer.wait_for_messages(2, seconds=0)


class Dns(unittest.TestCase):
    def ask(self, server, name, kind, tcp=False):
        query = struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + write_name(name) + struct.pack("!HH", kind, 1)
        if tcp:
            with socket.create_connection((server.address, server.port), 5) as s:
                s.sendall(struct.pack("!H", len(query)) + query)
                return s.makefile("rb").read(2 + 12)[2:]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(5)
            s.sendto(query, (server.address, server.port))
            return s.recv(4096)

    def test_answers(self):
        with DnsServer({"x.example": {"MX": [(10, "mx.x.example")], "TXT": ["v" * 300]},
                        "www.x.example": {"CNAME": ["x.example"]}, "broken.example": "SERVFAIL",
                        "long.example": {"TXT": ["v" * 2000]}}) as server:
            def counts(name, kind, **kw):
                reply = self.ask(server, name, kind, **kw)
                flags, _, answers = struct.unpack("!HHH", reply[2:8])
                return flags & 15, answers
            self.assertEqual(counts("x.example", 15), (0, 1))
            self.assertEqual(counts("X.EXAMPLE", 15), (0, 1))
            self.assertEqual(counts("x.example", 1), (0, 0))
            self.assertEqual(counts("www.x.example", 16), (0, 2))
            self.assertEqual(counts("nothing.example", 1), (3, 0))
            self.assertEqual(counts("broken.example", 1), (2, 0))
            self.assertEqual(counts("long.example", 16), (0, 0))  # cut short, to be asked by TCP
            self.assertEqual(counts("long.example", 16, tcp=True), (0, 1))
            self.assertIn(("x.example", "MX"), server.asked)

    def test_names(self):
        self.assertEqual(read_name(write_name("a.b.example."), 0), ("a.b.example", 13))


class Sanitizers(unittest.TestCase):
    """Real reports of small programs, so that a change of their form is noticed."""

    def run_c(self, sanitizer, text):
        """The exit code of a C program, as a Daemon has it."""
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "program")
            subprocess.run(["clang-19", f"-fsanitize={sanitizer}", "-fno-sanitize-recover=all", "-g1", "-pthread", "-x", "c",
                            "-", "-o", program], input=text, text=True, check=True, capture_output=True)
            return Daemon([program], env=sanitizers.environment()).wait()

    def test_reports_are_noticed(self):
        threads = ("#include <pthread.h>\nint n;\nvoid *add(void *x) { n++; return x; }\nint main(void) { pthread_t a, b;"
                   "pthread_create(&a, 0, add, 0); pthread_create(&b, 0, add, 0); %s"
                   "pthread_join(b, 0); return n != 2; }\n")
        for sanitizer, said, text in (
                ("thread", "data race", threads % "pthread_join(a, 0);"),
                ("address", "heap-use-after-free",
                 "#include <stdlib.h>\nint main(void) { volatile char *p = malloc(3); free((void *)p); return p[1]; }\n"),
                ("address", "detected memory leaks",
                 "#include <stdlib.h>\nvoid *volatile p;\nint main(void) { p = malloc(3); p = 0; return 0; }\n"),
                ("undefined", "signed integer overflow",
                 "#include <limits.h>\nvolatile int n = INT_MAX;\nint main(void) { return n + 1 == 0; }\n")):
            with self.subTest(said), self.assertRaisesRegex(SanitizerReport, said):
                self.run_c(sanitizer, text)

    def test_a_program_without_fault_is_left_alone(self):
        for sanitizer in ("thread", "address", "undefined"):
            self.assertEqual(self.run_c(sanitizer, "int main(void) { return 7; }\n"), 7)

    def test_a_command_that_only_speaks_of_sanitizers_is_left_alone(self):
        self.assertIsNone(sanitizers.report_in("see docs: AddressSanitizer\nlevel=error error=\"runtime error: x\"\n"))


class Small(unittest.TestCase):
    def test_daemon_waits_for_a_line_and_tells_the_end(self):
        daemon = Daemon(["sh", "-c", "echo one >&2; echo two=2 >&2"])
        self.assertEqual(daemon.wait_for(r"two=(\d)")[1], "2")
        with self.assertRaises(Deadline):
            daemon.wait_for("three")
        self.assertEqual(daemon.wait(), 0)

    def test_toml_is_read_back(self):
        tree = {"a": {"b": [1, "x\"y"], "c": True}, "l": [{"p": 1, "n": {"q": "s"}}, {"p": 2}], "z": "ö"}
        self.assertEqual(tomllib.loads(to_toml(tree)), tree)

    def test_tracking_number(self):
        self.assertEqual(tracking_number(b"2.0.0 accepted, tracking 7K3QX9M2PT"), "7K3QX9M2PT")
        with self.assertRaises(AssertionError):
            tracking_number(b"2.0.0 ok")


if __name__ == "__main__":
    unittest.main()
