from pathlib import Path

from tests.spectron import memories
from tests.spectron.exchange import answer
from tests.spectron.shell import Shell


def shell(folder: Path, document: object) -> Shell:
    return Shell(folder, answer(200, document), SPECTRON_CONTEXT_ID="acme")


def test_who_the_key_is_and_what_it_may_do(tmp_path: Path) -> None:
    outcome = shell(tmp_path, memories.CALLER).run("me")

    assert "bot" in outcome.stdout
    assert ["memory:read", "org/acme/*"] in [line.split() for line in outcome.stdout.splitlines()]
    assert "on behalf of" not in outcome.stdout
    assert "k9" in shell(tmp_path, memories.CALLER | {"delegated_principal_id": "k9"}).run("me").stdout


def test_principals_with_and_without_grants(tmp_path: Path) -> None:
    listed = [memories.PRINCIPAL, memories.PRINCIPAL | {"id": "k2", "display_name": "idle", "grants": {}}]
    outcome = shell(tmp_path, listed).run("principals")

    assert [line.split()[:4] for line in outcome.stdout.splitlines() if "agent" in line] == [
        ["k1", "bot", "agent", "memory:read"],
        ["k1", "bot", "agent", "memory:write"],
        ["k2", "idle", "agent", "-"],
    ]
    assert shell(tmp_path, []).run("principals").stderr == "There is none.\n"
    assert shell(tmp_path, listed).run("principals --json").json == listed


def test_accesses_and_what_was_forgotten_stand_together_newest_first(tmp_path: Path) -> None:
    run = shell(tmp_path, memories.ACCESSES)
    outcome = run.run("accesses --principal agent --key k1 --since 2026-11-01 --limit 5")

    assert dict(run.exchange.last.url.params) == {
        "principal": "agent",
        "key": "k1",
        "since": "2026-11-01T00:00:00+00:00",
        "limit": "5",
    }
    assert outcome.stdout.index("memory.forget") < outcome.stdout.index("query")


def test_consolidate_says_what_it_would_write(tmp_path: Path) -> None:
    run = shell(tmp_path, memories.CONSOLIDATION)
    outcome = run.run("consolidate --dry-run")

    assert run.exchange.body() == {"dry_run": True}
    assert "likes: hiking and chess" in outcome.stdout
    assert "would be" in outcome.stdout


def test_elaborate_names_the_relations(tmp_path: Path) -> None:
    run = shell(tmp_path, memories.ELABORATION)
    outcome = run.run("elaborate Person/alice")

    assert run.exchange.body() == {"entity_ref": "Person/alice"}
    for word in ("Person/alice", "colleague_of", "Person/bob", "Globex"):
        assert word in outcome.stdout
