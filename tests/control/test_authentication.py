"""What keys cost and when they stop working, seen from outside and counted inside."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from server.store.binding import METADATA
from tests.support.app import App, running
from tests.support.clock import FakeClock
from tests.support.engines import WatchedEngine

URL = "/api/v1/contexts/acme"
KEYS = f"{URL}/keys"
RECHECK_SECONDS = 4.0
ALLOWED_A_MINUTE = 60


@pytest.fixture
async def acme(app: App) -> App:
    await app.context()
    return app


@pytest.fixture
async def warm(acme: App) -> httpx.AsyncClient:
    """A caller whose key was used a moment ago."""
    caller = await acme.agent(principal="supervisor")
    assert (await caller.get(KEYS)).status_code == httpx.codes.OK
    return caller


def reads_of_keys(engine: WatchedEngine) -> int:
    return sum("type::record('api_key'" in text for text in engine.asked)


def with_other_secret(key: str, number: int) -> str:
    return f"{key[: key.rindex('-')]}-{number:043}"


async def statuses(acme: App, keys: list[str], address: str = "10.0.0.1") -> list[int]:
    """What each key answers, all sent at once from one address."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(acme.server.api, client=(address, 1)), base_url="http://spectron.test"
    ) as client:
        answers = await asyncio.gather(*(client.get(KEYS, headers={"API-KEY": key}) for key in keys))
    return [answer.status_code for answer in answers]


async def test_a_warm_key_costs_neither_a_hash_nor_a_look_at_its_row(
    acme: App, warm: httpx.AsyncClient, engine: WatchedEngine
) -> None:
    verified = acme.hasher.verified
    engine.asked.clear()
    for _ in range(10):
        assert (await warm.get(KEYS)).status_code == httpx.codes.OK
    assert acme.hasher.verified == verified
    assert reads_of_keys(engine) == 0


async def test_a_key_is_looked_at_again_after_a_few_seconds_without_another_hash(
    acme: App, warm: httpx.AsyncClient, engine: WatchedEngine, clock: FakeClock
) -> None:
    verified = acme.hasher.verified
    clock.advance(RECHECK_SECONDS)
    engine.asked.clear()
    assert {answer.status_code for answer in await asyncio.gather(*(warm.get(KEYS) for _ in range(20)))} == {200}
    assert reads_of_keys(engine) == 1
    assert acme.hasher.verified == verified


async def test_many_requests_with_a_fresh_key_at_once_pay_for_it_once(acme: App) -> None:
    key = (await acme.mint(principal="supervisor"))["secret"]
    verified = acme.hasher.verified
    assert set(await statuses(acme, [key] * 200)) == {httpx.codes.OK}
    assert acme.hasher.verified == verified + 1


async def test_random_keys_are_turned_away_without_hashes_and_soon_without_reads(
    acme: App, warm: httpx.AsyncClient, engine: WatchedEngine
) -> None:
    fresh = (await acme.mint(principal="supervisor"))["secret"]
    verified = acme.hasher.verified
    engine.asked.clear()
    spray = [f"sk-acme-{number:016}-{number:043}" for number in range(1000)]
    answers = await statuses(acme, spray)
    assert answers.count(httpx.codes.UNAUTHORIZED) == ALLOWED_A_MINUTE
    assert answers.count(httpx.codes.TOO_MANY_REQUESTS) == len(spray) - ALLOWED_A_MINUTE
    assert acme.hasher.verified == verified
    assert reads_of_keys(engine) == ALLOWED_A_MINUTE
    assert await statuses(acme, [fresh]) == [httpx.codes.OK]
    assert (await warm.get(KEYS)).status_code == httpx.codes.OK


async def test_wrong_secrets_of_a_real_key_cost_a_bounded_number_of_hashes(acme: App, warm: httpx.AsyncClient) -> None:
    victim = (await acme.mint(principal="supervisor"))["secret"]
    fresh = (await acme.mint(principal="supervisor"))["secret"]
    verified = acme.hasher.verified
    answers = await statuses(acme, [with_other_secret(victim, number) for number in range(1000)])
    assert answers.count(httpx.codes.UNAUTHORIZED) <= ALLOWED_A_MINUTE
    assert set(answers) == {httpx.codes.UNAUTHORIZED, httpx.codes.TOO_MANY_REQUESTS}
    assert acme.hasher.verified <= verified + ALLOWED_A_MINUTE
    assert await statuses(acme, [fresh]) == [httpx.codes.OK]
    assert (await warm.get(KEYS)).status_code == httpx.codes.OK
    assert await statuses(acme, [victim], address="10.0.0.2") == [httpx.codes.OK]


