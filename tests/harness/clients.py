# SPDX-License-Identifier: Apache-2.0
"""Clients of a site: Python's own SMTP, IMAP and POP3, with the site's certificate checked."""

import base64
import email.message
import email.policy
import email.utils
import imaplib
import poplib
import re
import smtplib
import ssl

TIMEOUT_S = 30


def tls_context(site):
    """Trusts the site's certificate and nothing else. Its name is not checked: we connect by address."""
    context = ssl.create_default_context(cafile=site.certificate)
    context.check_hostname = False
    return context


def message(sender, to, subject="a test", body="hello\r\n", **headers):
    """A small message, as bytes with CRLF."""
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"], m["To"], m["Subject"] = sender, to, subject
    m["Date"] = email.utils.formatdate(0)
    m["Message-ID"] = email.utils.make_msgid(domain="client.example")
    for name, value in headers.items():
        m[name.replace("_", "-")] = value
    m.set_content(body)
    return m.as_bytes()


class _KeepsReply:
    """Keeps the reply to the last DATA: it holds the tracking number."""

    accepted = b""

    def data(self, msg):
        code, text = super().data(msg)
        self.accepted = text
        return code, text


class Smtp(_KeepsReply, smtplib.SMTP):
    pass


class SmtpTls(_KeepsReply, smtplib.SMTP_SSL):
    pass


def smtp(site, protocol="smtp", host=None):
    """A connection to port 25 (or "lmtp", "submission"), before EHLO."""
    return Smtp(host or site.host, site.port(protocol), local_hostname="client.example",
                timeout=TIMEOUT_S)


def submit(site, account, protocol="submissions"):
    """A connection for submission, logged in: 465, or 587 with STARTTLS."""
    if protocol == "submissions":
        client = SmtpTls(site.host, site.port(protocol), local_hostname="client.example",
                         timeout=TIMEOUT_S, context=tls_context(site))
    else:
        client = smtp(site, protocol)
        client.starttls(context=tls_context(site))
    log_in(client, account)
    return client


def log_in(client, account):
    """smtplib's own login is for ASCII only."""
    if "".join(account).isascii():
        client.login(*account)
        return
    client.ehlo_or_helo_if_needed()
    code, text = client.docmd("AUTH", "PLAIN " + plain_response(account).decode())
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, text)


def plain_response(account):
    """The response of AUTH PLAIN (RFC 4616), in base64."""
    return base64.b64encode("\0{}\0{}".format(*account).encode())


def imap(site, account=None, protocol="imaps"):
    """A connection to 993 (or 143 with STARTTLS), logged in if an account is given."""
    if protocol == "imaps":
        client = imaplib.IMAP4_SSL(site.host, site.port(protocol), ssl_context=tls_context(site),
                                   timeout=TIMEOUT_S)
    else:
        client = imaplib.IMAP4(site.host, site.port(protocol), timeout=TIMEOUT_S)
        client.starttls(tls_context(site))
    if account and "".join(account).isascii():
        client.login(*account)
    elif account:
        client.authenticate("PLAIN", lambda _: "\0{}\0{}".format(*account).encode())
    return client


def say(client, command, literal=None):
    """One IMAP command, with a literal at its end if one is given; its untagged lines and the tagged one."""
    tag = client._new_tag().decode()
    if literal is None:
        client.send(f"{tag} {command}\r\n".encode())
    else:
        client.send(f"{tag} {command} {{{len(literal)}+}}\r\n".encode() + literal + b"\r\n")
    lines = []
    while True:
        line = client.readline()
        if not line:  # at the end, readline() would say so for ever
            raise imaplib.IMAP4.abort(f"the server closed the connection during {command!r}")
        lines.append(line)
        counted = re.search(rb"\{(\d+)\}\r\n$", line)
        if counted:
            lines[-1] += client.read(int(counted[1]))
        if line.startswith(tag.encode()):
            return lines


def pop3(site, account=None, protocol="pop3s"):
    """A connection to 995 (or 110 with STLS), logged in if an account is given."""
    if protocol == "pop3s":
        client = poplib.POP3_SSL(site.host, site.port(protocol), timeout=TIMEOUT_S,
                                 context=tls_context(site))
    else:
        client = poplib.POP3(site.host, site.port(protocol), timeout=TIMEOUT_S)
        client.stls(tls_context(site))
    if account:
        client.user(account[0])
        client.pass_(account[1])
    return client
