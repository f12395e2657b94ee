"""Asks Confab and Envoy the same things in JSON, before the same services, and compares field by field.

    python3 compare.py <port of Confab> <envoy> <file of descriptors>

Envoy calls Confab over gRPC, and transcodes by itself; grpc_web.py has calls of gRPC-Web for its other filter. Every difference
is either in an EXPLAINED, or ends this with an error.
"""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import uuid

import grpc_web

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE_SECONDS = 30
SERVICES = [
    "confab.auth.v1.AuthService", "confab.auth.v1.InviteService", "confab.auth.v1.UserService",
    "confab.message.v1.ConversationService", "confab.message.v1.LiveService", "confab.message.v1.MessageService",
]
JSON = {"content-type": "application/json"}

# Why the two do not say the same, by the name of the case.
EXPLAINED = {
    "colon that is no verb": "Envoy takes it for a part of the value if no verb is called so; we take it for a verb that there is not",
    "trailing slash": "Envoy takes an empty last segment away; only the exact path leads anywhere here",
    "bool that is none": "Envoy takes it for false; we refuse it by its name",
    "send, path before body": "Envoy refuses two members of a oneof, one in the path and one in the body; for us the path counts",
    "duplicate key": "Envoy lets the last one count; we refuse it by its name",
    "both names of a field": "Envoy lets the last one count; we refuse it by its name",
    "text/plain body": "Envoy passes on what does not say that it is JSON; we refuse it with 415, so that no form of another site can call",
    "body on GET": "Envoy drops it; we refuse it",
    "query beside a body": "Envoy binds it also with `body: \"*\"`, which google/api/http.proto says has none; we refuse it by its name",
    "field of the path in the query": "Envoy lets the query count; we refuse to be told twice",
}


