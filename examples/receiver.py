"""A receiver of webhooks: `python receiver.py PORT`, with the secret in WEBHOOK_SECRET.

It verifies each message with the library of Standard Webhooks, gives the challenge back by which an endpoint is
verified, drops what comes twice, answers at once, and prints what happened to what.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

WEBHOOK = Webhook(os.environ["WEBHOOK_SECRET"])
SEEN: set[str] = set()  # a real receiver keeps the ids with what it does, in one transaction


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            event = WEBHOOK.verify(body, dict(self.headers))
        except WebhookVerificationError:
            return self._answer(401)
        if "challenge" in event["data"]:
            return self._answer(200, {"challenge": event["data"]["challenge"]})
        if event["id"] not in SEEN:
            SEEN.add(event["id"])
            print(event["type"], event["subject"], flush=True)
        return self._answer(204)

    def _answer(self, status: int, document: object = None) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return None


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
