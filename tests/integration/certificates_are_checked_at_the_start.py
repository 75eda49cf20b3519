# SPDX-License-Identifier: Apache-2.0
"""Goal: a certificate or configuration that can't be used keeps the server from starting, with file, cause and the
promised exit code, and leaves the data as it was; what `config show` prints is the configuration in force."""

import os
import re
import subprocess
import unittest

from harness.site import Site

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
CA = """[ca]
default_ca = it
[it]
database = index
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
[any]
commonName = supplied
"""


def openssl(folder, *words):
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"openssl {' '.join(words)}: {done.stderr}")


def make_key(folder, name):
    openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", name)
    return os.path.join(folder, name)


def make_certificate(folder, begin, end):
    """A certificate that is good from `begin` to `end`, and its key."""
    key = make_key(folder, "old.key")
    for name, text in (("index", ""), ("serial", "01\n"), ("ca.cnf", CA)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    openssl(folder, "req", "-new", "-key", "old.key", "-subj", "/CN=old.example", "-out", "old.csr")
    openssl(folder, "ca", "-batch", "-notext", "-config", "ca.cnf", "-selfsign", "-keyfile", "old.key", "-in",
            "old.csr", "-out", "old.pem", "-startdate", begin, "-enddate", end)
    return os.path.join(folder, "old.pem"), key


class Certificates(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.close)
        with open(self.site.config, encoding="utf-8") as f:
            self.good = f.read()
        self.addCleanup(self.still_starts)

    def still_starts(self):
        self.write(self.good)
        self.site.start()
        self.assertEqual(self.site.stop(), 0)

    def write(self, text):
        with open(self.site.config, "w", encoding="utf-8") as f:
            f.write(text)

    def use(self, file, key):
        self.write(f"{self.good}\n[[certificate]]\nfile = \"{file}\"\nkey = \"{key}\"\n")

    def refuse(self, code, file, english, japanese):
        """Told in both languages, with the file."""
        for lang, wanted in (("en", english), ("ja", japanese)):
            done = self.site.run("serve", "--lang", lang, check=False)
            self.assertIn(file, done.stderr)
            self.assertIn(wanted, done.stderr)
            self.assertEqual(JAPANESE.search(done.stderr) is not None, lang == "ja", done.stderr)
            self.assertEqual(done.returncode, code, done.stderr)

    def test_the_key_of_another(self):
        other = make_key(self.site.directory, "other.key")
        self.use(self.site.certificate, other)
        self.refuse(1, other, "does not belong to", "証明書のものではありません")

    def test_expired(self):
        file, key = make_certificate(self.site.directory, "20200101000000Z", "20200102000000Z")
        self.use(file, key)
        self.refuse(1, file, "expired on 2020-01-02", "期限が切れました")

    def test_not_yet_valid(self):
        file, key = make_certificate(self.site.directory, "20990101000000Z", "20990102000000Z")
        self.use(file, key)
        self.refuse(1, file, "check this machine's clock", "まだ使えません")

    def test_not_there(self):
        self.use(self.site.directory + "/none.pem", self.site.directory + "/none.key")
        self.refuse(1, "none.pem", "there is no such file", "ファイルがありません")
        self.use(self.site.certificate, self.site.directory + "/none.key")
        self.refuse(1, "none.key", "there is no such file", "ファイルがありません")

    def test_locked_by_a_pass_phrase(self):
        folder = self.site.directory
        openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes256", "-pass",
                "pass:secret", "-out", "locked.key")
        self.use(self.site.certificate, folder + "/locked.key")
        self.refuse(1, "locked.key", "openssl pkey", "パスフレーズ")

    def test_no_certificate(self):
        path = os.path.join(self.site.directory, "odd.pem")
        good, key = self.site.certificate, make_key(self.site.directory, "odd.key")
        for octets in (b"", bytes(range(256)) * 8, b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"):
            with open(path, "wb") as f:
                f.write(octets)
            for pair, line in (((path, key), "BEGIN CERTIFICATE"), ((good, path), "BEGIN PRIVATE KEY")):
                self.use(*pair)
                self.refuse(1, path, line, line)
        os.unlink(path)
        os.mkdir(path)
        self.use(path, key)
        self.refuse(1, path, "it is a directory", "フォルダーです")

    def test_no_configuration(self):
        os.rename(self.site.config, self.site.config + ".away")
        self.addCleanup(os.rename, self.site.config + ".away", self.site.config)
        done = self.site.run("serve", check=False)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(self.site.config, done.stderr)

    def test_check_and_show(self):
        self.assertEqual(self.site.run("config", "check").returncode, 0)
        shown = self.site.run("config", "show").stdout
        self.write(shown)
        self.assertEqual(self.site.run("config", "show").stdout, shown)
        self.write(self.site.run("config", "defaults").stdout)
        self.assertEqual(self.site.run("config", "check").returncode, 0)
        self.write("[dns]\nforwarders = [\"x\"]\n")
        done = self.site.run("config", "check", check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn(":2:14: dns.forwarders", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
