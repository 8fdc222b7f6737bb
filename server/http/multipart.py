"""Uploads: a bounded multipart form whose file never stands in memory as a whole."""

import json
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from server.core.errors import (
    PayloadTooLargeError,
    UnavailableError,
    UnsupportedMediaTypeError,
    ValidationError,
)

FORM_OVERHEAD = 64 * 1024
MIB = 1024 * 1024
MAX_FIELDS = 20
MAX_TEXT_LENGTH = 1024


@dataclass(frozen=True)
class Form:
    """A file and the fields beside it; those of a `metadata` field that mean something are among them."""

    file: UploadFile
    title: str | None
    source: str | None
    scope: object
    metadata: Mapping[str, Any]


class Parser(MultiPartParser):
    """Takes the part named `file` as a file even where its sender knows no name for it."""

    def on_headers_finished(self) -> None:
        part = self._current_part
        _, options = parse_options_header(part.content_disposition)
        if part.content_disposition and options.get(b"name") == b"file" and b"filename" not in options:
            part.content_disposition += b'; filename=""'
        super().on_headers_finished()


@asynccontextmanager
async def read_form(request: Request, max_mb: int) -> AsyncIterator[Form]:
    """The form of an upload, whose file is closed with the block."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise UnsupportedMediaTypeError("Send the document as `multipart/form-data` with a part named `file`.")
    try:
        async with aclosing(_bounded(request, max_mb).stream()) as stream:
            parts = await Parser(request.headers, stream, max_files=1, max_fields=MAX_FIELDS).parse()
    except MultiPartException as error:
        raise ValidationError("The form cannot be read; send it as `multipart/form-data` with a boundary.") from error
    except OSError as error:
        raise UnavailableError(f"The upload could not be buffered on this machine: {error.strerror}.") from error
    try:
        yield _form(parts)
    finally:
        await parts.close()


def _form(parts: FormData) -> Form:
    file = parts.get("file")
    if not isinstance(file, UploadFile):
        raise ValidationError("The form has no part named `file` with a file in it.")
    fields = {name: value for name, value in parts.items() if isinstance(value, str)}
    described = _object(fields.get("metadata"))
    scope = next((one for one in (fields.get("scope"), fields.get("scopes")) if one), None)
    return Form(
        file=file,
        title=_text(fields.get("title") or described.pop("title", None), "title"),
        source=_text(fields.get("source") or described.pop("source", None), "source"),
        scope=_scope(scope) if scope else described.pop("scopes", described.pop("scope", None)),
        metadata=described,
    )


def _bounded(request: Request, max_mb: int) -> Request:
    limit = max_mb * MIB + FORM_OVERHEAD
    too_large = PayloadTooLargeError(
        f"This Context takes documents of at most {max_mb} MB; see ingestion.max_upload_mb."
    )
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise too_large
    taken = 0

    async def counted() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise too_large
        return message

    return Request(request.scope, counted)


def _object(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValidationError("The field `metadata` must be a JSON object.") from error
    if not isinstance(document, dict):
        raise ValidationError("The field `metadata` must be a JSON object.")
    return document


def _scope(text: str) -> object:
    """A scope in JSON or as `org=acme,user=alice` or a path."""
    if text[:1] in "[{":
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValidationError("The field `scope` is neither JSON nor `key=value`.") from error
    return text.split(",")


def _text(value: object, name: str) -> str | None:
    if value is None or (isinstance(value, str) and len(value) <= MAX_TEXT_LENGTH):
        return value or None
    raise ValidationError(f"The field `{name}` must be text of at most {MAX_TEXT_LENGTH} characters.")
