"""The alert rules are ones that Prometheus takes, about figures that exist, with a page for whoever is woken."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest

import ops
from ops.schedule.config import Job
from ops.schedule.metrics import registry_of
from runbooks.library import Library
from tests.support.app import App

FILE = Path(ops.__file__).with_name("alerts.yml")
GROUPS: list[dict[str, Any]] = yaml.safe_load(FILE.read_text())["groups"]
RULES = [pytest.param(rule, id=rule["alert"]) for group in GROUPS for rule in group["rules"]]
# Figures of Prometheus itself and of its node exporter.
FOREIGN = {"up", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"}
FUNCTIONS = {
    "absent", "by", "delta", "histogram_quantile", "increase", "max_over_time", "min_over_time", "rate", "sum", "time",
    "and", "or", "unless",
}  # fmt: skip
DURATION = re.compile(r"\d+[smhdw]")
PAGES = {
    "backup-failed", "database-down", "disk-nearly-full", "drill-failed", "high-latency", "ingestion-failing",
    "ingestion-stuck", "key-leaked", "migration-failed", "object-store-down", "provider-outage", "queue-growing",
    "token-limit",
}  # fmt: skip
LABELS = {"job", "kind", "status", "fstype", "le", "instance", "limit", "provider"}
TOKEN = re.compile(
    r'\s*(?:(?P<string>"[^"]*")|(?P<range>\[\d+[smhdw]\])|(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z_]+)'
    r"|(?P<sign>[<>!=]=|=~|[<>=*/+\-(){},]))"
)


def tokens(expression: str) -> list[tuple[str, str]]:
    """Every piece of an expression; fails at the first that is none of the language."""
    found, at = [], 0
    while at < len(expression.rstrip()):
        match = TOKEN.match(expression, at)
        assert match, f"what is this: {expression[at:]}"
        found.append((str(match.lastgroup), match[0].strip()))
        at = match.end()
    return found


def figures(text: str) -> set[str]:
    """The names that a scrape can bring."""
    found = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE):
        found |= {f"{name}{suffix}" for suffix in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))}
    return found


@pytest.fixture
async def known(app: App) -> set[str]:
    """What the server and ops expose."""
    served = figures((await app.http.get("/metrics")).text)
    jobs = {"daily": Job(run="backup run --all")}
    return served | figures(generate_latest(registry_of(dict, jobs)).decode())


@pytest.mark.parametrize("rule", RULES)
async def test_a_rule_is_about_figures_that_exist(rule: dict[str, Any], known: set[str]) -> None:
    named = {text for kind, text in tokens(rule["expr"]) if kind == "name"}
    assert named - FUNCTIONS - LABELS <= known | FOREIGN
    assert named & (known | FOREIGN)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_well_formed(rule: dict[str, Any]) -> None:
    assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Spectron[A-Za-z]+", rule["alert"])
    assert "for" not in rule or DURATION.fullmatch(rule["for"])
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"].keys() == {"summary", "runbook"}
    signs = "".join(text for kind, text in tokens(rule["expr"]) if kind == "sign")
    for opening, closing in ("()", "{}"):
        assert signs.count(opening) == signs.count(closing)
    assert rule["annotations"]["summary"].count("{{") == rule["annotations"]["summary"].count("}}")


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_names_a_page_that_is_there(rule: dict[str, Any]) -> None:
    assert rule["annotations"]["runbook"] in PAGES


def test_pages_and_rules_lead_to_each_other() -> None:
    rules = {rule["alert"]: rule["annotations"]["runbook"] for group in GROUPS for rule in group["rules"]}
    pages = Library.shipped().pages
    named = {(alert, page.slug) for page in pages for alert in page.alerts if alert.startswith("Spectron")}
    assert {alert for alert, _ in named} <= rules.keys()
    assert {(alert, slug) for alert, slug in rules.items() if slug in {page.slug for page in pages}} <= named


def test_each_name_is_used_once() -> None:
    names = [rule["alert"] for group in GROUPS for rule in group["rules"]]
    assert len({*names}) == len(names)
