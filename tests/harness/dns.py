# SPDX-License-Identifier: Apache-2.0
"""A small authoritative DNS server on loopback, UDP and TCP, for tests of MX lookup and the like."""

import ipaddress
import socket
import socketserver
import struct
import threading

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "ANY": 255}
NAMES = {number: name for name, number in TYPES.items()}
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3


class DnsServer:
    """Answers from a table that may change while it runs; what it does not know does not exist.

    DnsServer({"courier.example": {"MX": [(10, "mx.courier.example")]},
               "mx.courier.example": {"A": ["127.0.0.3"]},
               "broken.example": "SERVFAIL", "silent.example": "DROP"})
    Null MX (RFC 7505) is (0, "."). `asked` holds (name, type) of each question in order.
    """

    def __init__(self, zone, address="127.0.0.1", ttl_s=1):
        self.zone = {name.lower().rstrip("."): records for name, records in zone.items()}
        self.ttl_s = ttl_s
        self.asked = []
        self._lock = threading.Lock()
        server = self

        class Udp(socketserver.BaseRequestHandler):
            def handle(self):
                data, sock = self.request
                reply = server.answer(data, 1232)
                if reply:
                    sock.sendto(reply, self.client_address)

        class Tcp(socketserver.StreamRequestHandler):
            def handle(self):
                while len(head := self.rfile.read(2)) == 2:
                    reply = server.answer(self.rfile.read(struct.unpack("!H", head)[0]), 65535)
                    if not reply:
                        return
                    self.wfile.write(struct.pack("!H", len(reply)) + reply)

        self._servers = self._bind(address, Udp, Tcp)
        self.address, self.port = self._servers[0].server_address[:2]
        for s in self._servers:
            threading.Thread(target=s.serve_forever, daemon=True).start()

    @staticmethod
    def _bind(address, udp_handler, tcp_handler):
        class TcpServer(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        for _ in range(50):
            udp = socketserver.ThreadingUDPServer((address, 0), udp_handler)
            udp.daemon_threads = True
            try:
                return [udp, TcpServer((address, udp.server_address[1]), tcp_handler)]
            except OSError:  # the TCP port of that number is taken; try another
                udp.server_close()
        raise OSError(f"no port free for both UDP and TCP on {address}")

    @property
    def forwarder(self):
        """As the configuration wants it: host@port."""
        return f"{self.address}@{self.port}"

    def close(self):
        for s in self._servers:
            s.shutdown()
            s.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def answer(self, query, size_max):
        """The reply's octets, or None for silence."""
        number, flags = struct.unpack("!HH", query[:4])
        name, at = read_name(query, 12)
        kind, klass = struct.unpack("!HH", query[at:at + 4])
        with self._lock:
            self.asked.append((name, NAMES.get(kind, str(kind))))
            code, records = self._find(name, NAMES.get(kind, str(kind)))
        if code is None:
            return None
        body = b"".join(write_name(n) + struct.pack("!HHIH", TYPES[t], 1, self.ttl_s, len(d)) + d
                        for n, t, d in records)
        authority = b"" if records else self._soa(name)
        edns = b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0)
        question = query[12:at + 4]
        # QR, AA and RA (libunbound asks us as a forwarder), and RD as it came.
        reply_flags = 0x8480 | (flags & 0x0100) | code
        head = struct.pack("!HHHHHH", number, reply_flags, 1, len(records), 1 if authority else 0, 1)
        reply = head + question + body + authority + edns
        if len(reply) <= size_max:
            return reply
        return struct.pack("!HHHHHH", number, reply_flags | 0x0200, 1, 0, 0, 1) + question + edns

    def _find(self, name, kind):
        found, records = self.zone.get(name), []
        for _ in range(8):  # follows CNAMEs
            if isinstance(found, str):
                return {"SERVFAIL": SERVFAIL, "NXDOMAIN": NXDOMAIN}.get(found), []
            if found is None:
                exists = records or any(n.endswith("." + name) for n in self.zone)
                return NOERROR if exists else NXDOMAIN, records
            if "CNAME" in found and kind != "CNAME":
                target = found["CNAME"][0].lower().rstrip(".")
                records.append((name, "CNAME", write_name(target)))
                name, found = target, self.zone.get(target)
                continue
            return NOERROR, records + [(name, kind, pack(kind, r)) for r in found.get(kind, [])]
        return SERVFAIL, []

    def _soa(self, name):
        zone = name.split(".", max(0, name.count(".") - 1))[-1]
        data = write_name("ns." + zone) + write_name("admin." + zone) + struct.pack(
            "!IIIII", 1, 3600, 600, 86400, self.ttl_s)
        return write_name(zone) + struct.pack("!HHIH", TYPES["SOA"], 1, self.ttl_s, len(data)) + data


def pack(kind, value):
    if kind == "MX":
        return struct.pack("!H", value[0]) + write_name(value[1])
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(value).packed
    if kind == "TXT":
        raw = value.encode()
        return b"".join(bytes([len(raw[i:i + 255])]) + raw[i:i + 255] for i in range(0, len(raw) or 1, 255))
    return write_name(value)


def write_name(name):
    labels = [label for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(x)]) + x for x in (label.encode("idna") for label in labels)) + b"\0"


def read_name(data, at):
    labels = []
    while length := data[at]:
        labels.append(data[at + 1:at + 1 + length].decode("ascii", "replace").lower())
        at += 1 + length
    return ".".join(labels), at + 1


def local_addresses(count):
    """Loopback addresses that can be listened on beside 127.0.0.1."""
    return [socket.inet_ntoa(struct.pack("!I", 0x7F000002 + i)) for i in range(count)]
