# SPDX-License-Identifier: Apache-2.0
"""Goal: real messages, with all that is broken in them, go in over SMTP and come out over IMAP octet for
octet, but for the trace fields in front.

The 1,600 messages are a sample of a public corpus, beside the repository (shared/data/spam); they are old mail from the
net, so they come in on port 25. Their line ends are made CRLF first, as any client does.
"""

import re
import unittest

from _corpus import MISSING, canonical, corpus
from harness.clients import imap, smtp
from harness.site import Site

def without_trace(octets):
    """What we put in front: Return-Path and one Received field."""
    found = re.match(rb"Return-Path: [^\r\n]*\r\nReceived: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", octets)
    assert found, octets[:200]
    return octets[found.end():]


@unittest.skipIf(MISSING, MISSING)
class Corpus(unittest.TestCase):
    def test_every_message_comes_back(self):
        with Site({"smtp": {"messages_max": 100000}}) as site:
            sent = [(name, canonical(octets)) for name, octets in corpus()]
            self.assertEqual(len(sent), 1600)
            with smtp(site) as client:
                client.ehlo()
                for name, octets in sent:
                    self.assertEqual(client.mail("corpus@elsewhere.example")[0], 250)
                    self.assertEqual(client.rcpt(site.alice[0])[0], 250)
                    self.assertEqual(client.data(octets)[0], 250, name)
            with imap(site, site.alice) as client:
                status, count = client.select(readonly=True)
                self.assertEqual((status, int(count[0])), ("OK", len(sent)))
                for n, (name, octets) in enumerate(sent, 1):
                    _, parts = client.fetch(str(n), "(RFC822.SIZE BODY.PEEK[] ENVELOPE BODYSTRUCTURE)")
                    # Text that is not ASCII comes as literals in the ENVELOPE; the message is the literal of BODY[].
                    stored = next(p[1] for p in parts if isinstance(p, tuple) and b"BODY[] {" in p[0])
                    self.assertIn(b"RFC822.SIZE %d " % len(stored), parts[0][0], name)
                    self.assertEqual(without_trace(stored), octets, name)
            self.assertEqual(site.json("store", "check")["findings"], [])


if __name__ == "__main__":
    unittest.main()
