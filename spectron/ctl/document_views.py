"""Documents, chunks, keywords and jobs as people read them."""

from rich.console import Group, RenderableType

from spectron.models.document import Chunk, Document, DocumentHit, Keyword
from spectron.models.job import Job
from spectron.models.record import Page
from spectron.terminal.tables import excerpt, fields, moment, rows, size


def document_list(page: Page[Document]) -> RenderableType:
    return rows(
        ("ID", "TITLE", "STATUS", "SIZE", "CHUNKS", "CREATED"),
        (
            (one.id, excerpt(one.title, 28), one.status, size(one.size_bytes), one.chunk_count, moment(one.created_at))
            for one in page
        ),
    )


def document_sheet(document: Document) -> RenderableType:
    return fields(
        {
            "id": document.id,
            "title": document.title,
            "status": document.status,
            "error": document.error,
            "file": document.filename,
            "type": document.mime_type,
            "size": size(document.size_bytes),
            "scope": document.scope or "everybody",
            "language": document.language,
            "chunks": document.chunk_count,
            "keywords": document.keyword_count,
            "version": document.version,
            "source": document.source,
            "metadata": document.metadata,
            "BLAKE3": document.content_hash,
            "created": document.created_at,
            "processed": document.processing_completed_at,
        }
    )


def chunk_list(page: Page[Chunk]) -> RenderableType:
    return rows(
        ("#", "SECTION", "TOKENS", "TEXT"),
        ((one.position, one.section, one.token_count, excerpt(one.text, 400)) for one in page),
    )


def keyword_list(page: Page[Keyword]) -> RenderableType:
    return rows(
        ("KEYWORD", "SCORE", "DOCUMENTS"),
        ((one.text, None if one.score is None else f"{one.score:.2f}", one.document_count) for one in page),
    )


def document_hits(page: Page[DocumentHit]) -> RenderableType:
    return rows(
        ("SCORE", "DOCUMENT", "TEXT"),
        (
            (f"{hit.score:.2f}", f"{hit.document.get('title')}\n{hit.chunk.document}", excerpt(hit.chunk.text, 300))
            for hit in page
        ),
    )


def job_list(page: Page[Job]) -> RenderableType:
    return rows(
        ("ID", "JOB", "STATE"),
        (
            (job.id, f"{job.kind} {job.context_id}/{job.subject}", f"{job.state} {job_progress(job) or ''}".strip())
            for job in page
        ),
    )


def job_sheet(job: Job) -> RenderableType:
    sheet = fields(
        {
            "id": job.id,
            "Context": job.context_id,
            "kind": job.kind,
            "subject": job.subject,
            "state": job.state,
            "stage": job.stage,
            "progress": job_progress(job),
            "attempts": f"{job.attempts} of {job.max_attempts}" if job.max_attempts else job.attempts,
            "worker": job.worker,
            "created": job.created_at,
            "started": job.started_at,
            "finished": job.finished_at,
            "runs after": job.run_after if job.state in {"queued", "retrying"} else None,
        }
    )
    return Group(sheet, fields({"error": job.error})) if job.error else sheet


def job_progress(job: Job) -> str | None:
    done, total = job.progress.get("done"), job.progress.get("total")
    return f"{done or 0}/{total}" if total else job.stage
