# SPDX-License-Identifier: Apache-2.0
"""A scripted SMTP server: the peer that says what a test wants it to say."""

import socket
import ssl
import threading
import time
from dataclasses import dataclass, field

from .daemon import Deadline


class Drop(Exception):
    """A reply that is no reply: the connection is reset."""


class Hang(Exception):
    """A reply that never comes: the connection stays open until the server is closed."""


@dataclass
class Delivery:
    """What one accepted DATA brought."""

    helo: str = ""
    sender: str = ""
    recipients: list = field(default_factory=list)
    message: bytes = b""
    tls: bool = False


class RemoteServer:
    """Listens and answers by its script; by default accepts everything.

    script: what to answer at a stage, by the stage's name: "connect", "ehlo", "helo", "starttls",
    "mail", "rcpt", "data", "bdat", "eod" (end of data), "rset", "quit", or one recipient: "rcpt:bob@x.example".
    A value is a reply ("451 4.3.0 later"), Drop, Hang, or a list of these, one for each time; the last
    one stays. It may be changed between deliveries.

        with RemoteServer({"rcpt:no@x.example": "550 5.1.1 unknown", "eod": ["451 4.3.0 later", "250 ok"]}) as peer:
            ... peer.wait_for_messages(1) ...
    """

    def __init__(self, script=None, address="127.0.0.1", port=0, extensions=(), certificate=None):
        self.script = dict(script or {})
        self.extensions = list(extensions)
        self.certificate = certificate  # (certificate file, key file): offers STARTTLS
        self.deliveries = []
        self.commands = []  # every line that came, with those of all connections in order
        self.connections = 0
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._open = set()
        self._bind = (address, port)
        self._listen()

    def _listen(self):
        self._listener = socket.create_server(self._bind, reuse_port=False)
        self.address, self.port = self._bind = self._listener.getsockname()[:2]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    # For tests

    def wait_for_messages(self, count, seconds=30):
        """The first `count` accepted messages."""
        return self._wait(lambda: len(self.deliveries) >= count and self.deliveries[:count], seconds,
                          f"{count} messages, got {len(self.deliveries)}")

    def wait_for_command(self, start, seconds=30, count=1):
        """The `count`th command line that begins with `start`, any case."""
        def found():
            hits = [c for c in self.commands if c.upper().startswith(start.upper())]
            return len(hits) >= count and hits[count - 1]
        return self._wait(found, seconds, f"command {start}")

    def wait_for_connections(self, count, seconds=30):
        return self._wait(lambda: self.connections >= count and self.connections, seconds,
                          f"{count} connections, got {self.connections}")

    def go_down(self):
        """Stops listening and resets what is open: connections are refused until come_back()."""
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept(), which would keep it alive
        except OSError:
            pass
        self._listener.close()
        self._reset_all()

    def come_back(self):
        self._listen()

    def close(self):
        self._closing.set()
        self.go_down()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Inside

    def _wait(self, found, seconds, what):
        until = time.monotonic() + seconds
        with self._changed:
            while not (result := found()):
                left = until - time.monotonic()
                if left <= 0:
                    raise Deadline(f"the remote server waited {seconds} s for {what}; "
                                   f"commands so far: {self.commands[-20:]}")
                self._changed.wait(left)
            return result

    def _note(self, line=None, delivery=None, connection=False):
        with self._changed:
            if line is not None:
                self.commands.append(line)
            if delivery is not None:
                self.deliveries.append(delivery)
            self.connections += connection
            self._changed.notify_all()

    def _reset_all(self):
        for connection in list(self._open):
            reset(connection)

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._note(connection=True)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        self._open.add(connection)
        try:
            Session(self, connection).run()
        except Hang:
            self._closing.wait()
        except (Drop, OSError):
            reset(connection)
        finally:
            self._open.discard(connection)
            connection.close()

    def reply(self, *stages, default):
        """What the script says for the first stage that it names."""
        with self._changed:
            for stage in stages:
                if stage in self.script:
                    value = self.script[stage]
                    if isinstance(value, list):
                        value = value.pop(0) if len(value) > 1 else value[0]
                    if isinstance(value, type) and issubclass(value, Exception):
                        raise value
                    return value
        return default


