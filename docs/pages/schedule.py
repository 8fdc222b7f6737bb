"""What the file of `spectron-ops schedule` can say."""

from collections.abc import Iterator
from datetime import timedelta

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs.pages.table import code, table
from ops.schedule.config import Job, Schedule
from ops.schedule.sections import MailSection, MetricsSection, NotifySection, WebHookSection

INTRODUCTION = """# The schedule

The YAML file of `spectron-ops schedule` and `spectron-ops doctor`: `--config FILE`, `SPECTRON_SCHEDULE`, or
`/etc/spectron/schedule.yaml`. Durations are whole numbers with `s`, `m`, `h` or `d`. Relative paths are meant from the
folder of the file. A name that is not listed here is a mistake.

"""
SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("", Schedule),
    ("jobs.NAME.", Job),
    ("notify.", NotifySection),
    ("notify.webhooks[].", WebHookSection),
    ("notify.mail.", MailSection),
    ("metrics.", MetricsSection),
)


def page() -> str:
    lines = ((code(name), _default(field), field.description or "") for name, field in fields())
    return INTRODUCTION + table(("key", "default", "what it is for"), lines)


def fields() -> Iterator[tuple[str, FieldInfo]]:
    """Each key with what stands before it."""
    for prefix, model in SECTIONS:
        for name, field in model.model_fields.items():
            yield prefix + name, field


def _default(field: FieldInfo) -> str:
    value = field.default
    if field.is_required() or value is None or isinstance(value, BaseModel | list):
        return ""
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return code(f"{seconds // 3600}h" if seconds and seconds % 3600 == 0 else f"{seconds}s")
    return code(str(value).lower() if isinstance(value, bool) else value)
