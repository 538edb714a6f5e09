"""An HTTP server on this machine's loopback that serves a folder, well or badly."""

from __future__ import annotations

import http.server
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote


class FileServer:
    """What it serves, how badly, and what it was asked for."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.truncate = False
        """End the connection after half of the bytes that were announced."""
        self.refusals: list[int] = []
        """With which codes to answer next."""
        self.drop = False
        """Close the connection without an answer."""
        self.headers: dict[str, str] = {}
        """To be sent in place of the usual ones."""
        self.requests: list[str] = []
        self.credentials: list[str | None] = []


@contextmanager
def serve(folder: Path) -> Iterator[FileServer]:
    """Serve a folder until the block ends."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.requests.append(self.path)
            server.credentials.append(self.headers["Authorization"])
            if server.drop:
                server.drop = False
                # A reset, as of a server that dies.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            if server.refusals:
                self.send_error(server.refusals.pop(0))
                return
            file = folder / unquote(self.path.lstrip("/"))
            if not file.is_file():
                self.send_error(404)
                return
            content = file.read_bytes()
            self.send_response(302 if "Location" in server.headers else 200)
            for name, value in ({"Content-Length": str(len(content))} | server.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if server.truncate else content)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - Its name is inherited.
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        server = FileServer(folder, listener.server_address[1])
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()
