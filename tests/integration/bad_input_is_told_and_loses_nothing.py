# SPDX-License-Identifier: Apache-2.0
"""Goal: what an administrator or a client does wrong gets a clear answer with a remedy, and the server goes on."""

import functools
import os
import re
import socket
import subprocess
import unittest

from harness.case import SiteCase
from harness.clients import imap, message, pop3, smtp, submit
from harness.daemon import Daemon
from harness.site import Site, free_port

READ_MAX = 1 << 20


def talk(site, protocol="smtp"):
    """A bare connection, greeting read."""
    s = socket.create_connection((site.host, site.port(protocol)), 30)
    f = s.makefile("rwb")
    f.readline()
    return s, f


def reply(f):
    lines = []
    while line := f.readline():
        lines.append(line)
        if line[3:4] != b"-":
            break
    return b"".join(lines)


def ask(f, line):
    f.write(line + b"\r\n")
    f.flush()
    return reply(f)


def write(path, octets):
    with open(path, "wb") as f:
        f.write(octets)


class Clients(SiteCase):
    config = {"smtp": {"message_size_max": "1MiB", "recipients_max": 100}}

    def still_fine(self):
        self.deliver(message("a@b.example", self.site.bob[0], subject="still fine"), self.site.bob[0])

    def test_a_message_over_the_limit_is_refused_at_mail_or_at_its_end(self):
        s, f = talk(self.site)
        ask(f, b"EHLO client.example")
        self.assertTrue(ask(f, b"MAIL FROM:<a@b.example> SIZE=200000000").startswith(b"552 5.3.4"))
        self.assertTrue(ask(f, b"MAIL FROM:<a@b.example>").startswith(b"250"))
        self.assertTrue(ask(f, b"RCPT TO:<%s>" % self.site.bob[0].encode()).startswith(b"250"))
        self.assertTrue(ask(f, b"DATA").startswith(b"354"))
        line = b"x" * 998 + b"\r\n"
        for _ in range(2000):
            f.write(line)
        self.assertTrue(ask(f, b".").startswith(b"552 5.3.4"))
        s.close()
        self.still_fine()

    def test_a_command_line_of_a_megabyte(self):
        s, f = talk(self.site)
        try:
            f.write(b"EHLO " + b"x" * READ_MAX + b"\r\n")
            f.flush()
            answer = reply(f)
        except ConnectionError:
            answer = b"500"
        self.assertRegex(answer, rb"^(500|421)")
        s.close()
        self.still_fine()

    def test_ten_thousand_recipients(self):
        s, f = talk(self.site)
        ask(f, b"EHLO client.example")
        ask(f, b"MAIL FROM:<a@b.example>")
        to = b"RCPT TO:<%s>" % self.site.bob[0].encode()
        answers = {}
        for _ in range(100):
            f.write((to + b"\r\n") * 100)
            f.flush()
            for _ in range(100):
                code = reply(f)[:9]
                answers[code] = answers.get(code, 0) + 1
        self.assertEqual(answers.get(b"250 2.1.5"), 100, answers)
        self.assertEqual(answers.get(b"452 4.5.3"), 9900, answers)
        self.assertTrue(ask(f, b"DATA").startswith(b"354"))
        self.assertTrue(ask(f, b"Subject: once\r\n\r\nonce\r\n.").startswith(b"250"))
        s.close()
        found = [m for m in self.inbox(self.site.bob) if b"Subject: once\r\n" in m]
        self.assertEqual(len(found), 1, "one copy for one mailbox")

    def test_an_octet_at_a_time(self):
        s, f = talk(self.site)
        text = (b"EHLO slow.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<%s>\r\nDATA\r\n" % self.site.bob[0].encode() +
                b"Subject: slowly\r\n\r\nslow\r\n.\r\nQUIT\r\n")
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in text:
            s.send(bytes([octet]))
        self.assertIn(b"221", f.read())
        self.wait_for_message(self.site.bob, rb"Subject: slowly")

    def test_smuggled_ends_of_data(self):
        for end in (b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r", b"\r.\r", b"\n.\r", b"\r\n\0.\r\n"):
            s, f = talk(self.site)
            ask(f, b"EHLO client.example")
            ask(f, b"MAIL FROM:<a@b.example>")
            ask(f, b"RCPT TO:<%s>" % self.site.bob[0].encode())
            ask(f, b"DATA")
            f.write(b"Subject: first\r\n\r\ntext" + end +
                    b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<%s>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n"
                    % self.site.bob[0].encode())
            f.flush()
            s.shutdown(socket.SHUT_WR)
            f.read()
            s.close()
            smuggled = [m for m in self.inbox(self.site.bob) if re.search(rb"^Subject: smuggled", m.split(b"\r\n\r\n")[0], re.M)]
            self.assertEqual(smuggled, [], end)

    def test_wrong_passwords(self):
        import imaplib
        import poplib
        import smtplib
        with self.assertRaises(smtplib.SMTPAuthenticationError) as refused:
            submit(self.site, (self.site.alice[0], "wrong"))
        self.assertEqual(refused.exception.smtp_code, 535)
        with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHENTICATIONFAILED"):
            imap(self.site, (self.site.alice[0], "wrong"))
        with self.assertRaisesRegex(poplib.error_proto, r"\[AUTH\]"):
            pop3(self.site, (self.site.alice[0], "wrong"))

    def test_an_unknown_user_looks_like_a_wrong_password(self):
        def answer(ask):
            try:
                ask().close()
            except Exception as error:  # pylint: disable=broad-except
                return repr(error)
            self.fail("logged in")
        for ask in (submit, imap, pop3):
            ask = functools.partial(ask, self.site)
            known = answer(lambda ask=ask: ask((self.site.alice[0], "wrong")))
            for unknown in ("nobody@hikyaku.example", "alice@nowhere.example"):
                self.assertEqual(answer(lambda ask=ask, unknown=unknown: ask((unknown, "wrong"))), known)

    def test_no_password_without_tls(self):
        s, f = talk(self.site, "submission")
        self.assertNotIn(b"AUTH", ask(f, b"EHLO client.example"))
        self.assertRegex(ask(f, b"AUTH PLAIN AGFsaWNlAHdyb25n"), rb"^(530|538|503|502)")
        s.close()
        import imaplib
        client = imaplib.IMAP4(self.site.host, self.site.port("imap"))
        self.assertIn("LOGINDISABLED", client.capabilities)
        with self.assertRaisesRegex(imaplib.IMAP4.error, "PRIVACYREQUIRED"):
            client.login(*self.site.alice)
        client.logout()

    def test_the_sender_must_be_ones_own(self):
        import smtplib
        with submit(self.site, self.site.alice) as client:
            with self.assertRaises(smtplib.SMTPSenderRefused) as refused:
                client.sendmail(self.site.bob[0], [self.site.carol[0]], message(self.site.bob[0], self.site.carol[0]))
            self.assertIn(refused.exception.smtp_code, (550, 553))
        with submit(self.site, self.site.alice) as client:
            with self.assertRaises(smtplib.SMTPDataError) as refused:
                client.sendmail(self.site.alice[0], [self.site.carol[0]], message(self.site.bob[0], self.site.carol[0]))
            self.assertIn(b"HK-FROM-OWNER", refused.exception.smtp_error)

    def test_no_open_relay(self):
        with smtp(self.site) as client:
            client.ehlo()
            client.mail("x@elsewhere.example")
            for to in ("y@other.example", "@hikyaku.example:y@other.example", "y%other.example@hikyaku.example",
                       '"y@other.example"@hikyaku.example'):
                self.assertIn(client.docmd("RCPT", f"TO:<{to}>")[0] // 100, (4, 5), to)


class Administrators(unittest.TestCase):
    def test_a_configuration_with_mistakes(self):
        with Site() as site:
            site.stop()
            with open(site.config, "a", encoding="utf-8") as f:
                f.write("\n[smpt]\nx = 1\n")
            done = site.run("config", "check", check=False)
            self.assertEqual(done.returncode, 3)
            self.assertRegex(done.stderr, r"hikyaku\.toml:\d+:\d+: smpt.*smtp")
            self.assertIn("Remedy:", done.stderr)
            japanese = site.run("config", "check", "--lang", "ja", check=False)
            self.assertEqual(japanese.returncode, 3)
            self.assertRegex(japanese.stderr, r"hikyaku\.toml:\d+:\d+: smpt: .*\"smtp\" のことですか。対処: ")
            served = site.run("serve", check=False)
            self.assertEqual(served.returncode, 3)
            quick = site.run("quickstart", "you@example.org", "--data", site.directory, config=False, check=False)
            self.assertEqual(quick.returncode, 3, quick.stderr)

    def test_a_configuration_that_can_not_be_read(self):
        site = Site()
        self.addCleanup(site.close)
        for make in (lambda path: os.mkdir(path),  # pylint: disable=unnecessary-lambda
                     lambda path: write(path, bytes(range(256)) * 16),
                     lambda path: write(path, b'[server]\nhostname = "\xff\xfe"\n'),
                     lambda path: write(path, b"[server\n" + b"[" * 100_000),
                     lambda path: write(path, b"a = " + b"[" * 100_000)):
            path = os.path.join(site.directory, "broken.toml")
            make(path)
            for command in (["serve"], ["config", "check"], ["account", "list"]):
                done = site.run(*command, "--config", path, config=False, check=False)
                self.assertEqual(done.returncode, 3, (command, done.stderr))
                self.assertIn(path, done.stdout + done.stderr)
            (os.rmdir if os.path.isdir(path) else os.unlink)(path)

    def test_a_port_that_is_taken(self):
        site = Site()
        self.addCleanup(site.close)
        taken = socket.create_server((site.host, site.port("smtp")))
        self.addCleanup(taken.close)
        done = site.run("serve", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(str(site.port("smtp")), done.stderr)
        with open("/proc/self/comm", encoding="ascii") as f:
            own_name = f.read().strip()
        self.assertRegex(done.stderr, rf"taken by {re.escape(own_name)} \(process {os.getpid()}\)", "by whom")
        self.assertRegex(done.stderr, rf"stop it: (kill {os.getpid()}|systemctl disable --now \S+);", "how it is freed")
        japanese = site.run("serve", "--lang", "ja", check=False)
        self.assertRegex(japanese.stderr, rf"{re.escape(own_name)} \(プロセス {os.getpid()}\) が使用中です。停止してください: ")

    def test_an_address_that_is_not_of_this_machine(self):
        site = Site()
        self.addCleanup(site.close)
        site.configure({"listener": [{"protocol": "smtp", "address": "192.0.2.1", "port": free_port()}]})
        for lang, wanted in (("en", "this machine has no such address"), ("ja", "このマシンのアドレスではありません")):
            done = site.run("serve", "--lang", lang, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("192.0.2.1", done.stderr)
            self.assertIn(wanted, done.stderr)

    def test_files_of_dns_that_are_not_there(self):
        site = Site()
        self.addCleanup(site.close)
        good = site.read_config()
        for key, value in (("zones", ["/nonexistent"]), ("root_hints", "/nonexistent"), ("trust_anchor", "/nonexistent")):
            site.configure({**good, "dns": {key: value}})
            for lang, wanted in (("en", "No such file"), ("ja", "ファイルまたはフォルダーがありません")):
                done = site.run("serve", "--lang", lang, check=False)
                self.assertEqual(done.returncode, 1, done.stderr)
                for word in (f"dns.{key}", "/nonexistent", wanted):
                    self.assertIn(word, done.stderr)
            site.configure({"dns": {key: [] if key == "zones" else ""}})

    def test_a_second_server_on_the_same_data(self):
        with Site() as site:
            site.configure({"listener": [{"protocol": "smtp", "address": "127.0.0.1", "port": free_port()}]})
            done = site.run("serve", check=False)
            self.assertEqual(done.returncode, 4)
            self.assertIn("another hikyaku uses", done.stderr)
            self.assertIn("別の hikyaku が", site.run("serve", "--lang", "ja", check=False).stderr)

    def test_data_of_a_newer_format(self):
        site = Site()
        self.addCleanup(site.close)
        path = os.path.join(site.data, "store", "FORMAT")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(re.sub(r"\d+", "9999", text))
        done = site.run("serve", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("made by a newer hikyaku", done.stderr)
        self.assertIn("新しい版の hikyaku", site.run("serve", "--lang", "ja", check=False).stderr)

    def test_a_key_that_does_not_fit_and_a_certificate_that_is_over(self):
        site = Site()
        self.addCleanup(site.close)
        folder = site.directory
        for name, extra in (("one", []), ("old", ["-not_before", "20200101000000Z", "-not_after", "20210101000000Z"])):
            command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                       "30", "-subj", f"/CN={name}.example", "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem"]
            if extra:
                subprocess.run(["openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", f"{folder}/old.key"], check=True)
                subprocess.run(["openssl", "req", "-new", "-key", f"{folder}/old.key", "-subj", "/CN=old.example", "-out", f"{folder}/old.csr"], check=True)
                with open(f"{folder}/ca.cnf", "w", encoding="utf-8") as f:
                    f.write(f"[ca]\ndefault_ca=c\n[c]\ndatabase={folder}/index\nnew_certs_dir={folder}\nserial={folder}/serial\n"
                            "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n")
                open(f"{folder}/index", "w", encoding="utf-8").close()
                with open(f"{folder}/serial", "w", encoding="utf-8") as f:
                    f.write("01\n")
                command = ["openssl", "ca", "-batch", "-config", f"{folder}/ca.cnf", "-selfsign", "-keyfile", f"{folder}/old.key",
                           "-in", f"{folder}/old.csr", "-out", f"{folder}/old.pem", "-startdate", extra[1], "-enddate", extra[3]]
            subprocess.run(command, check=True, capture_output=True)
        site.configure({"certificate": [{"file": f"{folder}/one.pem", "key": f"{folder}/old.key"}]})
        done = site.run("serve", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "key.*(match|fit|belong)|(match|fit|belong).*key")
        site.configure({"certificate": [{"file": f"{folder}/old.pem", "key": f"{folder}/old.key"}]})
        done = site.run("serve", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("expired", done.stderr)

    def test_unknown_commands_and_missing_things(self):
        site = Site()
        self.addCleanup(site.close)
        self.assertEqual(site.run("frobnicate", config=False, check=False).returncode, 2)
        for command in (["account", "show", "nobody@hikyaku.example"], ["domain", "remove", "hikyaku.example"],
                        ["track", "NONSENSE"], ["queue", "show", "0000000000000"]):
            done = site.run(*command, check=False)
            self.assertEqual(done.returncode, 1, command)
            self.assertTrue(done.stderr.strip(), command)


if __name__ == "__main__":
    unittest.main()
