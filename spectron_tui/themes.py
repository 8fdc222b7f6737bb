"""Dark, light and high contrast."""

from textual.theme import Theme

THEMES = (
    Theme(
        "spectron-dark",
        primary="#7aa2f7",
        accent="#bb9af7",
        warning="#e0af68",
        error="#f7768e",
        success="#9ece6a",
        background="#16161e",
        surface="#1a1b26",
        panel="#292e42",
        foreground="#c0caf5",
        dark=True,
    ),
    Theme(
        "spectron-light",
        primary="#2e5bb8",
        accent="#7847bd",
        warning="#8f5e15",
        error="#b3261e",
        success="#386a20",
        background="#f6f6f2",
        surface="#ececea",
        panel="#dcdcd4",
        foreground="#1c1c1c",
        dark=False,
    ),
    Theme(
        "spectron-contrast",
        primary="#ffffff",
        accent="#ffff00",
        warning="#ffff00",
        error="#ff6060",
        success="#60ff60",
        background="#000000",
        surface="#000000",
        panel="#303030",
        foreground="#ffffff",
        dark=True,
    ),
)
