"""JSON as the server reads it: nothing that two readers could take for different things, or that cannot be kept."""

import json
import math
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from fastapi import Request

from server.core.errors import UnsupportedMediaTypeError, ValidationError

MAX_DEPTH = 64
SMALLEST, LARGEST = -(2**63), 2**63 - 1
SURROGATE = re.compile("[\ud800-\udfff]")
TOO_DEEP = f"The body is nested deeper than {MAX_DEPTH} levels; flatten it."


class StrictRequest(Request):
    """A request whose JSON body is read once, and strictly."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = read(await self.body())
        return self._json

    async def require_json(self) -> None:
        """Refuse a body that is there but is no JSON."""
        if "transfer-encoding" not in self.headers and self.headers.get("content-length", "0") == "0":
            return
        media_type, *parameters = (part.strip().lower() for part in self.headers.get("content-type", "").split(";"))
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise UnsupportedMediaTypeError(
                f"{media_type[:80] or 'A body without a content type'} cannot be read here; "
                "send `Content-Type: application/json`."
            )
        charset = next((one.partition("=")[2].strip('"') for one in parameters if one.startswith("charset=")), "utf-8")
        if charset not in {"utf-8", "utf8", "us-ascii"}:
            raise UnsupportedMediaTypeError(f"JSON in {charset[:80]} cannot be read here; send it in UTF-8.")
        if await self.body():
            await self.json()


def read(body: bytes) -> Any:
    """The value, or a `ValidationError` that says where the body goes wrong."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise ValidationError(f"The body is not UTF-8 at byte {error.start}.") from error
    except json.JSONDecodeError as error:
        raise ValidationError(
            f"The body is not valid JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError:
        raise ValidationError(TOO_DEEP) from None
    except ValueError as error:
        raise ValidationError("The body holds a number of too many digits.") from error
    _check(value)
    return value


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValidationError(f"The body names {name[:80]!r} twice in one object; name it once.")
        found[name] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise ValidationError(f"The body holds {name}, which is no number in JSON.")


def _check(document: Any) -> None:
    waiting: list[tuple[Any, int]] = [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise ValidationError(TOO_DEEP)
        match value:
            case str():
                _check_text(value)
            case int() if not SMALLEST <= value <= LARGEST:
                raise ValidationError("The body holds a whole number that does not fit into 64 bits.")
            case float() if not math.isfinite(value):
                raise ValidationError("The body holds a number that is too large.")
            case list():
                waiting.extend((item, depth + 1) for item in value)
            case dict():
                for name, item in value.items():
                    _check_text(name)
                    waiting.append((item, depth + 1))


def _check_text(text: str) -> None:
    if "\0" in text:
        raise ValidationError("The body holds a NUL character (\\u0000); leave it out.")
    if not text.isascii() and SURROGATE.search(text):
        raise ValidationError("The body holds half of a surrogate pair (\\ud800 to \\udfff alone), which is no text.")
