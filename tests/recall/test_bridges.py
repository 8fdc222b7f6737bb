"""Documents that share keywords with a question: which, how strongly, and for whom."""

from server.core.scope import EMPTY, parse
from server.core.visibility import visible
from server.recall.bridges import bridges
from server.store.binding import Binding
from server.store.engine import Database
from tests.recall.memory import BASE, Memory, checked

ALICE = {"user": "alice"}
BOB = {"user": "bob"}
TEXT = "Harbour maintenance is planned in spring. Harbour maintenance needs divers. The divers inspect the quay wall."


async def test_a_shared_keyword_leads_to_the_document_and_only_for_who_may_see_it(memory: Memory) -> None:
    document = await memory.read_in("plan.txt", TEXT, "user/alice")
    database = Database(memory.app.server.engine, Binding("acme", "prod"))
    kept = checked(await memory.app.http.get(f"{BASE}/documents/{document}/keywords"))["keywords"]
    keyword = kept[0]["normalised"]
    for scope, expected in ((ALICE, {document}), (BOB, set())):
        seen = visible(EMPTY, [parse(scope)])
        found = await bridges(database, seen, [keyword, "no such keyword"])
        assert set(found) == expected
        assert all(one.keyword == keyword and one.score > 0 for held in found.values() for one in held)
        assert await bridges(database, seen, ["no such keyword"]) == {}
        assert await bridges(database, seen, []) == {}


async def test_a_document_that_is_gone_is_no_longer_led_to(memory: Memory) -> None:
    document = await memory.read_in("plan.txt", TEXT, "user/alice")
    database = Database(memory.app.server.engine, Binding("acme", "prod"))
    kept = checked(await memory.app.http.get(f"{BASE}/documents/{document}/keywords"))["keywords"]
    assert (await memory.app.http.delete(f"{BASE}/documents/{document}")).status_code == 200
    seen = visible(EMPTY, [parse(ALICE)])
    assert await bridges(database, seen, [one["normalised"] for one in kept]) == {}