async def test_whoever_tries_out_secrets_delays_nobody_else(acme: App) -> None:
    victim = (await acme.mint(principal="supervisor"))["secret"]
    fresh = (await acme.mint(principal="supervisor"))["secret"]
    acme.hasher.verifying.clear()
    spraying = asyncio.create_task(
        statuses(acme, [with_other_secret(victim, number) for number in range(ALLOWED_A_MINUTE)])
    )
    await acme.hasher.verifying.wait()
    assert await statuses(acme, [fresh], address="10.0.0.2") == [httpx.codes.OK]
    assert not spraying.done()
    await spraying


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.9", "10.0.0.9", True),
        ("10.0.0.8", "10.0.0.9", False),
    ],
)
async def test_addresses_that_one_sender_can_choose_from_share_an_allowance(
    acme: App, one: str, other: str, shared: bool
) -> None:
    spray = [f"sk-acme-{number:016}-{number:043}" for number in range(ALLOWED_A_MINUTE + 1)]
    await statuses(acme, spray, address=one)
    (status,) = await statuses(acme, ["sk-acme-another-one"], address=other)
    assert status == (httpx.codes.TOO_MANY_REQUESTS if shared else httpx.codes.UNAUTHORIZED)


async def test_an_attacker_gets_new_guesses_only_as_the_minute_passes(acme: App, clock: FakeClock) -> None:
    victim = (await acme.mint())["secret"]
    for _ in range(3):
        await statuses(acme, [with_other_secret(victim, number) for number in range(ALLOWED_A_MINUTE)])
    (refused,) = await statuses(acme, [with_other_secret(victim, 999)])
    assert refused == httpx.codes.TOO_MANY_REQUESTS
    clock.advance(1)
    assert (await statuses(acme, [with_other_secret(victim, 998)])) == [httpx.codes.UNAUTHORIZED]


async def test_the_same_wrong_key_again_costs_nothing(acme: App, engine: WatchedEngine) -> None:
    wrong = with_other_secret((await acme.mint())["secret"], 1)
    await statuses(acme, [wrong])
    verified = acme.hasher.verified
    engine.asked.clear()
    assert set(await statuses(acme, [wrong] * 200)) == {httpx.codes.UNAUTHORIZED}
    assert acme.hasher.verified == verified
    assert reads_of_keys(engine) == 0


@pytest.mark.parametrize("state", ["revoked", "expired", "deleted"])
async def test_a_key_that_may_not_be_used_any_more_costs_one_hash_at_most(
    acme: App, clock: FakeClock, state: str
) -> None:
    minted = await acme.mint(expires_at=(clock.now() + timedelta(hours=1)).isoformat())
    if state == "revoked":
        await acme.http.post(f"{KEYS}/{minted['id']}/revoke")
    elif state == "deleted":
        await acme.http.delete(f"{KEYS}/{minted['id']}")
    else:
        clock.advance(3600)
    bystander = (await acme.mint(principal="supervisor"))["secret"]
    verified = acme.hasher.verified
    for _ in range(5):
        assert set(await statuses(acme, [minted["secret"]] * 20)) == {httpx.codes.UNAUTHORIZED}
    assert acme.hasher.verified <= verified + 1
    assert await statuses(acme, [bystander] * 3) == [httpx.codes.OK] * 3
    assert acme.hasher.verified <= verified + 2


async def test_a_database_that_is_away_uses_up_nobodys_guesses(acme: App, engine: WatchedEngine) -> None:
    key = (await acme.mint(principal="supervisor"))["secret"]
    engine.fail(1, calls=10_000)
    for _ in range(2 * ALLOWED_A_MINUTE):
        assert await statuses(acme, [key]) == [httpx.codes.SERVICE_UNAVAILABLE]
    engine.heal()
    assert await statuses(acme, [key]) == [httpx.codes.OK]


@pytest.mark.parametrize("action", ["rotate", "revoke", "delete"])
async def test_an_old_secret_is_dead_at_once(acme: App, warm: httpx.AsyncClient, action: str) -> None:
    (key,) = (await acme.http.get(KEYS)).json()["keys"]
    address = f"{KEYS}/{key['id']}"
    answer = await (acme.http.delete(address) if action == "delete" else acme.http.post(f"{address}/{action}"))
    assert answer.is_success
    assert (await warm.get(KEYS)).status_code == httpx.codes.UNAUTHORIZED
    if action == "rotate":
        assert await statuses(acme, [answer.json()["secret"]]) == [httpx.codes.OK]


