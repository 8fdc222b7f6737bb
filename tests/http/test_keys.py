"""The life of a Context's keys over HTTP."""

from datetime import timedelta

import pytest

from server.store.binding import METADATA
from tests.http.problem import problem_of, slug_of
from tests.support.app import App
from tests.support.clock import FakeClock

KEYS = "/api/v1/contexts/acme/keys"
FIELDS = {
    *("id", "context_id", "name", "principal", "scope_floor", "created_at", "last_used_at", "expires_at", "revoked_at"),
    "state",
}


async def test_a_secret_is_shown_once(acme: App) -> None:
    answer = await acme.http.post(KEYS, json={"name": "app", "scopeFloor": ["org=acme"]})
    minted = answer.json()
    assert answer.status_code == 201
    assert set(minted) == FIELDS | {"secret"}
    assert minted["secret"].startswith(f"sk-acme-{minted['id']}-")
    assert minted["scope_floor"] == {"org": "acme"}
    assert (minted["principal"], minted["state"], minted["last_used_at"]) == ("agent", "active", None)
    shown = (await acme.http.get(f"{KEYS}/{minted['id']}")).json()
    assert shown == {name: value for name, value in minted.items() if name != "secret"}
    assert (await acme.http.get(KEYS)).json() == {"keys": [shown]}


async def test_only_a_hash_is_kept(acme: App) -> None:
    secret = (await acme.mint())["secret"].rsplit("-", 1)[1]
    rows = (await acme.server.engine.read(METADATA, "SELECT * FROM api_key"))[0]
    assert rows[0]["key_hash"].startswith("$argon2id$")
    assert secret not in repr(rows)


async def test_keys_are_listed_in_the_order_of_minting(acme: App, clock: FakeClock) -> None:
    for name in ("c", "a", "b"):
        await acme.mint(name=name)
        clock.advance(1)
    assert [key["name"] for key in (await acme.http.get(KEYS)).json()["keys"]] == ["c", "a", "b"]


async def test_a_name_is_taken_once_in_a_context(acme: App) -> None:
    await acme.context("other")
    await acme.mint(name="app")
    assert slug_of(await acme.http.post(KEYS, json={"name": "app"})) == "conflict"
    await acme.mint("other", name="app")


async def test_rotation_gives_a_new_secret_to_the_same_key(acme: App) -> None:
    minted = await acme.mint(scope_floor={"org": "acme"})
    rotated = (await acme.http.post(f"{KEYS}/{minted['id']}/rotate")).json()
    assert rotated["secret"] != minted["secret"]
    assert rotated | {"secret": ""} == minted | {"secret": ""}


async def test_a_revoked_key_is_kept_for_the_audit(acme: App, clock: FakeClock) -> None:
    minted = await acme.mint()
    revoked = (await acme.http.post(f"{KEYS}/{minted['id']}/revoke")).json()
    assert revoked["state"] == "revoked"
    clock.advance(60)
    again = (await acme.http.post(f"{KEYS}/{minted['id']}/revoke")).json()
    assert again["revoked_at"] == revoked["revoked_at"]
    assert slug_of(await acme.http.post(f"{KEYS}/{minted['id']}/rotate")) == "conflict"
    assert (await acme.http.delete(f"{KEYS}/{minted['id']}")).status_code == 204
    assert slug_of(await acme.http.get(f"{KEYS}/{minted['id']}")) == "not-found"


async def test_an_expired_key_is_not_rotated_back_to_life(acme: App, clock: FakeClock) -> None:
    minted = await acme.mint(expires_at=(clock.now() + timedelta(minutes=1)).isoformat())
    clock.advance(60)
    assert (await acme.http.get(f"{KEYS}/{minted['id']}")).json()["state"] == "expired"
    answer = await acme.http.post(f"{KEYS}/{minted['id']}/rotate")
    assert slug_of(answer) == "conflict"
    assert "expired" in problem_of(answer)["detail"]


@pytest.mark.parametrize(
    "expires_at", ["2026-02-01T00:00:00Z", "2026-02-01T01:00:00+01:00", "2026-01-31 23:00:00.000-01:00"]
)
async def test_moments_are_answered_in_utc(acme: App, expires_at: str) -> None:
    assert (await acme.mint(expires_at=expires_at))["expires_at"] == "2026-02-01T00:00:00Z"


async def test_the_last_use_is_shown(acme: App, clock: FakeClock) -> None:
    minted = await acme.mint(principal="supervisor")
    await (await acme.client(minted["secret"])).get(KEYS)
    used_at = clock.now()
    await acme.server.control.authenticator.flush()
    shown = (await acme.http.get(f"{KEYS}/{minted['id']}")).json()["last_used_at"]
    assert shown == used_at.isoformat().replace("+00:00", "Z")


async def test_a_supervisor_mints_and_administers_inside_its_floor_alone(acme: App) -> None:
    wide = await acme.mint(name="wide")
    inside = await acme.mint(name="inside", scope_floor={"org": "acme", "user": "bo"})
    supervisor = await acme.agent(name="boss", principal="supervisor", scope_floor={"org": "acme"})
    assert {key["name"] for key in (await supervisor.get(KEYS)).json()["keys"]} == {"inside", "boss"}
    floors: list[dict[str, str]] = [{}, {"org": "beta"}, {"user": "bo"}]
    for floor in floors:
        assert slug_of(await supervisor.post(KEYS, json={"name": "x", "scope_floor": floor})) == "forbidden"
    minted = await supervisor.post(KEYS, json={"name": "own", "principal": "supervisor"})
    assert minted.json()["scope_floor"] == {"org": "acme"}
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/rotate"), ("POST", "/revoke")):
        assert slug_of(await supervisor.request(method, f"{KEYS}/{wide['id']}{path}")) == "forbidden"
    for method, path in (("GET", ""), ("POST", "/rotate"), ("POST", "/revoke"), ("DELETE", "")):
        assert (await supervisor.request(method, f"{KEYS}/{inside['id']}{path}")).is_success


async def test_keys_of_another_context_are_not_there(acme: App) -> None:
    await acme.context("other")
    foreign = await acme.mint("other")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/rotate"), ("POST", "/revoke")):
        assert slug_of(await acme.http.request(method, f"{KEYS}/{foreign['id']}{path}")) == "not-found"
    assert (await acme.http.get("/api/v1/contexts/other/keys")).json()["keys"][0]["state"] == "active"


async def test_every_change_is_in_the_audit_without_a_secret(acme: App) -> None:
    minted = await acme.mint(name="app")
    rotated = (await acme.http.post(f"{KEYS}/{minted['id']}/rotate")).json()
    await acme.http.post(f"{KEYS}/{minted['id']}/revoke")
    await acme.http.delete(f"{KEYS}/{minted['id']}")
    answer = await acme.http.get("/api/v1/contexts/acme/audit?kind=key")
    events = answer.json()["events"]
    assert {event["action"] for event in events} == {"key.mint", "key.rotate", "key.revoke", "key.delete"}
    assert {event["target"] for event in events} == {minted["id"]}
    assert {event["principal"] for event in events} == {"management"}
    for key in (minted, rotated):
        assert key["secret"].rsplit("-", 1)[1] not in answer.text
    assert "$argon2" not in answer.text
