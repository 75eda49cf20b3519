# SPDX-License-Identifier: Apache-2.0
"""Goal: every command explains itself in English and in Japanese, fits a terminal, and answers a wrong command line
with exit code 2, what is wrong and where its help is, in the language that was asked for."""

import json
import os
import re
import subprocess
import unicodedata
import unittest

from harness import sanitizers
from harness.site import Site, binary

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
COLUMNS_MAX = 96


def hikyaku(*words, lang="C", **environment):
    names = ("HIKYAKU_LANG", "HIKYAKU_CONFIG", "LC_ALL", "LC_MESSAGES", "LANG")
    clean = {k: v for k, v in sanitizers.environment().items() if k not in names}
    return subprocess.run([binary(), *words], capture_output=True, text=True, timeout=60, check=False,
                          env={**clean, "LC_ALL": lang, **environment}, stdin=subprocess.DEVNULL)


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def commands_in(text):
    """The words that begin the lines under "Commands:"."""
    found = re.search(r"(?m)^(?:Commands|コマンド):\n((?:  .*\n)+)", text)
    return re.findall(r"(?m)^  ([a-z][a-z-]*)(?:  |$)", found[1]) if found else []


def all_commands(path=()):
    """Every command and group, from the help texts themselves."""
    yield path
    for name in commands_in(hikyaku(*path, "--help").stdout):
        yield from all_commands((*path, name))


class Help(unittest.TestCase):
    def test_every_command_in_both_languages(self):
        commands = list(all_commands())
        self.assertGreater(len(commands), 30)
        for path in commands:
            english, japanese = hikyaku(*path, "--help"), hikyaku(*path, "--help", lang="ja_JP.UTF-8")
            with self.subTest(command=" ".join(path)):
                self.assertEqual((english.returncode, japanese.returncode), (0, 0))
                self.assertIsNone(JAPANESE.search(english.stdout))
                self.assertIn("Usage: hikyaku " + " ".join(path), english.stdout)
                self.assertIn("使い方: hikyaku " + " ".join(path), japanese.stdout)
                self.assertEqual(commands_in(english.stdout), commands_in(japanese.stdout))
                for option in ("--config FILE", "--json", "--lang, --language LANG", "-h, --help"):
                    self.assertIn(option, english.stdout)
                for line in (english.stdout + japanese.stdout).splitlines():
                    self.assertLessEqual(columns(line), COLUMNS_MAX, line)
                # What is told of a command, argument or option is told in Japanese.
                for row in re.findall(r"(?m)^  [a-zA-Z-][^\n]*?  +(\S[^\n]*)$", japanese.stdout):
                    self.assertTrue(JAPANESE.search(row) or row.startswith(("hikyaku", "sudo")), row)

    def test_help_is_a_command_too(self):
        self.assertEqual(hikyaku("help", "account", "add").stdout, hikyaku("account", "add", "--help").stdout)

    def test_the_language_is_chosen_by_option_then_environment(self):
        explained = ("explain", "550 5.1.1 no such user")
        for words, environment, japanese in ((["--lang", "ja"], {"lang": "C"}, True),
                                             (["--language=en"], {"lang": "ja_JP.UTF-8"}, False),
                                             ([], {"lang": "C", "HIKYAKU_LANG": "ja"}, True),
                                             ([], {"lang": "", "LANG": "ja_JP.UTF-8"}, True),
                                             ([], {"lang": "", "LC_MESSAGES": "C", "LANG": "ja_JP.UTF-8"}, False)):
            done = hikyaku(*explained, *words, **environment)
            self.assertEqual("意味" in done.stdout, japanese, (words, environment))
        refused = hikyaku(*explained, "--lang", "fr")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("en or ja", refused.stderr)


WRONG = [  # words, what the English and the Japanese text say
    ((), "Usage: hikyaku COMMAND", "使い方: hikyaku コマンド"),
    (("acount",), 'no command "acount"; did you mean "account"?', '"account" のことですか'),
    (("frobnicate",), 'no command "frobnicate"; there are: ', "使えるもの: "),
    (("account",), "there are: add, ", "使えるもの: add, "),
    (("account", "ad", "x@y.example"), 'no command "account ad"; did you mean "account add"?', "のことですか"),
    (("account", "show"), "ADDRESS is missing", "ADDRESS がありません"),
    (("alias", "add", "x@y.example"), "TARGET is missing", "TARGET がありません"),
    (("account", "show", "a@b.example", "c"), '"c" is too much', '"c" は余分です'),
    (("account", "add", "a@b.example", "--nmae", "Ann"), "no option --nmae here; did you mean --name?", "--name のことですか"),
    (("queue", "list", "--limit"), "--limit needs a value", "--limit の後に値が必要です"),
    (("queue", "list", "--limit", "many"), '--limit: "many" is no number from 1 to', "までの数ではありません"),
    (("queue", "list", "--limit", "0"), '--limit: "0" is no number from 1 to', "までの数ではありません"),
    (("demo", "--port-base", "70000"), '--port-base: "70000" is no number from 0 to 64000', "までの数ではありません"),
    (("track", "--to", "bob"), '--to: "bob" has no @', "@ がありません"),
    (("queue", "list", "--sender", "example.org"), "@example.org for a whole domain", "ドメイン全体は @example.org"),
    (("queue", "retry"), "say which: a queue id, --destination", "対象を指定してください"),
    (("queue", "retry", "0000000000001", "--all"), "not both", "どちらか一方"),
    (("track",), "say which message: its tracking number", "どのメールか指定してください"),
    (("track", "0000000000001", "--to", "a@b.example"), "say which message", "どのメールか指定してください"),
]