class Side:
    """One of the two, on its port."""

    def __init__(self, name, port):
        self.name, self.port = name, port

    def ask(self, method, path, headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            body = body.encode() if isinstance(body, str) else body
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, read(answer.read())
        finally:
            connection.close()


def read(text):
    try:
        return json.loads(text)
    except ValueError:
        return text.decode(errors="replace")


class World:
    """Two people, and what they have said."""

    def __init__(self, side):
        self.side = side
        self.token, self.me = self.sign_up("ada")
        _, self.bob = self.sign_up("bob")
        self.bearer = {"authorization": "Bearer " + self.token}
        status, opened = self.call("POST", "/v1/conversations:openDirect", {"userId": self.bob})
        assert status == 200, opened
        self.talk = opened["conversation"]["conversationId"]
        for text in ["one", "zwei ä🦀", "three \"3\"\n"]:
            said = {"text": text, "clientId": str(uuid.uuid4())}
            status, sent = self.call("POST", f"/v1/conversations/{self.talk}/messages", said)
            assert status == 200, sent

    def sign_up(self, name):
        account = {"email": f"{name}-{uuid.uuid4()}@example.com", "password": "correct horse 7", "name": name}
        status, made = self.side.ask("POST", "/v1/auth:signUp", JSON, json.dumps(account))
        assert status == 200, made
        return made["accessToken"]["token"], made["user"]["userId"]

    def call(self, method, path, body):
        return self.side.ask(method, path, {**self.bearer, **JSON}, json.dumps(body))


def cases(world):
    """Name, method, path, body, further headers."""
    talk, bob, me = world.talk, world.bob, world.me
    known = str(uuid.uuid4())
    messages = f"/v1/conversations/{talk}/messages"
    yield from [
        ("me", "GET", "/v1/me", None),
        ("public keys", "GET", "/v1/auth/signingKeys", None),
        ("user", "GET", f"/v1/users/{bob}", None),
        ("user, encoded", "GET", "/v1/users/" + "".join(f"%{ord(c):02x}" for c in bob), None),
        ("user that is no id", "GET", "/v1/users/%C3%A4", None),
        ("user that is not there", "GET", f"/v1/users/{uuid.uuid4()}", None),
        ("users at once", "GET", f"/v1/users:batchGet?userIds={bob}&user_ids={me}", None),
        ("no users at once", "GET", "/v1/users:batchGet", None),
        ("list, optional", "GET", "/v1/users?pageSize=1", None),
        ("list, own name of a field", "GET", "/v1/users?page_size=1&name_prefix=b", None),
        ("list, empty value", "GET", "/v1/users?namePrefix=", None),
        ("list, plus", "GET", "/v1/users?namePrefix=a+b", None),
        ("list, number that is none", "GET", "/v1/users?pageSize=x", None),
        ("list, number too large", "GET", "/v1/users?pageSize=99999999999", None),
        ("list, out of limits", "GET", "/v1/users?pageSize=101", None),
        ("list, unknown parameter", "GET", "/v1/users?nothing=1", None),
        ("repeated scalar in query", "GET", "/v1/users?pageSize=1&pageSize=2", None),
        ("bool in query", "GET", "/v1/conversations?archived=false", None),
        ("bool that is none", "GET", "/v1/conversations?archived=yes", None),
        ("conversation", "GET", f"/v1/conversations/{talk}", None),
        ("messages", "GET", messages, None),
        ("one message", "GET", messages + "/1", None),
        ("number of 64 bits", "GET", messages + "/9223372036854775807", None),
        ("number of more bits", "GET", messages + "/9223372036854775808", None),
        ("number that is none", "GET", messages + "/x", None),
        ("field of the path in the query", "GET", messages + "/1?seq=2", None),
        ("events", "GET", f"/v1/conversations/{talk}/events?afterSeq=1", None),
        ("search, enum and time", "GET", "/v1/messages:search?query=zwei&has=MESSAGE_FEATURE_UNSPECIFIED&afterTime=2024-01-01T00:00:00.5Z", None),
        ("search, enum by number", "GET", "/v1/messages:search?query=zwei&has=1", None),
        ("search, no such enum", "GET", "/v1/messages:search?query=zwei&has=NOTHING", None),
        ("search, time that is none", "GET", "/v1/messages:search?query=zwei&afterTime=yesterday", None),
        ("send, retried", "POST", messages, {"text": "again", "clientId": known}),
        ("send, own names of fields", "POST", messages, {"text": "again", "client_id": known}),
        ("send, path before body", "POST", messages, {"text": "again", "clientId": known, "conversationId": str(uuid.uuid4())}),
        ("send, number as text", "POST", messages, {"text": "re", "clientId": known[:-4] + "0001", "replyToSeq": "1"}),
        ("send, number as number", "POST", messages, {"text": "re", "clientId": known[:-4] + "0001", "replyToSeq": 1}),
        ("send, null", "POST", messages, {"text": "again", "clientId": known, "mentionIds": None}),
        ("send, nothing", "POST", messages, {}),
        ("send, empty body", "POST", messages, ""),
        ("send, wrong type", "POST", messages, {"text": 7}),
        ("send, unknown field", "POST", messages, {"texxt": "x"}),
        ("send, to a person", "POST", f"/v1/users/{bob}/messages", {"text": "again", "clientId": known}),
        ("query beside a body", "POST", messages + "?text=x", {"clientId": known}),
        ("both names of a field", "POST", messages, '{"text": "again", "clientId": "%s", "client_id": "%s"}' % (known, known)),
        ("duplicate key", "POST", messages, '{"text": "x", "text": "again", "clientId": "%s"}' % known),
        ("malformed", "POST", messages, '{"text": '),
        ("list for an object", "POST", messages, "[]"),
        ("trailing bytes", "POST", messages, '{"text": "again", "clientId": "%s"} x' % known),
        ("bad UTF-8", "POST", messages, b'{"text": "\xff"}'),
        ("BOM", "POST", messages, b"\xef\xbb\xbf" + json.dumps({"text": "again", "clientId": known}).encode()),
        ("deep", "POST", messages, '{"text": ' + "[" * 10_000),
        ("text/plain body", "POST", messages, {"text": "again", "clientId": known}, {"content-type": "text/plain"}),
        ("body that is a field", "PATCH", "/v1/me?updateMask=name", {"name": "Ada"}),
        ("body that is a field, wrong", "PATCH", "/v1/me?updateMask=name", {"nome": "Ada"}),
        ("react", "POST", messages + "/1/reactions", {"emoji": "👍"}),
        ("emoji in the path", "DELETE", messages + "/1/reactions/%F0%9F%91%8D", None),
        ("verb behind a value", "POST", f"/v1/conversations/{talk}:markRead", {"seq": "1"}),
        ("timestamp", "POST", f"/v1/conversations/{talk}:mute", {"muteUntilTime": "2999-01-01T00:00:00+01:00"}),
        ("timestamp that is none", "POST", f"/v1/conversations/{talk}:mute", {"muteUntilTime": "2999-13-01T00:00:00Z"}),
        ("unmute", "POST", f"/v1/conversations/{talk}:mute", {}),
        ("body on GET", "GET", "/v1/me", {}),
        ("other method", "PUT", "/v1/me", {}),
        ("unknown path", "GET", "/v1/nothing", None),
        ("trailing slash", "GET", "/v1/me/", None),
        ("colon that is no verb", "GET", f"/v1/users/{bob}:nothing", None),
        ("no token", "GET", "/v1/me", None, {"authorization": ""}),
        ("bad token", "GET", "/v1/me", None, {"authorization": "Bearer x.y.z"}),
        ("wrong password", "POST", "/v1/auth:logIn", {"email": "nobody@example.com", "password": "x"}),
    ]


def normal(status, body):
    """What of an answer can be compared."""
    if status == 200:
        return status, without_chance(body)
    # Envoy tells a google.rpc.Status; we tell a problem with the same in it.
    if isinstance(body, dict) and "requestId" in body:
        return status, body.get("detail") if body.get("reason") not in OURS else None
    if isinstance(body, dict):
        return status, body.get("message")
    # What Envoy refuses itself it tells in words of its own.
    return status, None


# The reasons that our door gives itself, in words of its own.
OURS = {"INVALID_JSON", "INVALID_FIELD", "BODY_NOT_EXPECTED", "TOO_MANY_VALUES", None}


def without_chance(value):
    """Without what is another one at each call."""
    if isinstance(value, dict):
        return {name: without_chance(inside) for name, inside in value.items() if name not in ("updateTime",)}
    if isinstance(value, list):
        return [without_chance(inside) for inside in value]
    return value


def same(ours, theirs):
    if ours == theirs:
        return True
    # A refusal in words of one's own is still the same refusal.
    return ours[0] == theirs[0] != 200 and None in (ours[1], theirs[1])


def compare(world, ours, theirs):
    rows, unexplained = [], []
    for name, method, path, body, *more in cases(world):
        headers = {**world.bearer, **(JSON if body is not None else {}), **(more[0] if more else {})}
        text = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
        # Twice, so that both find the same: what the first call did has been done when the second comes.
        world.side.ask(method, path, headers, text)
        first, second = ours.ask(method, path, headers, text), theirs.ask(method, path, headers, text)
        equal = same(normal(*first), normal(*second))
        reason = "" if equal else EXPLAINED.get(name)
        rows.append((name, first[0], second[0], "same" if equal else reason or "UNEXPLAINED"))
        if not equal and not reason:
            unexplained.append((name, first, second))
    return rows, unexplained


def start_envoy(program, descriptors, upstream, folder):
    with open(os.path.join(HERE, "envoy.json"), encoding="utf-8") as file:
        config = json.load(file)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    listener = config["static_resources"]["listeners"][0]
    listener["address"]["socket_address"]["port_value"] = port
    manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
    manager["http_filters"][1]["typed_config"].update(proto_descriptor=descriptors, services=SERVICES)
    cluster = config["static_resources"]["clusters"][0]["load_assignment"]["endpoints"][0]["lb_endpoints"][0]
    cluster["endpoint"]["address"]["socket_address"]["port_value"] = upstream
    path = os.path.join(folder, "envoy.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)
    arguments = ["-c", path, "--concurrency", "1", "--use-dynamic-base-id", "--log-level", "error", "--disable-hot-restart"]
    envoy = subprocess.Popen([program, *arguments])
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return envoy, port
        except OSError:
            if envoy.poll() is not None or time.monotonic() > end:
                envoy.kill()
                sys.exit("Envoy does not listen")
            time.sleep(0.1)


def main():
    upstream, program, descriptors = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    with tempfile.TemporaryDirectory() as folder:
        envoy, port = start_envoy(program, descriptors, upstream, folder)
        try:
            ours, theirs = Side("confab", upstream), Side("envoy", port)
            world = World(ours)
            rows, unexplained = compare(world, ours, theirs)
            web, more = grpc_web.compare(world, ours, theirs)
        finally:
            envoy.terminate()
            envoy.wait()
    for title, told in [("JSON", rows), ("gRPC-Web", web)]:
        print(f"\n| {title} | Confab | Envoy | |\n|---|---|---|---|")
        for name, ours, theirs, what in told:
            print(f"| {name} | {ours} | {theirs} | {what} |")
    unexplained += more
    for name, ours, theirs in unexplained:
        print(f"\n{name}\n  Confab: {ours}\n  Envoy:  {theirs}")
    for name in sorted(set(EXPLAINED) - {row[0] for row in rows if row[3] not in ("same", "UNEXPLAINED")}):
        print(f"\nexplained, and there is no such difference: {name}")
        unexplained.append(name)
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
