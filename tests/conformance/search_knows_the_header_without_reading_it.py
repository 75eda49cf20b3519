# SPDX-License-Identifier: Apache-2.0
"""Goal: SEARCH of a field that is kept beside the message (RFC 9051 §6.4.4) finds what the header itself says, in real
messages with broken headers.

Each needle is looked for in three ways. KEY alone is answered from what is kept. `OR KEY X` and `KEY NOT X`, where X asks
for a field that nobody keeps, read the header of every message that KEY did not find, and of every one it did find. If
all three find the same, what is kept and the header agree on every message. Where a field is plain ASCII, the messages
are also compared with what this test reads in them.
"""

import contextlib
import os
import re
import unittest
from concurrent.futures import ThreadPoolExecutor

from _corpus import MISSING, canonical, corpus
from harness.clients import imap, say
from harness.site import Site

FIELDS = ("Date", "Subject", "From", "To", "Cc", "Bcc", "Message-ID")
EVERY = 10  # messages that a needle is taken of


def values(octets, name):
    """Unfolded values of all fields of that name, in the header alone."""
    header = re.split(rb"(?:^|\r\n)\r\n", octets, maxsplit=1)[0] + b"\r\n"
    fields = re.findall(rb"^([!-9;-~]+)[ \t]*:(.*\r\n(?:[ \t].*\r\n)*)", header, re.MULTILINE)
    return [re.sub(rb"\r\n", b"", value).strip() for found, value in fields if found.lower() == name.lower().encode()]


def is_plain(value):
    return value.isascii() and b"=?" not in value


def read_by_ourselves(messages):
    """By field: (number, values in lower case) of each message in which the field is plain ASCII."""
    read = {}
    for field in FIELDS:
        all_values = enumerate((values(octets, field) for octets in messages), 1)
        read[field] = [(n, [v.lower() for v in found]) for n, found in all_values if all(map(is_plain, found))]
    return read


def needle_of(value, seed):
    """Some octets of a value that are whole characters and no line end."""
    text = value.decode("utf-8", "ignore")
    begin = seed % max(1, len(text) - 3)
    return text[begin:begin + 3 + seed % 12].strip().encode()


@unittest.skipIf(MISSING, MISSING)
class Search(unittest.TestCase):
    def found(self, client, keys, needle):
        # The needle stands last: as the text of the last key.
        lines = say(client, "SEARCH CHARSET UTF-8 " + keys, needle)
        self.assertIn(b" OK ", lines[-1], (keys, needle))
        return set(map(int, lines[0].split()[2:]))

    def append(self, client, mailbox, messages):
        """In one command (RFC 3502)."""
        tag = client._new_tag()
        client.send(b"%s APPEND %s" % (tag, mailbox.encode()) + b"".join(b" {%d+}\r\n" % len(m) + m for m in messages) + b"\r\n")
        while not (line := client.readline()).startswith(tag):
            pass
        self.assertIn(b" OK ", line)

    def check(self, client, field, needle, read):
        for key in (f"HEADER {field}", field.upper())[:1 if field in ("Date", "Message-ID") else 2]:
            kept = self.found(client, key, needle)
            self.assertEqual(kept, self.found(client, f"OR HEADER X-Nobody-Keeps zzzz {key}", needle), (key, needle))
            self.assertEqual(kept, self.found(client, f"NOT HEADER X-Nobody-Keeps zzzz {key}", needle), (key, needle))
        if not needle.isascii():
            return
        for n, all_values in read[field]:
            self.assertEqual(n in kept, any(needle.lower() in v for v in all_values), (field, needle, n, all_values))

    def test_both_ways_find_the_same(self):
        with Site({}) as site, contextlib.ExitStack() as open_clients:
            clients = [open_clients.enter_context(imap(site, site.alice)) for _ in range(os.cpu_count())]
            clients[0].create("Corpus")
            messages = [canonical(octets) for _, octets in corpus()]
            for begin in range(0, len(messages), 50):
                self.append(clients[0], "Corpus", messages[begin:begin + 50])
            for client in clients:
                client.select("Corpus", readonly=True)
            needles = {(field, needle_of(value, n)) for n in range(0, len(messages), EVERY) for field in FIELDS
                       for value in values(messages[n], field)[:1]}
            self.assertGreater(len(needles), 300)
            needles |= {("Subject", "é".encode()), ("Bcc", b"@"), ("Cc", b"zzzz")}
            needles = sorted(pair for pair in needles if pair[1])

            read = read_by_ourselves(messages)

            def check_share(k):
                for field, needle in needles[k::len(clients)]:
                    self.check(clients[k], field, needle, read)

            with ThreadPoolExecutor(len(clients)) as pool:
                list(pool.map(check_share, range(len(clients))))
            client = clients[0]
            for day in ("1-Jan-2002", "1-Sep-2002", "1-Jan-2003"):
                kept = say(client, f"SEARCH SENTSINCE {day}")[0]
                self.assertEqual(kept, say(client, f"SEARCH SENTSINCE {day} NOT HEADER X-Nobody zz")[0])
                self.assertEqual(kept, say(client, f"SEARCH OR SENTSINCE {day} HEADER X-Nobody zz")[0])


if __name__ == "__main__":
    unittest.main()
