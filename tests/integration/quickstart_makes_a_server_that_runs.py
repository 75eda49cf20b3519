# SPDX-License-Identifier: Apache-2.0
"""Goal: on a fresh machine without any network, quickstart finishes, and what it wrote is a server as it stands: it
runs as a user of its own, takes mail, and lets the new account in. A second run keeps everything."""

import re
import shutil
import unittest

from harness.daemon import Daemon
from harness.machine import Machine, machines_work

ADDRESS = "ann@mail-of-ann.org"
HOST = "mail.mail-of-ann.org"


def password_of(text):
    found = re.search(r"Password: (\S+)", text)
    if not found:
        raise AssertionError(f"no password is shown:\n{text}")
    return found[1]


@unittest.skipUnless(machines_work(), "only root may make namespaces")
class Quickstart(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.close)

    def read(self, file):
        return self.machine.run("cat", file).stdout

    def serve(self, *arguments):
        server = Daemon(self.machine.command("hikyaku", "serve", *arguments), "hikyaku")
        self.addCleanup(server.kill)
        server.wait_for(r"\bapp\.ready\b")
        return server

    def curl(self, *words, code=0, stdin=""):
        return self.machine.run("curl", "--silent", "--show-error", "--max-time", "30", "--insecure", *words, code=code,
                                stdin=stdin)

    def mail_goes_through(self, password):
        """In by submission and port 25, out by IMAPS; a wrong password does neither."""
        user = f"{ADDRESS}:{password}"
        wrong = f"{ADDRESS}:not-{password}"
        self.curl("imaps://127.0.0.1/INBOX", "--user", wrong, "--request", "NOOP", code=67)
        self.curl("smtps://127.0.0.1", "--user", wrong, "--mail-from", ADDRESS, "--mail-rcpt", ADDRESS, "--upload-file",
                  "-", code=67, stdin="x")
        for subject, options in (("submitted", ["smtps://127.0.0.1", "--user", user, "--mail-from", ADDRESS]),
                                 ("to postmaster", ["smtp://127.0.0.1", "--mail-from", "bob@far.example"])):
            to = ADDRESS if subject == "submitted" else "postmaster@mail-of-ann.org"
            self.curl(*options, "--mail-rcpt", to, "--upload-file", "-",
                      stdin=f"From: {options[-1]}\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nhello\r\n")
        for number, subject in ((1, "submitted"), (2, "to postmaster")):
            got = self.curl(f"imaps://127.0.0.1/INBOX;MAILINDEX={number}", "--user", user).stdout
            self.assertIn(f"Subject: {subject}", got)

    def runs_as(self, server, name, data):
        user = self.machine.run("id", "-u", name).stdout.strip()
        with open(f"/proc/{server.pid}/status", encoding="utf-8") as f:
            self.assertIn(f"\nUid:\t{user}\t{user}\t{user}\t{user}\n", f.read())
        others = self.machine.run("find", data, "!", "-user", name).stdout
        self.assertEqual(others, "")
        self.assertEqual(self.machine.run("stat", "-c", "%a", data).stdout.strip(), "700")

    def test_in_the_usual_places(self):
        # A careful administrator's umask must not lock the server out of its configuration.
        done = self.machine.run("sh", "-c", f"umask 077; exec hikyaku quickstart {ADDRESS}")
        text = done.stdout
        password = password_of(text)
        for record in (r"mail-of-ann\.org\.\s.*MX\s+10 mail\.mail-of-ann\.org\.", r"TXT\s+\"v=spf1 mx -all\"",
                       r"_dmarc\.mail-of-ann\.org\.\s.*v=DMARC1", r"hikyaku\._domainkey\.mail-of-ann\.org\.\s.*v=DKIM1",
                       r"_submissions\._tcp\.mail-of-ann\.org\.\s.*SRV\s+0 1 465", r"_imaps\._tcp\."):
            self.assertRegex(text, record)
        self.assertRegex(text, r"\[\?\?\]  DNS gives no answer.*\n +-> ")
        unit = self.read("/etc/systemd/system/hikyaku.service")
        self.assertIn("\nUser=hikyaku\n", unit)
        self.assertIn("ExecStart=/usr/local/bin/hikyaku serve --config /etc/hikyaku/hikyaku.toml\n", unit)
        self.machine.run("setpriv", "--reuid=hikyaku", "--regid=hikyaku", "--clear-groups", "cat",
                         "/etc/hikyaku/hikyaku.toml")

        config = self.read("/etc/hikyaku/hikyaku.toml")
        again = self.machine.run("hikyaku", "quickstart", ADDRESS).stdout
        self.assertNotIn(password, again)
        self.assertIn("Its password stays as it was", again)
        self.assertNotRegex(again, r"(?m)^  made ")
        self.assertEqual(self.read("/etc/hikyaku/hikyaku.toml"), config)
        self.assertEqual(self.read("/etc/systemd/system/hikyaku.service"), unit)
        key = re.compile(r"p=[\w+/=\" ]+")
        self.assertEqual(key.search(again)[0], key.search(text)[0])

        server = self.serve()
        self.runs_as(server, "hikyaku", "/var/lib/hikyaku")
        self.mail_goes_through(password)
        self.assertEqual(self.machine.run("hikyaku", "store", "check").returncode, 0)
        japanese = self.machine.run("hikyaku", "quickstart", ADDRESS, LC_ALL="ja_JP.UTF-8").stdout
        self.assertNotIn("作成", japanese)
        self.assertRegex(japanese, r"DNS が応答しません \([\u3040-\u30ff\u4e00-\u9fff]", "the reason too")
        self.assertEqual(server.stop(), 0)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_the_unit_is_right_and_tight(self):
        self.machine.run("hikyaku", "quickstart", ADDRESS)
        unit = "/etc/systemd/system/hikyaku.service"
        verified = self.machine.run("systemd-analyze", "verify", unit, code=None)
        self.assertNotIn("hikyaku.service", verified.stderr)
        # 0 is tightest, 10 is none; the threshold is in tenths.
        self.machine.run("systemd-analyze", "security", "--offline=true", "--threshold=25", unit)

    def test_everything_in_a_folder(self):
        refused = self.machine.run("hikyaku", "quickstart", ADDRESS, "--data", "/root/mail", code=1)
        self.assertRegex(refused.stderr, r'user "hikyaku".*may not enter /root.*chmod o\+x /root')
        self.machine.run("test", "!", "-e", "/root/mail")
        self.machine.run("install", "-d", "-m", "700", "/srv/closed")
        text = self.machine.run("hikyaku", "quickstart", ADDRESS, "--data", "/srv/closed").stdout
        self.assertEqual(self.machine.run("stat", "-c", "%a %U %G", "/srv/closed").stdout.strip(), "750 root hikyaku")
        self.assertIn('user = "hikyaku"', self.read("/srv/closed/hikyaku.toml"))
        self.assertIn("\nUser=hikyaku\n", self.read("/srv/closed/hikyaku.service"))
        server = self.serve("--config", "/srv/closed/hikyaku.toml")
        self.runs_as(server, "hikyaku", "/srv/closed/data")
        self.mail_goes_through(password_of(text))

    def test_without_root(self):
        """Somebody without rights gets everything in a folder of theirs, and a unit for root to start."""
        self.machine.run("useradd", "--system", "--user-group", "ann")
        self.machine.run("install", "-d", "-o", "ann", "-g", "ann", "-m", "755", "/srv/ann")
        as_ann = ("setpriv", "--reuid=ann", "--regid=ann", "--clear-groups")
        refused = self.machine.run(*as_ann, "hikyaku", "quickstart", ADDRESS, code=1)
        self.assertRegex(refused.stderr, r"needs root .*sudo, or give --data DIR")
        text = self.machine.run(*as_ann, "hikyaku", "quickstart", ADDRESS, "--data", "/srv/ann/mail").stdout
        self.assertRegex(text, r"you may not open these ports yourself: .*\n +-> start hikyaku by its systemd unit or as "
                               "root")
        unit = self.read("/srv/ann/mail/hikyaku.service")
        self.assertIn("\nUser=ann\nGroup=ann\n", unit)
        self.assertRegex(text, r"start it, as root: .*/srv/ann/mail/hikyaku\.service")
        self.assertEqual(self.machine.run("find", "/srv/ann", "!", "-user", "ann").stdout, "")
        self.assertEqual(self.machine.run("stat", "-c", "%a", "/srv/ann/mail/data").stdout.strip(), "700")

        alone = self.machine.run(*as_ann, "hikyaku", "serve", "--config", "/srv/ann/mail/hikyaku.toml", code=None)
        self.assertIn(alone.returncode, (1, 4), alone.stderr)
        self.assertRegex(alone.stderr, r"ports under 1024 need root")
        # As the unit does it, with the right to bind; and as root, who gives the rights up.
        for start in ((*as_ann, "--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service"), ()):
            server = Daemon(self.machine.command(*start, "hikyaku", "serve", "--config", "/srv/ann/mail/hikyaku.toml"),
                            "hikyaku")
            self.addCleanup(server.kill)
            server.wait_for(r"\bapp\.ready\b")
            self.runs_as(server, "ann", "/srv/ann/mail/data")
            if not start:
                self.mail_goes_through(password_of(text))
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
