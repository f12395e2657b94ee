"""A mail server for tests: takes letters, and prints each as a line of JSON.

Usage: smtp_sink.py PORT REFUSED [tls|starttls FILE]

It listens on PORT of loopback (0: any) and prints "listening PORT". The first
REFUSED letters it does not take "now" (451). With the certificate and the key
in FILE it speaks TLS from the beginning (RFC 8314) or when it is asked to
(RFC 3207), and takes nothing before that. It needs nothing but Python.
"""

import email
import email.policy
import json
import socketserver
import ssl
import sys


class Session(socketserver.StreamRequestHandler):
    """One connection (RFC 5321), with the commands that a client needs."""

    def setup(self):
        super().setup()
        self.is_secret = False
        if self.server.security == "tls":
            self.start_tls()

    def start_tls(self):
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()
        self.is_secret = True

    def handle(self):
        self.say("220 sink")
        recipients = []
        while line := self.rfile.readline(1000):
            command = line.decode("ascii", "replace").strip()
            verb = command.upper()
            has_to_wait = self.server.security != "none" and not self.is_secret
            if verb.startswith("EHLO"):
                self.say("250-sink")
                if has_to_wait:
                    self.say("250-STARTTLS")
                self.say("250-AUTH PLAIN")
                self.say("250 8BITMIME")
            elif verb == "STARTTLS" and has_to_wait:
                self.say("220 go on")
                self.start_tls()
            elif has_to_wait and verb != "QUIT":
                self.say("530 not in clear text")
            elif verb.startswith("AUTH PLAIN "):
                self.say("235 ok")
            elif verb.startswith("RCPT TO:"):
                recipients.append(command[8:].split(">")[0].strip(" <"))
                self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                self.take(recipients, self.read_data())
                recipients = []
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def read_data(self):
        data = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            data += line[1:] if line.startswith(b"..") else line
        return data

    def take(self, recipients, data):
        if self.server.refused > 0:
            self.server.refused -= 1
            self.say("451 not now")
            return
        message = email.message_from_bytes(data, policy=email.policy.default)
        letter = {
            "to": recipients,
            "from": message["from"],
            "subject": message["subject"],
            "text": message.get_body(("plain",)).get_content(),
            "html": message.get_body(("html",)).get_content(),
        }
        print(json.dumps(letter), flush=True)
        self.say("250 taken")

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    refused = 0
    security = "none"
    tls = None

    def handle_error(self, request, client_address):
        """Whoever does not trust us hangs up, which is no fault of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


if __name__ == "__main__":
    with Sink(("127.0.0.1", int(sys.argv[1])), Session) as sink:
        sink.refused = int(sys.argv[2])
        if len(sys.argv) > 3:
            sink.security = sys.argv[3]
            sink.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            sink.tls.load_cert_chain(sys.argv[4])
        print("listening", sink.server_address[1], flush=True)
        sink.serve_forever()
