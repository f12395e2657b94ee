"""The same calls of gRPC-Web at Confab and at Envoy's `grpc_web` filter: what a page reads of each is compared."""

import base64
import http.client
import uuid

PATIENCE_SECONDS = 30
BINARY, TEXT = "application/grpc-web+proto", "application/grpc-web-text+proto"
TRAILERS = 0x80

# Why the two do not say the same, by the name of the case.
EXPLAINED = {}


def text(number, value):
    """A field that is a text, on the wire."""
    value = value.encode()
    return bytes([number << 3 | 2, len(value)]) + value


def frame(message, flag=0):
    return bytes([flag]) + len(message).to_bytes(4, "big") + message


def cases(world):
    """Name, RPC, the body before it is written in base64, further headers."""
    me, users, messages = "confab.auth.v1.AuthService/GetMe", "confab.auth.v1.UserService/GetUser", "confab.message.v1.MessageService"
    send = text(1, world.talk) + text(3, "again") + text(4, str(uuid.UUID(int=7)))
    return [
        ("me", me, frame(b"")),
        ("user", users, frame(text(1, world.bob))),
        ("user that is not there", users, frame(text(1, str(uuid.UUID(int=1))))),
        ("user that is no id", users, frame(text(1, "ä"))),
        ("messages", f"{messages}/ListMessages", frame(text(1, world.talk))),
        ("send, retried", f"{messages}/SendMessage", frame(send)),
        ("no message", me, b""),
        ("half a message", me, frame(text(1, "x"))[:-1]),
        ("no field of that kind", users, frame(b"\x08\x01")),
        ("no such method", "confab.auth.v1.AuthService/Nothing", frame(b"")),
        ("no token", me, frame(b""), {"authorization": ""}),
        ("bad token", me, frame(b""), {"authorization": "Bearer x.y.z"}),
        ("malformed timeout", me, frame(b""), {"grpc-timeout": "5"}),
        ("no time", me, frame(b""), {"grpc-timeout": "1n"}),
        ("a stream, until its time is over", "confab.message.v1.LiveService/Subscribe", frame(b""), {"grpc-timeout": "700m"}),
        ("a stream that is refused", "confab.message.v1.LiveService/Subscribe", frame(text(1, "x" * 65))),
    ]


def ask(port, rpc, kind, body, headers):
    """The status of HTTP, the kind of the answer, its messages, and what it ends with."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        body = base64.b64encode(body) if kind == TEXT else body
        connection.request("POST", "/" + rpc, body, {"content-type": kind, "accept": kind, "x-grpc-web": "1", **headers})
        answer = connection.getresponse()
        told = answer.read()
        return answer.status, answer.getheader("content-type"), *parts(decoded(told) if kind == TEXT else told, answer)
    finally:
        connection.close()


def decoded(told):
    """Base64 of which each part may have its own end."""
    whole, rest = b"", told
    while rest:
        end = rest.find(b"=")
        end = len(rest) if end < 0 else end + (2 if rest[end + 1:end + 2] == b"=" else 1)
        whole, rest = whole + base64.b64decode(rest[:end]), rest[end:]
    return whole


def parts(body, answer):
    messages, trailers = [], {name.lower(): value for name, value in answer.getheaders() if name.lower().startswith("grpc-")}
    while body:
        flag, length = body[0], int.from_bytes(body[1:5], "big")
        part, body = body[5:5 + length], body[5 + length:]
        if flag & TRAILERS:
            lines = [line.partition(b":") for line in part.split(b"\r\n") if line]
            trailers.update({name.decode().strip().lower(): value.decode().strip() for name, _, value in lines})
        else:
            messages.append(part)
    told = [trailers.get(name) for name in ("grpc-status", "grpc-message", "grpc-status-details-bin")]
    return messages, told


def normal(name, answer):
    """What of an answer can be compared: a stream has a name of its own each time, and is alive in between."""
    status, kind, messages, told = answer
    return status, kind, len(messages[:1]) if name.startswith("a stream") else messages, told


def compare(world, ours, theirs):
    """A row for each case, in binary and in text, and those that differ without a reason."""
    rows, unexplained = [], []
    for name, rpc, body, *more in cases(world):
        for kind in (BINARY, TEXT):
            headers = {**world.bearer, **(more[0] if more else {})}
            # Twice, so that both find the same: what the first call did has been done when the second comes.
            ask(ours.port, rpc, kind, body, headers)
            first, second = (normal(name, ask(side.port, rpc, kind, body, headers)) for side in (ours, theirs))
            reason = "" if first == second else EXPLAINED.get(name)
            called = f"{name}{', in text' if kind == TEXT else ''}"
            verdict = "same" if first == second else reason or "UNEXPLAINED"
            rows.append((called, first[3][0] or first[0], second[3][0] or second[0], verdict))
            if verdict == "UNEXPLAINED":
                unexplained.append((called, first, second))
    return rows, unexplained
