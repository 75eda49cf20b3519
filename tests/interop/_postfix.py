# SPDX-License-Identifier: Apache-2.0
"""Postfix as the other server of the world, with nsd as its DNS, in a network namespace of their own."""

import os
import pwd
import re
import shutil
import signal
import smtplib
import socketserver
import subprocess
import tempfile
import threading
import time

from harness.daemon import Daemon, Deadline
from harness.netns import Namespace, namespaces_work
from harness.site import free_port

DOMAIN, NAME = "distant.example", "mx.distant.example"
PEOPLE = ("ann", "ben", "later", "slow")
OWNER = 65534  # nobody: virtual(8) delivers as it

SERVICES = """
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Loopback:
    """Where namespaces are not allowed: an address of loopback for each side, and no cable to cut."""

    host, address = "127.0.0.8", "127.0.0.9"

    @staticmethod
    def command(*words):
        return [str(word) for word in words]

    def close(self):
        pass


class Policy(socketserver.ThreadingUnixStreamServer):
    """Answers Postfix's question at each RCPT (its SMTPD_POLICY_README), from a table that may change.

    answers["ann@distant.example"] = "450 4.2.0 later"; asked(address) waits until it was asked about one.
    Hold(event) as the answer waits for the event, then says yes.
    """

    daemon_threads = True

    def __init__(self, path):
        self.answers, self._asked, self._changed = {}, [], threading.Condition()
        policy = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                request = {}
                while line := self.rfile.readline().decode():
                    if line != "\n":
                        key, _, value = line.rstrip("\n").partition("=")
                        request[key] = value
                        continue
                    self.wfile.write(f"action={policy.answer(request['recipient'])}\n\n".encode())
                    request = {}

        super().__init__(path, Handler)
        os.chmod(path, 0o777)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def answer(self, recipient):
        with self._changed:
            self._asked.append(recipient)
            self._changed.notify_all()
        answer = self.answers.get(recipient, "DUNNO")
        if isinstance(answer, threading.Event):
            answer.wait(60)
            answer = "DUNNO"
        return answer

    def wait_until_asked(self, recipient, count=1, seconds=30):
        with self._changed:
            if not self._changed.wait_for(lambda: self._asked.count(recipient) >= count, seconds):
                raise Deadline(f"Postfix was not given {recipient} {count} times in {seconds} s: {self._asked}")


class PostfixPeer:
    """Mail for distant.example is accepted from everybody and kept in Maildirs; sends for us by port 2526.

    host is our address on the cable, where our server listens on port 25; address is the peer's.
    """

    def __init__(self, our_domains, our_name, more_mx=None):
        self.directory = tempfile.mkdtemp(prefix="hikyaku-postfix-")
        os.chmod(self.directory, 0o755)
        self.in_namespace = namespaces_work() and not os.environ.get("HK_NO_NAMESPACES")
        self.net = Namespace() if self.in_namespace else Loopback()
        self.host, self.address = self.net.host, self.net.address
        self.policy = Policy(self.path("policy"))
        self.our_domains = our_domains
        self.daemon, self.name_servers = None, []
        self.dns_port = free_port(self.host)
        self._write_zones(our_domains, our_name, more_mx or {})
        self._write_postfix()

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)

    # DNS

    @property
    def forwarder(self):
        """The name server on our side of the cable, which answers when it is cut too."""
        return f"{self.host}@{self.dns_port}"

    def _write_zones(self, our_domains, our_name, more_mx):
        soa = f"$TTL 60\n@ SOA {NAME}. postmaster.{DOMAIN}. 1 3600 600 86400 1\n@ NS {NAME}.\n"
        zones = {DOMAIN: f"@ MX 10 {NAME}.\nmx A {self.address}\n"}
        for domain in our_domains:
            zones[domain] = f"@ MX 10 {our_name}.\n"
            if our_name.endswith("." + domain):
                zones[domain] += f"{our_name}. A {self.host}\n"
        for domain, address in more_mx.items():
            zones[domain] = f"@ MX 10 mx\nmx A {address}\n"
        if self.in_namespace:
            reverse = {self.host: our_name, self.address: NAME}
            zones["198.in-addr.arpa"] = "".join(
                f"{'.'.join(reversed(address.split('.')))}.in-addr.arpa. PTR {name}.\n"
                for address, name in reverse.items())
        for domain, records in zones.items():
            self.write(f"zones/{domain}", soa + records)
        self.zones = list(zones)

    def _start_name_server(self, name, address, port, wrap):
        config = f"""server:
  ip-address: {address}
  port: {port}
  do-ip6: no
  server-count: 1
  username: ""
  database: ""
  pidfile: "{self.path(name, 'nsd.pid')}"
  zonesdir: "{self.path('zones')}"
  zonelistfile: "{self.path(name, 'zone.list')}"
  xfrdfile: "{self.path(name, 'xfrd.state')}"
  xfrdir: "{self.path(name)}"
remote-control:
  control-enable: no
