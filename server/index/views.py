"""The rows that a caller may see, and what they amount to, kept until the shelf changes."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from server.core.visibility import Visibility
from server.index.postings import Mask, Numbers
from server.index.search import EVERYTHING, Filter
from server.index.shelf import Rows, Shelf

KEPT = 64


def rows_of(mask: Mask) -> Rows:
    return np.flatnonzero(mask).astype(np.int32)


def distinct(rows: Rows) -> Rows:
    """Each of these once, ascending; several times as fast as asking for what is unique."""
    ordered = np.sort(rows, axis=None)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


@dataclass(frozen=True)
class View:
    """The visible rows of a shelf at one moment, with the length and the group of every row."""

    mask: Mask
    lengths: Numbers
    groups: Numbers

    @cached_property
    def rows(self) -> Rows:
        return rows_of(self.mask)

    @cached_property
    def count(self) -> int:
        return len(self.rows)

    @cached_property
    def mean_length(self) -> float:
        return float(self.lengths[self.rows].mean()) if self.count else 0.0

    @cached_property
    def group_lengths(self) -> npt.NDArray[np.float64]:
        """The terms in each group, counting visible rows alone."""
        lengths = self.lengths[self.rows].astype(np.float64)
        return np.asarray(np.bincount(self.groups[self.rows], lengths), dtype=np.float64)

    @cached_property
    def mean_group_length(self) -> float:
        visible = np.bincount(self.groups[self.rows]) > 0
        return float(self.group_lengths[visible].mean()) if self.count else 0.0


class Views:
    """Makes views of one shelf; a view costs a pass over the rows, so the last ones are kept while nothing changes."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._allowed: OrderedDict[Visibility, Mask] = OrderedDict()
        self._views: dict[Visibility, View] = {}
        self._generation = -1

    def of(self, visibility: Visibility) -> View:
        shelf = self._shelf
        if self._generation != shelf.generation:
            self._views, self._generation = {}, shelf.generation
        view = self._views.get(visibility)
        if view is None:
            alive, scopes, lengths, groups = (
                shelf.rows[name][: shelf.filled] for name in ("alive", "scope", "length", "of")
            )
            view = View(alive & self._allowed_scopes(visibility)[scopes], lengths, groups)
            if len(self._views) == KEPT:
                self._views.pop(next(iter(self._views)))
            self._views[visibility] = view
        return view

    def matching(self, view: View, where: Filter) -> Mask:
        """The rows of a view that a filter leaves."""
        if where == EVERYTHING:
            return view.mask
        shelf, count = self._shelf, len(view.mask)
        mask = view.mask.copy()
        if where.labels:
            holding = np.array([where.labels <= labels for labels in shelf.labels], dtype=np.bool_)
            mask &= holding[shelf.rows["labels"][:count]]
        if where.of is not None:
            groups = [number for name in where.of if (number := shelf.groups.find(name)) is not None]
            mask &= np.isin(view.groups, groups)
        said_at, created_at = (shelf.rows[name][:count] for name in ("said_at", "created_at"))
        if where.said_from:
            mask &= said_at >= where.said_from.timestamp()
        if where.said_until:
            mask &= said_at < where.said_until.timestamp()
        if where.said_by:
            mask &= said_at <= where.said_by.timestamp()
        if where.known_by:
            mask &= created_at <= where.known_by.timestamp()
        return mask

    def _allowed_scopes(self, visibility: Visibility) -> Mask:
        """For each scope on the shelf whether it is visible; asked once for each, as new ones come."""
        known = self._allowed.pop(visibility, np.zeros(0, dtype=np.bool_))
        scopes = self._shelf.scopes
        new = [visibility.admits(scopes[number]) for number in range(len(known), len(scopes))]
        allowed = np.append(known, new).astype(np.bool_)
        self._allowed[visibility] = allowed
        if len(self._allowed) > KEPT:
            self._allowed.popitem(last=False)
        return allowed
