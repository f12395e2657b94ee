"""Checks `/openapi.json` of a running server, and the server by it.

    python3 openapi.py <port> <folder for what lies around>

The document is validated by openapi-spec-validator. Then schemathesis makes requests of it: those at the limits of each field,
and some at random, the same at each run. They are about things that are there, so that more than refusals is seen. An
answer of 5xx, or one that is not described, ends this with an error.
"""

import json
import os
import subprocess
import sys
import urllib.request
import uuid

EXAMPLES = os.environ.get("CONFAB_TEST_OPENAPI_EXAMPLES", "2")
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance", "response_headers_conformance",
]
# What ends the session that all of it is asked in, or begins a wait for it; and the stream, which has no end.
LEFT_OUT = "live:subscribe|changePassword|logOut|sessions|:leave|factor|passkey"


class Person:
    """Somebody with an account."""

    def __init__(self, url, name):
        self.url, self.token = url, None
        self.email = f"{name}-{uuid.uuid4()}@example.com"
        made = self.ask("POST", "/v1/auth:signUp", {"email": self.email, "password": "correct horse 7", "name": name})
        self.token, self.id = made["accessToken"]["token"], made["user"]["userId"]

    def ask(self, method, path, body=None):
        headers = {"content-type": "application/json", **({"authorization": "Bearer " + self.token} if self.token else {})}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode() if body is not None else None, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def settle(url):
    """Two people with a conversation and a group; returns the token of the one, and what parameters may be about."""
    ann, bob = Person(url, "Ann"), Person(url, "Bob")
    group = {"clientId": str(uuid.uuid4()), "title": "Friends", "memberIds": [bob.id], "history": "HISTORY_EVERYTHING"}
    there = ann.ask("POST", "/v1/conversations:createGroup", group)["conversation"]["conversationId"]
    for text in ["one", "two", "three"]:
        ann.ask("POST", f"/v1/conversations/{there}/messages", {"text": text, "clientId": str(uuid.uuid4())})
    # Whoever gives less time than it takes is told with 504 that it is over, as they wanted it.
    return ann.token, {"header.Grpc-Timeout": "20S", "path.conversation_id": there, "path.user_id": bob.id, "path.seq": "1"}


def main():
    port, folder = sys.argv[1], sys.argv[2]
    url = f"http://127.0.0.1:{port}"
    token, things = settle(url)
    document = os.path.join(folder, "openapi.json")
    with urllib.request.urlopen(url + "/openapi.json", timeout=30) as answer, open(document, "wb") as file:
        file.write(answer.read())
    subprocess.run([sys.executable, "-m", "openapi_spec_validator", document], check=True)

    settings = os.path.join(folder, "schemathesis.toml")
    with open(settings, "w", encoding="utf-8") as file:
        file.write("[parameters]\n" + "".join(f"{json.dumps(name)} = {json.dumps(value)}\n" for name, value in things.items()))
    told = [
        "--config-file", settings, "run", document, "--url", url, "--header", f"Authorization: Bearer {token}",
        "--checks", ",".join(CHECKS), "--exclude-path-regex", LEFT_OUT, "--exclude-operation-id", "AuthService_DeleteAccount", "--phases", "examples,coverage,fuzzing",
        "--max-examples", EXAMPLES, "--seed", "1", "--generation-deterministic",
        "--request-timeout", "20", "--no-color",
    ]
    ended = subprocess.run([sys.executable, "-m", "schemathesis.cli", *told], cwd=folder, check=False)
    sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