"""
        for domain in self.zones:
            config += f"zone:\n  name: {domain}\n  zonefile: {domain}\n"
        self.write(f"{name}/nsd.conf", config)
        daemon = Daemon(wrap("nsd", "-d", "-c", self.path(name, "nsd.conf")), name)
        self.name_servers.append(daemon)
        return daemon

    # Postfix

    def _write_postfix(self):
        os.makedirs(self.path("etc"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", self.path("etc", "key.pem"), "-out", self.path("etc", "cert.pem"), "-days", "30",
                        "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"],
                       check=True, capture_output=True)
        for folder, owner in (("spool", 0), ("lib", pwd.getpwnam("postfix").pw_uid), ("mail", OWNER)):
            os.makedirs(self.path(folder))
            os.chown(self.path(folder), owner, -1)
        mailboxes = ", ".join(f"{{ {person}@{DOMAIN} = {person}/ }}" for person in PEOPLE)
        route = "" if self.in_namespace else "transport_maps = inline:{ " + ", ".join(
            f"{{ {domain} = smtp:[{self.host}]:25 }}" for domain in self.our_domains) + " }"
        self.write("etc/main.cf", f"""compatibility_level = 3.6
queue_directory = {self.path('spool')}
data_directory = {self.path('lib')}
maillog_file = /dev/stdout
myhostname = {NAME}
mydestination =
mynetworks = {self.address}/32
inet_interfaces = {self.address if self.in_namespace else 'all'}
smtp_bind_address = {self.address}
inet_protocols = ipv4
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_base = {self.path('mail')}
virtual_mailbox_maps = inline:{{ {mailboxes} }}
virtual_uid_maps = static:{OWNER}
virtual_gid_maps = static:{OWNER}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_policy_service unix:{self.path('policy')}
smtpd_tls_cert_file = {self.path('etc', 'cert.pem')}
smtpd_tls_key_file = {self.path('etc', 'key.pem')}
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
smtp_tls_security_level = may
smtp_tls_loglevel = 1
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
{route}
""")
        self.write("etc/master.cf", f"""{self.address}:25 inet n - n - - smtpd
{self.address}:2526 inet n - n - - smtpd
  -o mynetworks=0.0.0.0/0 -o smtpd_relay_restrictions=permit_mynetworks,reject -o smtpd_recipient_restrictions=
  -o smtpd_reject_unlisted_recipient=no -o smtpd_tls_security_level=none
{SERVICES}""")
        self.write("resolv.conf", f"nameserver {self.address}\noptions timeout:5\n")

    def start(self):
        """Starts the name servers (once) and Postfix; comes back when it takes mail."""
        if not self.name_servers:
            self._start_name_server("dns-here", self.host, self.dns_port, Loopback.command)
            if self.in_namespace:
                self._start_name_server("dns-there", self.address, 53, self.net.command)
            for daemon in self.name_servers:
                daemon.wait_for("nsd started")
        # The mount is seen by this command only: ip netns exec gives it a mount namespace of its own.
        resolve = 'mount --bind "$1/resolv.conf" /etc/resolv.conf && ' if self.in_namespace else ""
        script = resolve + 'exec postfix -c "$1/etc" start-fg >&2'
        self.daemon = Daemon(self.net.command("sh", "-c", script, "sh", self.directory), "postfix",
                             log_file=self.path("postfix.log"))
        self.daemon.wait_for("daemon started")
        return self

    def stop(self):
        """Ends Postfix: its master process, which is a child of the script that started it."""
        with open(self.path("spool", "pid", "master.pid"), encoding="ascii") as f:
            os.kill(int(f.read()), signal.SIGTERM)
        self.daemon.wait()

    def close(self):
        if self.daemon and self.daemon.running:
            self.stop()
        for daemon in self.name_servers:
            daemon.stop()
        self.policy.shutdown()
        self.policy.server_close()
        self.net.close()
        if not os.environ.get("HK_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def send(self, sender, recipients, message, options=()):
        """Gives Postfix a message to send."""
        with smtplib.SMTP(self.address, 2526, local_hostname="client.example", timeout=30) as client:
            client.sendmail(sender, recipients, message, mail_options=options)

    def wait_for(self, pattern, seconds=30):
        """The match in a line of Postfix's log since it was started last."""
        return self.daemon.wait_for(pattern, seconds)

    def messages(self, person):
        """What came for one, as bytes with LF."""
        found = []
        for sub in ("new", "cur"):
            folder = self.path("mail", person, sub)
            for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
                with open(os.path.join(folder, name), "rb") as f:
                    found.append(f.read())
        return found

    def wait_for_message(self, person, wanted, seconds=30):
        """The first message of a person that `wanted` (a bytes pattern) is found in."""
        until = time.monotonic() + seconds
        seen = 0
        while True:
            for message in self.messages(person):
                if re.search(wanted, message):
                    return message
            seen += 1
            self.daemon.wait_for(rf"to=<{person}@{DOMAIN}>.* status=sent \(delivered to maildir\)",
                                 max(0, until - time.monotonic()), count=seen)