class WrongCommandLine(unittest.TestCase):
    def test_says_what_is_wrong_and_where_help_is(self):
        for words, english, japanese in WRONG:
            with self.subTest(words=words):
                for lang, wanted in (("C", english), ("ja_JP.UTF-8", japanese)):
                    done = hikyaku(*words, lang=lang)
                    self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                    self.assertIn(wanted, done.stderr)
                    self.assertIn("--help", done.stderr)
                    self.assertEqual(JAPANESE.search(done.stderr) is not None, lang != "C")

    def test_as_json(self):
        for words, english, _ in WRONG[1:]:
            done = hikyaku(*words, "--json")
            if words[-1] == "--limit":
                continue  # --json would be its value
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(english, json.loads(done.stdout)["error"]["text"])
            self.assertEqual(done.stderr, "")


class Refusals(unittest.TestCase):
    """Refusals of the server come in the language of the one who asks, whatever the server's own is."""

    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.close)

    def ask(self, *words, lang):
        return hikyaku(*words, "--config", self.site.config, lang=lang)

    def test_in_the_language_of_the_one_who_asks(self):
        cases = [(("account", "show", "nobody@hikyaku.example"), "no such account: nobody@", "アカウント nobody@"),
                 (("account", "add", "x@elsewhere.example"), "is not ours; `hikyaku domain add", "登録されていません"),
                 (("account", "add", self.site.alice[0]), "is an account already", "はすでにアカウントです"),
                 (("domain", "add", "not a domain"), "is not a domain name", "はドメイン名ではありません"),
                 (("domain", "remove", "hikyaku.example"), "still has addresses", "アドレスが残っています"),
                 (("alias", "remove", "x@hikyaku.example"), "no such alias", "別名 x@hikyaku.example はありません"),
                 (("queue", "show", "0000000000001"), "nothing waits under", "待っているメールはありません"),
                 (("track", "000000000000A"), "no message has the tracking number", "のメールはありません")]
        for running in (False, True):
            if running:
                self.site.start()
            for words, english, japanese in cases:
                with self.subTest(running=running, words=words):
                    for lang, wanted in (("C", english), ("ja_JP.UTF-8", japanese)):
                        done = self.ask(*words, lang=lang)
                        self.assertEqual(done.returncode, 1, done.stderr)
                        self.assertIn(wanted, done.stderr)
                        self.assertEqual(JAPANESE.search(done.stderr) is not None, lang != "C")
                    told = json.loads(self.ask(*words, "--json", lang="C").stdout)["error"]
                    self.assertEqual((told["remedy"], english in told["text"]), ("permanent", True))


class Output(unittest.TestCase):
    def test_an_answer_that_can_not_be_written_is_told(self):
        for words in (("config", "defaults"), ("explain", "4.2.2"), ("config", "defaults", "--json")):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([binary(), *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
                                      env={**sanitizers.environment(), "HIKYAKU_LANG": "en"}, check=False)
            self.assertEqual(done.returncode, 4, words)
            self.assertIn("its answer could not be written", done.stderr)


class Configuration(unittest.TestCase):
    def test_one_that_is_not_there_has_a_remedy(self):
        done = hikyaku("config", "check", "--config", "/nonexistent/hikyaku.toml")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"no configuration /nonexistent/hikyaku\.toml; .*hikyaku config defaults > ")

    def test_every_key_is_told_in_both_languages(self):
        english, japanese = (hikyaku("config", "defaults", lang=lang).stdout for lang in ("C", "ja_JP.UTF-8"))
        self.assertIsNone(JAPANESE.search(english))
        keys = re.compile(r"(?m)^# ([a-z_0-9]+) = ")
        self.assertEqual(keys.findall(english), keys.findall(japanese))
        self.assertGreater(len(keys.findall(english)), 40)
        # What stands above each key, up to the one before it.
        for told in re.split(r"(?m)^# [a-z_0-9]+ = .*\n", japanese)[:-1]:
            self.assertIsNotNone(JAPANESE.search(told), told)

    def test_as_json(self):
        defaults = json.loads(hikyaku("config", "defaults", "--json").stdout)
        self.assertEqual(defaults["delivery"]["port"], 25)
        self.assertIn({"protocol": "imaps", "address": "::", "port": 993, "path": ""}, defaults["listener"])
        with open(os.path.join(os.environ.get("TMPDIR", "/tmp"), f"hikyaku-empty-{os.getpid()}.toml"), "w+b") as f:
            self.addCleanup(os.unlink, f.name)
            shown = json.loads(hikyaku("config", "show", "--json", "--config", f.name).stdout)
        self.assertEqual(shown, defaults)


if __name__ == "__main__":
    unittest.main()
