"""Numbers as lines of blocks."""

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None], width: int, highest: float | None = None, *, wide: int = 1) -> str:
    """The last `width` values, as shares of the highest of them or of the one given; an unknown one is a dot.

    Each of them is drawn `wide` blocks wide.
    """
    shown = list(values)[-width:]
    if highest is None:
        highest = max((value for value in shown if value is not None), default=0.0)
    return "".join(("·" if value is None else _block(value, highest)) * wide for value in shown).rjust(width * wide)


def meter(part: float, whole: float | None, width: int) -> str:
    """How much of the whole is used; without a whole there is nothing to fill."""
    if not whole:
        return "no limit".ljust(width)
    share = max(0.0, min(1.0, part / whole))
    full = round(share * width)
    return "█" * full + "░" * (width - full)


def _block(value: float, highest: float) -> str:
    if highest <= 0 or value <= 0:
        return BLOCKS[0]
    return BLOCKS[min(len(BLOCKS) - 1, int(value / highest * (len(BLOCKS) - 1) + 0.5))]
