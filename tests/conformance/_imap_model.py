# SPDX-License-Identifier: Apache-2.0
"""An IMAP client that believes nothing: it keeps what a mailbox must look like by the rules of RFC 9051 and RFC 7162, and
fails at the first response that can't be."""

import re
import socket
import ssl

from harness.clients import tls_context


class Wrong(AssertionError):
    """A response that breaks the protocol."""


class Client:
    """One connection; `uids` is the open mailbox by message number, None where a UID was not told yet.

    qresync: VANISHED takes the place of EXPUNGE. `headers` (UIDVALIDITY, UID) -> X-Id is shared by all
    clients of a test: what a UID names never changes.
    """

    def __init__(self, site, account, qresync=False, headers=None):
        raw = socket.create_connection((site.host, site.port("imaps")), 60)
        self.socket = tls_context(site).wrap_socket(raw)
        self.stream = self.socket.makefile("rb")
        self.number, self.running = 0, ""
        self.qresync, self.headers = qresync, {} if headers is None else headers
        self.uids, self.flags, self.modseq = [], {}, {}
        self.uid_validity = self.uid_next = self.highest = None
        self.selected, self.told_flags = None, set()
        self.transcript = []
        self.read_response()
        self.command(f'LOGIN "{account[0]}" "{account[1]}"')
        if qresync:
            self.command("ENABLE QRESYNC")

    def close(self):
        self.socket.close()

    def wrong(self, text):
        raise Wrong(text + "\n  " + "\n  ".join(repr(line)[:300] for line in self.transcript[-25:]))

    def expect(self, truth, text):
        if not truth:
            self.wrong(text)

    # Commands

    def send(self, text, literals=()):
        self.number += 1
        tag = f"t{self.number}"
        pieces = text.split("{}")
        self.expect(len(pieces) == len(literals) + 1, "a literal for each {}")
        octets = f"{tag} {pieces[0]}".encode()
        for literal, piece in zip(literals, pieces[1:]):
            octets += b"{%d+}\r\n" % len(literal) + literal + piece.encode()
        self.transcript.append(octets[:200])
        self.socket.sendall(octets + b"\r\n")
        return tag

    def command(self, text, *literals, ok=True):
        """Runs a command to its end; the tagged line, and the untagged ones in `self.said`."""
        words = text.split(" ")
        self.running = " ".join(words[:2] if words[0] == "UID" else words[:1])
        tag = self.send(text, literals)
        self.said, self.told_flags = [], set()
        while True:
            response = self.read_response()
            if response.startswith(tag.encode() + b" "):
                break
            self.said.append(response)
        self.running = ""
        if ok:
            self.expect(response.split(b" ")[1] == b"OK", f"{text}: {response!r}")
        return response

    def read_response(self):
        """One response with its literals in place; untagged data is taken into the model."""
        response = b""
        while True:
            line = self.stream.readline()
            if not line.endswith(b"\r\n"):
                self.wrong(f"the connection ended; last: {line!r}")
            counted = re.search(rb"\{(\d+)\}\r\n$", line)
            response += line
            if not counted:
                break
            response += self.stream.read(int(counted[1]))
        self.transcript.append(response[:300])
        if response.startswith(b"* "):
            self.take(response)
        return response

    # The model

    def take(self, response):
        if found := re.match(rb"\* (\d+) (EXISTS|EXPUNGE|FETCH|RECENT)\b", response):
            getattr(self, "on_" + found[2].decode().lower())(int(found[1]), response)
        elif response.startswith(b"* VANISHED "):
            self.on_vanished(response)
        elif found := re.match(rb"\* OK \[(UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ) (\d+)\]", response):
            self.on_code(found[1], int(found[2]))
        elif response.startswith(b"* BYE") and self.running != "LOGOUT":
            self.wrong("BYE without LOGOUT")
        elif response.startswith(b"* BAD"):
            self.wrong("an untagged BAD")

    def on_code(self, name, value):
        if name == b"UIDVALIDITY":
            self.uid_validity = value
        elif name == b"UIDNEXT":
            self.uid_next = value
        else:
            self.expect(self.highest is None or value >= self.highest, "HIGHESTMODSEQ went back")
            self.highest = value

    def on_recent(self, *_):
        pass

    def on_exists(self, count, _):
        self.expect(count >= len(self.uids), "EXISTS made the mailbox smaller")
        self.uids += [None] * (count - len(self.uids))

    def may_expunge(self):
        # RFC 9051 §7.5.1
        self.expect(self.running not in ("", "FETCH", "STORE", "SEARCH"), "EXPUNGE during " + self.running)

    def on_expunge(self, number, _):
        self.may_expunge()
        self.expect(not self.qresync, "EXPUNGE after ENABLE QRESYNC")
        self.expect(1 <= number <= len(self.uids), f"EXPUNGE of {number} of {len(self.uids)}")
        self.forget(self.uids.pop(number - 1))

    def forget(self, uid):
        self.flags.pop(uid, None)
        self.modseq.pop(uid, None)

    def on_vanished(self, response):
        found = re.match(rb"\* VANISHED (\(EARLIER\) )?([\d:,]+)\r\n$", response)
        self.expect(found, "VANISHED is malformed")
        if found[1]:
            return
        self.may_expunge()
        self.expect(self.qresync, "VANISHED without ENABLE QRESYNC")
        for uid in numbers(found[2].decode()):
            at = self.place_of(uid)
            self.expect(at is not None, f"VANISHED of {uid}, which is not there")
            self.uids.pop(at)
            self.forget(uid)

    def place_of(self, uid):
        """Where the message is, or one whose UID was not told and may be this one."""
        if uid in self.uids:
            return self.uids.index(uid)
        unknown = None
        for at, other in enumerate(self.uids):
            if other is None:
                unknown = at
            elif other > uid:
                break
            else:
                unknown = None
        return unknown

    def on_fetch(self, number, response):
        self.expect(1 <= number <= len(self.uids), f"FETCH of {number} of {len(self.uids)}")
        found = re.search(rb"[( ]UID (\d+)", response)
        uid = int(found[1]) if found else self.uids[number - 1]
        if found:
            self.expect(self.uids[number - 1] in (None, uid), f"message {number} was UID {self.uids[number - 1]}, now {uid}")
            self.uids[number - 1] = uid
            known = [u for u in self.uids if u is not None]
            self.expect(known == sorted(set(known)), f"UIDs do not rise: {known}")
        if flags := re.search(rb"FLAGS \(([^)]*)\)", response):
            names = frozenset(flags[1].decode().split()) - {"\\Recent"}
            if uid is not None:
                self.flags[uid] = names
                self.told_flags.add(uid)
        if modseq := re.search(rb"MODSEQ \((\d+)\)", response):
            value = int(modseq[1])
            self.expect(value >= self.modseq.get(uid, 0), f"MODSEQ of UID {uid} went back")
            if uid is not None:
                self.modseq[uid] = value
        if header := re.search(rb"X-Id: (\S+)", response):
            if uid is not None:
                before = self.headers.setdefault((self.uid_validity, uid), header[1])
                self.expect(before == header[1], f"UID {uid} was {before}, now {header[1]}")

    # What tests do

    def select(self, mailbox, parameters=""):
        self.uids, self.flags, self.modseq = [], {}, {}
        self.uid_validity = self.uid_next = self.highest = None
        self.command(f"SELECT {mailbox}{parameters}")
        self.selected = mailbox
        self.expect(self.uid_validity and self.uid_next and self.highest, "SELECT tells too little")
        if self.uids:
            self.command("FETCH 1:* (UID FLAGS MODSEQ)")

    def stored_silently(self, messages, by_uid, how, names):
        """What the client takes the flags to be after a STORE .SILENT that was not refused."""
        for at, uid in enumerate(self.uids):
            if uid in self.flags and (uid if by_uid else at + 1) in messages and uid not in self.told_flags:
                old = self.flags[uid]
                self.flags[uid] = {"+": old | names, "-": old - names}.get(how[0], names)

    def status(self, mailbox):
        self.command(f"STATUS {mailbox} (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)")
        line = next(r for r in self.said if r.startswith(b"* STATUS "))
        return {name: int(value) for name, value in re.findall(rb"([A-Z]+) (\d+)", line)}


def numbers(text):
    out = []
    for part in text.split(","):
        first, _, last = part.partition(":")
        ends = sorted((int(first), int(last or first)))
        out += range(ends[0], ends[1] + 1)
    return out
