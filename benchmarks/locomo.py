"""Recall quality on long conversations: how much of the evidence for each question is among the first hits.

    python benchmarks/locomo.py --data FOLDER [--infer full] [--mode hybrid_graph] [--url URL --api-key KEY]

FOLDER holds the conversations of LoCoMo as released, one JSON file each: `session_N` with turns that have a `dia_id`,
`session_N_date_time`, and `qa` with the `dia_id`s that hold the evidence of each question. Without a URL it starts a
server of its own. Each conversation goes into a scope of its own, all into one Context.

By turn, a hit counts when it is a turn of the evidence; by session, when it is of the same session. Recall at k is the
share of a question's evidence among its first k distinct turns (or sessions), averaged over the questions with any.
"""

import argparse
import contextlib
import json
import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from http_latency import BIN, serving

CONTEXT = "locomo"
EVIDENCE = re.compile(r"D:?(\d+):(\d+)")
DEPTHS = (5, 10)
HITS = 100


@dataclass
class Turn:
    """One line of a conversation."""

    dia_id: str
    speaker: str
    content: str


@dataclass
class Session:
    """Turns of one day."""

    name: str
    at: datetime
    turns: list[Turn]


@dataclass
class Conversation:
    """All sessions of two people, and what is asked about them."""

    name: str
    sessions: list[Session]
    questions: list[tuple[str, frozenset[str]]]


@dataclass
class Tally:
    """Recall by turn and by session at each depth, one number a question."""

    turns: dict[int, list[float]] = field(default_factory=lambda: {depth: [] for depth in DEPTHS})
    sessions: dict[int, list[float]] = field(default_factory=lambda: {depth: [] for depth in DEPTHS})
    milliseconds: list[float] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        for depth in DEPTHS:
            self.turns[depth] += other.turns[depth]
            self.sessions[depth] += other.sessions[depth]
        self.milliseconds += other.milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the conversations")
    parser.add_argument("--infer", choices=("full", "none"), default="full", help="whether facts are derived too")
    parser.add_argument("--mode", choices=("vector", "bm25", "hybrid", "hybrid_graph"), default="hybrid_graph")
    parser.add_argument("--url", help="a running server; its Context `locomo` must not exist yet")
    parser.add_argument("--api-key", help="a management key of that server")
    options = parser.parse_args()
    conversations = [read(path) for path in sorted(options.data.glob("*.json"))]
    if not conversations:
        parser.error(f"{options.data} holds no JSON files")
    with server(options.url, options.api_key) as client:
        _checked(client.post(f"/api/v1/contexts/{CONTEXT}", json={"namespace": CONTEXT, "database": "prod"}))
        total = Tally()
        print(f"{'conversation':<14}{'questions':>10}{'turn@5':>9}{'turn@10':>9}{'session@5':>11}{'session@10':>12}")
        for conversation in conversations:
            turns = remember(client, conversation, options.infer)
            tally = ask(client, conversation, turns, options.mode)
            show(conversation.name, tally)
            total.add(tally)
        show("all", total)
        slowest = sorted(total.milliseconds)[int(len(total.milliseconds) * 0.95)]
        print(f"\nlatency p50 {statistics.median(total.milliseconds):.1f} ms, p95 {slowest:.1f} ms")


def read(path: Path) -> Conversation:
    """A conversation as released."""
    document = json.loads(path.read_text(encoding="utf-8"))
    held = document.get("conversation", document)
    names = [name for name in held if re.fullmatch(r"session_\d+", name) and held[name]]
    sessions = [
        Session(name, moment(held[f"{name}_date_time"]), [turn(one) for one in held[name]])
        for name in sorted(names, key=lambda name: int(name.partition("_")[2]))
    ]
    known = {one.dia_id for session in sessions for one in session.turns}
    questions = []
    for asked in document["qa"]:
        cited = {f"D{int(day)}:{int(line)}" for one in asked["evidence"] for day, line in EVIDENCE.findall(one)}
        if cited & known:
            questions.append((asked["question"], frozenset(cited & known)))
    return Conversation(path.stem, sessions, questions)


