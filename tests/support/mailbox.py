"""A mail server on loopback."""

import socket
import threading


class MailBox(threading.Thread):
    """A mail server with the few words that a client needs."""

    def __init__(self, *, refuse: bytes | None = None) -> None:
        super().__init__()
        self._refuse = refuse
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.lines: list[str] = []

    def run(self) -> None:
        connection, _ = self._listener.accept()
        with self._listener, connection, connection.makefile("rb") as incoming:
            connection.sendall(b"220 here\r\n")
            in_data = False
            for raw in incoming:
                line = raw.decode().rstrip("\r\n")
                self.lines.append(line)
                word = line.split(" ")[0].upper()
                if in_data and line != ".":
                    continue
                in_data = word == "DATA"
                if word == "RCPT" and self._refuse:
                    connection.sendall(b"550 " + self._refuse + b"\r\n")
                elif word == "QUIT":
                    connection.sendall(b"221 bye\r\n")
                    return
                else:
                    connection.sendall(b"354 go on\r\n" if in_data else b"250 ok\r\n")
