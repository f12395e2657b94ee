"""Clients that are gone without a word, and thousands that take their time (row H06). By hand, as root: it makes a network of its own.

    python3 bench/by-hand/half_open.py target/release/confab [streams] [slow clients]

Streams are opened through a pair of interfaces, one of which is then taken down: nothing comes through any more, in either direction.
Then as many as are said connect and say nothing, half a head, half a frame, or half a body; and to another server, which speaks TLS, nothing
or half a hello. What is printed: when the server has let go of them, by its open descriptors, and how long an honest client waits meanwhile.

The honest client is a process of its own. All share the cores with the server, so what those who come take for themselves is measured too: the
same ones come to a listener that accepts them and does nothing, while the honest client asks the server.
"""

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

SPACE, OURS, THEIRS = "confab-h06", "10.213.7.1", "10.213.7.2"
PORT = 18_213
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def header(name, value):
    return bytes([0, len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def watch():
    """A call of a stream for which nobody has to be known, as HPACK has it without its table."""
    path = "/grpc.health.v1.Health/Watch"
    head = b"\x83\x86" + bytes([4, len(path)]) + path.encode() + bytes([1, 1]) + b"a"
    head += header("content-type", "application/grpc") + header("te", "trailers")
    return PREFACE + frame(4, 0, 0, b"") + frame(1, 4, 1, head) + frame(0, 1, 1, b"\0\0\0\0\0")


SLOW = [
    b"",
    PREFACE[:10],
    b"GET / HTTP/1.1\r\nHost: a\r\nX-a: ",
    b"POST /v1/auth:logIn HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
    PREFACE + frame(4, 0, 0, b"\0" * 6)[:11],
]
SLOW_IN_TLS = [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00"]


def ask(address, tls):
    with socket.create_connection((address, PORT), 30) as plain, tls.wrap_socket(plain) if tls else plain as connection:
        connection.sendall(b"GET /readyz HTTP/1.0\r\nHost: a\r\n\r\n")
        said = b""
        while part := connection.recv(4096):
            said += part
        return said


def sh(*words):
    subprocess.run(words, check=True)


class Server:
    def __init__(self, program, address, folder, certificate=()):
        environment = {**os.environ, "XDG_CONFIG_HOME": folder}
        settings = ["--data", folder, "--listen", f"{address}:{PORT}", "--log", "error", "--network-connections", "0", "--rate-limits", "off", *certificate]
        self.tls = ssl._create_unverified_context() if certificate else None
        self.process = subprocess.Popen([program, "serve", *settings], env=environment, stdout=subprocess.DEVNULL)
        self.address = address
        while not self.answers():
            time.sleep(0.1)

    def answers(self):
        try:
            return self.ask().startswith(b"HTTP/1.0 200")
        except OSError:
            return False

    def ask(self):
        return ask(self.address, self.tls)

    def end(self):
        self.process.terminate()
        self.process.wait()

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def until(self, count, patience):
        """How long it takes until the server has no more than `count` descriptors open."""
        begun = time.monotonic()
        while self.descriptors() > count:
            if time.monotonic() - begun > patience:
                return None
            time.sleep(0.1)
        return time.monotonic() - begun


class Honest:
    """Somebody who asks all the time, in a process of their own."""

    def __init__(self, server):
        words = [sys.executable, __file__, "--honest", server.address, "tls" if server.tls else "plain"]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"asking\n"

    def p99(self):
        self.process.stdin.close()
        return float(self.process.stdout.read())


def honest(address, kind):
    """Asks until nobody wants to know any more, and prints how long 99 of 100 answers took at most."""
    tls = ssl._create_unverified_context() if kind == "tls" else None
    over, times = threading.Event(), []
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    ask(address, tls)
    print("asking", flush=True)
    while not over.is_set():
        begun = time.monotonic()
        ask(address, tls)
        times.append(time.monotonic() - begun)
        time.sleep(0.01)
    print(sorted(times)[int(len(times) * 0.99)] * 1000)


def bare(address):
    """Accepts whoever comes, and does nothing."""
    with socket.create_server((address, PORT + 1), backlog=4096) as listener:
        print("listening", flush=True)
        open_ones = []
        while True:
            open_ones.append(listener.accept())


def child(count):
    """In the other network: opens the streams, and holds them."""
    open_ones = []
    for _ in range(count):
        connection = socket.create_connection((OURS, PORT), 30)
        connection.sendall(watch())
        connection.recv(9)
        open_ones.append(connection)
    print("open", flush=True)
    time.sleep(600)


def measured_alone(server):
    """How many descriptors are open when nobody is there but an honest client, whose waiting is printed."""
    time.sleep(1)
    baseline, alone = server.descriptors(), Honest(server)
    time.sleep(5)
    print(f"honest p99, alone: {alone.p99():.1f} ms; {baseline} descriptors", flush=True)
    return baseline + 2


def go_dark(server, baseline, streams):
    """Opens streams from the other network, and takes it away."""
    words = ["ip", "netns", "exec", SPACE, sys.executable, __file__, "--child", str(streams)]
    others = subprocess.Popen(words, stdout=subprocess.PIPE)
    assert others.stdout.readline() == b"open\n"
    print(f"{streams} streams are open: {server.descriptors()} descriptors")
    sh("ip", "-n", SPACE, "link", "set", "confab1", "down")
    honest = Honest(server)
    took = server.until(baseline, 120)
    print(f"half-open ones are let go after {took} s; honest p99 meanwhile: {honest.p99():.1f} ms", flush=True)
    others.kill()


def come(port, count, said):
    """Connects as often as it is told to, each time saying one of what is `said`, and nothing after it."""
    begun, open_ones = time.monotonic(), []
    for place in range(count):
        connection = socket.create_connection((OURS, port), 30)
        connection.sendall(said[place % len(said)])
        open_ones.append(connection)
    print(f"{count} slow ones have come within {time.monotonic() - begun:.1f} s")
    return open_ones


def dawdle(server, baseline, count, said):
    """Slow ones come to a listener that does nothing, and then to the server."""
    nobody = subprocess.Popen([sys.executable, __file__, "--bare", OURS], stdout=subprocess.PIPE)
    assert nobody.stdout.readline() == b"listening\n"
    honest = Honest(server)
    elsewhere = come(PORT + 1, count, said)
    time.sleep(10)
    print(f"honest p99 while they are elsewhere: {honest.p99():.1f} ms", flush=True)
    nobody.kill()
    for connection in elsewhere:
        connection.close()

    honest = Honest(server)
    open_ones = come(PORT, count, said)
    print(f"{server.descriptors()} descriptors")
    took = server.until(baseline + 1, 60)
    print(f"the last of {len(open_ones)} is cut off {took} s later; honest p99 meanwhile: {honest.p99():.1f} ms", flush=True)


def main():
    program = os.path.abspath(sys.argv[1])
    streams, slow = (int(word) for word in [*sys.argv[2:4], *["1000", "5000"][len(sys.argv[2:4]):]])
    sh("ip", "netns", "add", SPACE)
    try:
        sh("ip", "link", "add", "confab0", "type", "veth", "peer", "name", "confab1", "netns", SPACE)
        sh("ip", "addr", "add", f"{OURS}/24", "dev", "confab0")
        sh("ip", "link", "set", "confab0", "up")
        sh("ip", "-n", SPACE, "addr", "add", f"{THEIRS}/24", "dev", "confab1")
        sh("ip", "-n", SPACE, "link", "set", "confab1", "up")
        with tempfile.TemporaryDirectory() as folder:
            server = Server(program, OURS, folder)
            baseline = measured_alone(server)
            go_dark(server, baseline, streams)
            dawdle(server, baseline, slow, SLOW)
            server.end()

            key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem")
            sh("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=a", "-keyout", key, "-out", certificate, "-days", "1")
            os.chmod(key, 0o600)
            print("in TLS:")
            server = Server(program, OURS, folder, ["--tls-cert", certificate, "--tls-key", key])
            dawdle(server, measured_alone(server), slow, SLOW_IN_TLS)
            server.end()
    finally:
        sh("ip", "netns", "del", SPACE)


if __name__ == "__main__":
    roles = {"--child": lambda: child(int(sys.argv[2])), "--honest": lambda: honest(*sys.argv[2:4]), "--bare": lambda: bare(sys.argv[2])}
    roles.get(sys.argv[1], main)()