@pytest.mark.parametrize("action", ["rotate", "revoke", "delete"])
async def test_a_change_whose_outcome_is_unknown_makes_the_key_prove_itself_again(
    acme: App, warm: httpx.AsyncClient, engine: WatchedEngine, action: str
) -> None:
    (key,) = (await acme.http.get(KEYS)).json()["keys"]
    address = f"{KEYS}/{key['id']}"
    # The third call is the change: the row of the key is read twice before, that of the Context was a moment ago.
    engine.fail(3, moment="after")
    answer = await (acme.http.delete(address) if action == "delete" else acme.http.post(f"{address}/{action}"))
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    engine.heal()
    assert (await warm.get(KEYS)).status_code == httpx.codes.UNAUTHORIZED


async def test_an_expired_key_is_dead_at_once(acme: App, clock: FakeClock) -> None:
    caller = await acme.agent(principal="supervisor", expires_at=(clock.now() + timedelta(seconds=2)).isoformat())
    assert (await caller.get(KEYS)).status_code == httpx.codes.OK
    clock.advance(2)
    refused = await caller.get(KEYS)
    assert refused.status_code == httpx.codes.UNAUTHORIZED
    assert "expired" in refused.json()["detail"]


@pytest.mark.parametrize("action", ["rotate", "revoke", "delete"])
async def test_a_change_reaches_other_processes_within_five_seconds(
    acme: App, engine: WatchedEngine, clock: FakeClock, tmp_path: Path, action: str
) -> None:
    minted = await acme.mint(principal="supervisor")
    address = f"{KEYS}/{minted['id']}"
    async with running(tmp_path, clock=clock, engine=engine, key=acme.key) as second:
        caller = await second.client(minted["secret"])
        assert (await caller.get(KEYS)).status_code == httpx.codes.OK
        await (acme.http.delete(address) if action == "delete" else acme.http.post(f"{address}/{action}"))
        clock.advance(5)
        assert (await caller.get(KEYS)).status_code == httpx.codes.UNAUTHORIZED


async def test_keys_of_a_deleted_context_never_open_another_of_the_same_id(
    acme: App, engine: WatchedEngine, clock: FakeClock, tmp_path: Path
) -> None:
    key = (await acme.mint(principal="supervisor"))["secret"]
    shared = WatchedEngine(engine.inner)
    shared.kind = "remote"  # only then are there other processes
    async with running(tmp_path, clock=clock, engine=shared, key=acme.key) as second:
        here, there = await acme.client(key), await second.client(key)
        assert (await here.get(KEYS)).status_code == (await there.get(KEYS)).status_code == httpx.codes.OK
        assert (await acme.http.delete(URL)).status_code == httpx.codes.NO_CONTENT
        clock.advance(0.001)
        await acme.context()
        # The second process still trusts the key for a moment, but not with a Context younger than the key.
        assert (await here.get(KEYS)).status_code == (await there.get(KEYS)).status_code == httpx.codes.UNAUTHORIZED
        clock.advance(5)
        assert (await here.get(KEYS)).status_code == (await there.get(KEYS)).status_code == httpx.codes.UNAUTHORIZED


async def test_a_key_is_never_older_than_its_context_even_by_another_clock(
    acme: App, engine: WatchedEngine, tmp_path: Path
) -> None:
    async with running(
        tmp_path, clock=FakeClock(acme.clock.now() - timedelta(seconds=30)), engine=engine, key=acme.key
    ) as slow:
        caller = await slow.agent(principal="supervisor")
        assert (await caller.get(KEYS)).status_code == httpx.codes.OK


async def test_last_use_is_kept_in_batches_and_survives_a_database_that_is_away(
    acme: App, warm: httpx.AsyncClient, engine: WatchedEngine, clock: FakeClock
) -> None:
    clock.advance(1)
    engine.asked.clear()
    for _ in range(20):
        await warm.get(KEYS)
    assert not [text for text in engine.asked if "last_used_at" in text]
    engine.fail(1, calls=10)
    await acme.server.housekeeping.flush()
    engine.heal()
    used_at = clock.now()
    clock.advance(1)
    await acme.server.control.authenticator.flush()
    (row,) = (await engine.read(METADATA, "SELECT last_used_at FROM api_key"))[0]
    assert row["last_used_at"] == used_at
