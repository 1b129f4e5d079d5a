"""A stand-in for STS over plain HTTP that refuses the keys it is told to, and keeps the time of
each answer."""

import email.utils
import re
import socket
import threading
import time
import uuid

from tls_server import IDENTITY

REFUSAL = (
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
    "<Code>InvalidClientTokenId</Code>"
    "<Message>The security token included in the request is invalid.</Message></Error>"
    "<RequestId>{request_id}</RequestId></ErrorResponse>"
)


class StandIn:
    """The server, from entering to leaving a `with`; one thread per connection."""

    def __enter__(self):
        self.refused = set()
        self.answers = []
        self.changed = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        # Closing alone does not wake a thread that waits in accept.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def reset(self):
        with self.changed:
            self.refused = set()
            self.answers = []

    def wait_for_good(self, keys, seconds):
        """Waits until each key has had a good answer; False when the time runs out."""
        def all_good():
            return set(keys) <= {key for _, key, good in self.answers if good}
        with self.changed:
            return self.changed.wait_for(all_good, timeout=seconds)

    def last_answer_before(self, nanoseconds):
        """When the last answer before a moment was sent, on CLOCK_MONOTONIC; None without one."""
        with self.changed:
            return max((at for at, _, _ in self.answers if at < nanoseconds), default=None)

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        pending = b""
        with connection:
            while True:
                try:
                    while (end := request_end(pending)) is None:
                        received = connection.recv(65536)
                        if not received:
                            return
                        pending += received
                    self.answer(connection, pending[:end])
                    pending = pending[end:]
                except OSError:
                    return

    def answer(self, connection, request):
        match = re.search(rb"Credential=(\w+)/", request)
        key = match.group(1).decode() if match else ""
        good = key not in self.refused
        request_id = str(uuid.uuid4())
        body = (IDENTITY if good else REFUSAL).format(request_id=request_id).encode()
        head = (
            f"HTTP/1.1 {'200 OK' if good else '403 Forbidden'}\r\n"
            f"Date: {email.utils.formatdate(usegmt=True)}\r\nContent-Type: text/xml\r\n"
            f"x-amzn-RequestId: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        # The time is taken before the send: whatever the send costs counts against credwatch.
        with self.changed:
            self.answers.append((time.monotonic_ns(), key, good))
            connection.sendall(head + body)
            self.changed.notify_all()


def request_end(pending):
    """Where the first whole request in the bytes ends, None while it is not whole."""
    head_end = pending.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    length = re.search(rb"(?i)\r\ncontent-length:\s*(\d+)", pending[:head_end])
    end = head_end + 4 + (int(length.group(1)) if length else 0)
    return end if len(pending) >= end else None
