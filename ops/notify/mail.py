"""Mail by SMTP."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from ops.notify.channel import UndeliveredError
from ops.notify.event import Event


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: str | None = None
    timeout: float = 30.0


class Mail:
    """One message for all recipients."""

    def __init__(self, server: MailServer, sender: str, recipients: Sequence[str]) -> None:
        self.name = f"mail by {server.host}"
        self._server = server
        self._sender = sender
        self._recipients = recipients

    def send(self, event: Event) -> None:
        try:
            message = self._message(event)
            with self._connection() as connection:
                if self._server.security == "starttls":
                    connection.starttls(context=ssl.create_default_context())
                if self._server.username:
                    connection.login(self._server.username, self._server.password or "")
                refused = connection.send_message(message)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise UndeliveredError(
                f"The {self.name} was not sent: {error}. Check host, port, security and password of the mail server, "
                "and the addresses."
            ) from error
        if refused:
            raise UndeliveredError(f"The {self.name} was refused for {', '.join(refused)}. Check these addresses.")

    def _message(self, event: Event) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = event.subject
        message["From"] = self._sender
        message["To"] = ", ".join(self._recipients)
        message["Date"] = event.at
        page = f"What to do: runbook {event.runbook}\n" if event.runbook else ""
        message.set_content(f"{event.message}\n\n{page}Exit code {event.exit_code}, {event.at.isoformat()}\n")
        return message

    def _connection(self) -> smtplib.SMTP:
        if self._server.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self._server.host, self._server.port, timeout=self._server.timeout, context=context)
        return smtplib.SMTP(self._server.host, self._server.port, timeout=self._server.timeout)
