"""Routes that examine a Context and put right what can be, and that link documents to entities."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field

from server.core.findings import Findings, Problem, of_kinds
from server.core.scope import EMPTY
from server.documents.parts import DocumentCare
from server.http.bodies import Body
from server.http.tenant import Here, Tenant, Tenants
from server.index.checking import Expected, IndexCheck
from server.index.chunk import KNOWLEDGE, MEMORY, Table
from server.memory import checking as memory_checking
from server.memory import doubts
from server.memory.linking import Linking


class Fsck(Body):
    """What to examine, and whether to repair what was found."""

    check: Literal["all", "integrity", "contradictions", "duplicates", "injection"] = "all"
    repair: bool = False
    duplicate_threshold: float = Field(0.95, ge=0, le=1)
    max_results: int = Field(100, ge=1, le=10_000)


@dataclass(frozen=True)
class Examination:
    """The parts that look at a Context, in the order in which they repair it."""

    documents: DocumentCare
    index: IndexCheck

    async def problems(self, tenant: Tenant) -> tuple[Findings, list[Problem]]:
        """What was looked at, and what is wrong with it twice in a row."""
        first = await self._look(tenant)
        return first, list(first.lasting(await self._look(tenant))) if first.problems else []

    async def repair(self, tenant: Tenant, problems: list[Problem]) -> set[Problem]:
        """Repair what can be; answers the problems that were put right, or will be once their jobs have run."""
        done = await self.documents.repair.repair(tenant.open, problems)
        if loose := of_kinds(problems, memory_checking.LOOSE):
            await memory_checking.repair(tenant.database)
        if unlike := of_kinds(problems, *self.index.kinds):
            await self.index.repair(tenant.database)
        return done.union(loose, unlike)

    async def _look(self, tenant: Tenant) -> Findings:
        findings = Findings(tenant.sees())
        expected: dict[Table, Expected] = {
            KNOWLEDGE: await self.documents.check.check(tenant.open, findings),
            MEMORY: await memory_checking.check(tenant.database, findings),
        }
        await self.index.check(tenant.database, expected, findings)
        return findings


def add_routes(router: APIRouter, examination: Examination, linking: Linking, tenants: Tenants) -> None:
    @router.post("/fsck")
    async def fsck(
        request: Request, tenant: Here, body: Fsck | None = None, repair: Annotated[bool, Query()] = False
    ) -> dict[str, Any]:
        """Check that records, objects and index entries agree, and look for contradictions, duplicates and injection.

        A key with a floor is told of its own records alone. `repair` puts right what can be without losing anything.
        """
        request.state.take_time()
        wanted = body or Fsck()
        repairing = repair or wanted.repair
        if repairing:
            tenant.authority.require_supervisor("repair a Context")
            tenant.require_writable(EMPTY)
        checked, problems, repaired = await _examined(tenant, wanted, repairing=repairing)
        limit = wanted.max_results

        async def asked(name: str, look: Callable[[], Awaitable[list[Any]]]) -> list[Any]:
            return await look() if wanted.check in ("all", name) else []

        seen, database = tenant.sees(), tenant.database
        doubtful = {
            "contradictions": await asked("contradictions", lambda: doubts.contradictions(database, seen, limit)),
            "duplicates": await asked(
                "duplicates", lambda: doubts.duplicates(database, seen, wanted.duplicate_threshold, limit)
            ),
            "injection": await asked("injection", lambda: doubts.injection(database, seen, limit)),
        }
        tenants.trace(
            tenant,
            "fsck",
            "fsck",
            tenant.authority.floor,
            written={"problems": len(problems), "repaired": len(repaired)},
        )
        return {
            "checked": checked,
            "problems": [_problem_view(one, repaired, repairing=repairing) for one in problems[:limit]],
            "count": len(problems),
            "repaired": len(repaired),
            "total": len(problems) + sum(map(len, doubtful.values())),
            **doubtful,
            "trace_id": tenant.trace_id,
        }

    async def _examined(
        tenant: Tenant, wanted: Fsck, *, repairing: bool
    ) -> tuple[dict[str, int], list[Problem], set[Problem]]:
        if wanted.check not in ("all", "integrity"):
            return {}, [], set()
        findings, problems = await examination.problems(tenant)
        repaired = await examination.repair(tenant, problems) if repairing and problems else set()
        return dict(sorted(findings.checked.items())), problems, repaired

    @router.post("/documents/recompute-links")
    async def recompute_links(request: Request, tenant: Here) -> dict[str, Any]:
        """Find out anew which entities the documents in sight speak of."""
        request.state.take_time()
        links = await linking.recompute(tenant.database, tenant.sees())
        tenants.trace(tenant, "document.link", "recompute-links", tenant.authority.floor, written={"links": links})
        return {"links_emitted": links, "trace_id": tenant.trace_id}


def _problem_view(problem: Problem, repaired: set[Problem], *, repairing: bool) -> dict[str, Any]:
    view: dict[str, Any] = {"kind": problem.kind, "id": problem.id, "detail": problem.detail}
    return view | {"repaired": problem in repaired} if repairing else view