def reset(connection):
    """Closes with RST, as a crash of the peer's machine or a firewall does."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    try:
        connection.close()
    except OSError:
        pass


class Session:
    """One connection."""

    def __init__(self, server, connection):
        self.server, self.connection = server, connection
        self.stream = connection.makefile("rb")
        self.now = Delivery()
        self.tls = False

    def say(self, text):
        self.connection.sendall(text.encode() + b"\r\n")
        return text[:1] in "23"

    def run(self):
        self.say(self.server.reply("connect", default="220 remote.example ESMTP"))
        while raw := self.stream.readline(65536):
            line = raw.decode(errors="backslashreplace").rstrip("\r\n")
            self.server._note(line)
            verb = line.split(" ")[0].lower()
            handler = getattr(self, "on_" + verb, None)
            if handler is None:
                self.say(self.server.reply(verb, default="500 5.5.2 unknown command"))
            elif handler(line) is False:
                return

    def on_ehlo(self, line):
        self.now.helo = line[5:]
        words = ["remote.example", *self.server.extensions]
        if self.server.certificate and not self.tls:
            words.append("STARTTLS")
        lines = [f"250{' ' if i + 1 == len(words) else '-'}{w}" for i, w in enumerate(words)]
        self.say(self.server.reply("ehlo", default="\r\n".join(lines)))

    def on_helo(self, line):
        self.now.helo = line[5:]
        self.say(self.server.reply("helo", default="250 remote.example"))

    def on_starttls(self, _):
        if not self.say(self.server.reply("starttls", default="220 2.0.0 go ahead")):
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.server.certificate)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.stream = self.connection.makefile("rb")
        self.tls = True

    def on_mail(self, line):
        if self.say(self.server.reply("mail", default="250 2.1.0 ok")):
            self.now = Delivery(self.now.helo, between(line), [], b"", self.tls)

    def on_rcpt(self, line):
        to = between(line)
        if self.say(self.server.reply(f"rcpt:{to}", "rcpt", default="250 2.1.5 ok")):
            self.now.recipients.append(to)

    def on_data(self, _):
        if not self.now.recipients:
            self.say("554 5.5.1 no valid recipients")
            return
        if not self.say(self.server.reply("data", default="354 go ahead")):
            return
        lines = []
        while (line := self.stream.readline()) != b".\r\n":
            if not line:
                raise Drop
            lines.append(line[1:] if line.startswith(b".") else line)
        self.now.message = b"".join(lines)
        reply = self.server.reply("eod", default="250 2.0.0 taken")
        # Noted before it is told: a crash between the two is what the client must expect.
        if reply.startswith("2"):
            self.server._note(delivery=self.now)
        self.say(reply)
        self.now = Delivery(self.now.helo)

    def on_bdat(self, line):
        """A chunk (RFC 3030). A script may say something at "bdat"; what it refuses there it takes for no command."""
        words = line.split()
        if refused := self.server.reply("bdat", default=None):
            self.say(refused)
            return
        chunk = self.stream.read(int(words[1]))
        if not self.now.recipients:
            self.say("503 5.5.1 no valid recipients")
            return
        self.now.message += chunk
        if words[-1].upper() != "LAST":
            self.say("250 2.0.0 go on")
            return
        reply = self.server.reply("eod", default="250 2.0.0 taken")
        if reply.startswith("2"):
            self.server._note(delivery=self.now)
        self.say(reply)
        self.now = Delivery(self.now.helo)

    def on_rset(self, _):
        self.now = Delivery(self.now.helo)
        self.say(self.server.reply("rset", default="250 2.0.0 ok"))

    def on_noop(self, _):
        self.say("250 2.0.0 ok")

    def on_quit(self, _):
        self.say(self.server.reply("quit", default="221 2.0.0 bye"))
        return False


def between(line):
    """The path between angle brackets."""
    return line[line.index("<") + 1:line.rindex(">")]