def turn(row: dict[str, Any]) -> Turn:
    """A line with its speaker, and with what is to be seen on a picture that it shares."""
    shared = f" [shares {row['blip_caption']}]" if row.get("blip_caption") else ""
    return Turn(row["dia_id"], row["speaker"], f"{row['speaker']}: {row['text']}{shared}")


def moment(text: str) -> datetime:
    """`1:56 pm on 8 May, 2023`."""
    return datetime.strptime(text.strip(), "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)


@contextlib.contextmanager
def server(url: str | None, key: str | None) -> Iterator[httpx.Client]:
    """A client of the running server, or of one that runs as long as the block."""
    if url:
        with httpx.Client(base_url=url, headers={"API-KEY": key or ""}, timeout=60) as client:
            yield client
        return
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        command = [str(BIN / "spectrond"), "dev", "start", "--data-dir", str(data), "--bind", "127.0.0.1:0"]
        with serving(command, Path(folder) / "spectrond.log") as (started, _):
            made = (data / "management.key").read_text().strip()
            with httpx.Client(base_url=started, headers={"API-KEY": made}, timeout=60) as client:
                yield client


def remember(client: httpx.Client, conversation: Conversation, infer: str) -> dict[str, Turn]:
    """Store a conversation session by session; its turns by the ids that they got."""
    first = conversation.sessions[0].turns[0].speaker
    stored: dict[str, Turn] = {}
    for session in conversation.sessions:
        messages = [
            {
                "role": "user" if one.speaker == first else "assistant",
                "content": one.content,
                "ts": session.at.isoformat(),
            }
            for one in session.turns
        ]
        body = {"messages": messages, "scope": {"conversation": conversation.name}, "infer": infer}
        answer = _checked(client.post(f"/api/v1/{CONTEXT}/facts/batch", json=body))
        stored |= zip(answer["turn_ids"], session.turns, strict=True)
    return stored


def ask(client: httpx.Client, conversation: Conversation, turns: dict[str, Turn], mode: str) -> Tally:
    """Every question of a conversation, in its scope."""
    session_of = {one.dia_id: session.name for session in conversation.sessions for one in session.turns}
    tally = Tally()
    for question, evidence in conversation.questions:
        body = {
            "query": question,
            "k": HITS,
            "mode": mode,
            "include": ["passages"],
            "scope": {"conversation": conversation.name},
            "bypass_cache": True,
        }
        began = time.perf_counter()
        answer = _checked(client.post(f"/api/v1/{CONTEXT}/query", json=body))
        tally.milliseconds.append((time.perf_counter() - began) * 1000)
        found = list(dict.fromkeys(turns[hit["turn_id"]].dia_id for hit in answer["hits"]))
        sessions = list(dict.fromkeys(session_of[one] for one in found))
        for depth in DEPTHS:
            tally.turns[depth].append(share(found[:depth], evidence))
            tally.sessions[depth].append(share(sessions[:depth], {session_of[one] for one in evidence}))
    return tally


def share(found: Sequence[str], wanted: frozenset[str] | set[str]) -> float:
    return len(set(found) & wanted) / len(wanted)


def show(name: str, tally: Tally) -> None:
    means = [statistics.mean(one[depth]) for one in (tally.turns, tally.sessions) for depth in DEPTHS]
    print(
        f"{name:<14}{len(tally.milliseconds):>10}{means[0]:>9.3f}{means[1]:>9.3f}{means[2]:>11.3f}{means[3]:>12.3f}",
        flush=True,
    )


def _checked(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise SystemExit(f"{answer.request.method} {answer.request.url} answered {answer.status_code}: {answer.text}")
    return answer.json()


if __name__ == "__main__":
    main()
