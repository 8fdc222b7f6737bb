"""From what the schedule says about telling to the channels."""

from collections.abc import Mapping

import httpx

from ops.notify.channel import Channel
from ops.notify.mail import Mail, MailServer
from ops.notify.notifier import Notifier
from ops.notify.ping import Ping
from ops.notify.webhook import WebHook
from ops.schedule.config import Schedule


def notifier_of(schedule: Schedule, environ: Mapping[str, str], http: httpx.Client) -> Notifier:
    """Every channel of the schedule; its secrets are read now, so that a missing one is told at the start."""
    news: list[Channel] = [
        WebHook(hook.url, hook.secret.read(environ) if hook.secret else None, http) for hook in schedule.notify.webhooks
    ]
    mail = schedule.notify.mail
    if mail is not None:
        password = mail.password.read(environ) if mail.password else None
        timeout = schedule.notify.timeout.total_seconds()
        server = MailServer(mail.host, mail.port, mail.security, mail.username, password, timeout)
        news.append(Mail(server, mail.sender, mail.to))
    pings = {
        name: Ping(job.ping, job.ping_on_failure, http) for name, job in schedule.jobs.items() if job.ping is not None
    }
    return Notifier(news, pings)
