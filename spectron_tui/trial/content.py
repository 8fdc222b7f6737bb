"""What the Context of a trial holds."""

import contextlib
from collections.abc import Mapping

from spectron.aio.client import AsyncSpectronManagement
from spectron.errors import WaitingError

CONTEXT = "demo"
SCOPE = "org/harbour"
READY_SECONDS = 30.0
PAGES: Mapping[str, str] = {
    "harbour-rules.md": """# Harbour rules

The harbour opens at six and closes at midnight. Every ship reports to the harbour office an hour before it arrives.

## Speed

Inside the breakwater the limit is five knots. Ferries have right of way over every other ship.

## Waste

Oil and ballast water go to the tank barge at pier four, never into the basin.
""",
    "ferry-timetable.md": """# Ferry timetable

Ferries to the northern island leave every twenty minutes from pier two. The last one leaves at half past eleven.

## Tickets

A day ticket is valid on ferries, trams and the night bus. Bicycles travel free outside of rush hours.
""",
    "lighthouse.html": """<h1>The lighthouse</h1>
<p>The lighthouse keeper records the water level every morning and after each storm. The lamp is an LED array; solar
panels on the lantern room charge its batteries.</p>
<h2>Visits</h2><p>The tower has 214 steps. Visitors book at the harbour office.</p>
""",
    "tides.csv": """day,high water,low water
Monday,06:12,12:31
Tuesday,07:02,13:20
Wednesday,07:55,14:09
""",
    "barrage.txt": """The tidal barrage supplies electric power for the harbour and four thousand homes. Its turbines
turn with the rising and the falling tide. The gates are inspected in the third week of each month, and after every
storm above ten Beaufort.
""",
    "storm-checklist.md": """# Storm checklist

1. Warn every ship by radio.
2. Close the flood gates when the water rises by two metres.
3. Move the tank barge behind the breakwater.
4. Stop the ferries at nine Beaufort.
5. Tell the keeper.
""",
    "scan-of-a-map.pdf": "%PDF-1.7 this file is cut off on purpose, so that there is a failure to look at",
}
FACTS = (
    ("user/ana", "Ana lives in Lyon. Ana works at the harbour office as an engineer. Ana prefers tea."),
    ("user/ben", "Ben lives in Porto. Ben works on the ferry as its captain. Always answer Ben in Portuguese."),
    ("user/cleo", "Cleo is the keeper of the lighthouse. Cleo might move to Bergen."),
)
QUESTIONS = (
    ("user/ana", "Where does Ana live?"),
    (SCOPE, "When does the last ferry leave?"),
    ("user/ben", "Where does Ben work?"),
    (SCOPE, "What supplies electric power for the harbour?"),
    (SCOPE, "What supplies electric power for the harbour?"),
    (SCOPE, "Who records the water level?"),
)
POLICIES = (
    {"scope": {"user": "ana"}, "memory_category": "context", "ttl": "7d"},
    {"scope": {}, "memory_category": "unknowns", "ttl": "60d"},
)


async def fill(admin: AsyncSpectronManagement) -> bool:
    """Put everything into the Context, unless something is in it already."""
    context = admin.contexts(CONTEXT)
    if any((await context.stats()).documents.values()):
        return False
    sent = [await context.documents.upload(text.encode(), filename=name, scope=SCOPE) for name, text in PAGES.items()]
    for scope, text in FACTS:
        await context.memory.remember(text, scope=scope)
    await context.keys.create(name="harbour-agent", principal="agent", scope_floor={"org": "harbour"})
    await context.keys.create(name="night-supervisor", principal="supervisor")
    await context.retention.set(POLICIES)
    await admin.lifecycle.expire(contexts=[CONTEXT])
    for upload in sent:
        with contextlib.suppress(WaitingError):
            await context.documents.wait(upload.id, within=READY_SECONDS)
    for scope, question in QUESTIONS:
        await context.memory.recall(question, scope=scope)
    return True
