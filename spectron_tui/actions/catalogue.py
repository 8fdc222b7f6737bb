"""Every action, by area, in the order of the footer and the help."""

from spectron_tui.actions.action import Action, Area, Confirmation

EVERYWHERE = (
    Action("go.overview", Area.EVERYWHERE, ("1",), "Overview", "Go to the deployment at a glance.", in_footer=False),
    Action("go.contexts", Area.EVERYWHERE, ("2",), "Contexts", "Go to the table of Contexts.", in_footer=False),
    Action("go.ingestion", Area.EVERYWHERE, ("3",), "Ingestion", "Go to documents and jobs.", in_footer=False),
    Action("go.traces", Area.EVERYWHERE, ("4",), "Traces", "Go to what was asked and written.", in_footer=False),
    Action("go.retention", Area.EVERYWHERE, ("5",), "Retention", "Go to what is kept for how long.", in_footer=False),
    Action("go.backups", Area.EVERYWHERE, ("6",), "Backups", "Go to backup sets and drills.", in_footer=False),
    Action("go.runbooks", Area.EVERYWHERE, ("7",), "Runbooks", "Go to what to do in an incident.", in_footer=False),
    Action("app.help", Area.EVERYWHERE, ("question_mark",), "Help", "Show every key that works here."),
    Action("app.palette", Area.EVERYWHERE, ("ctrl+p",), "Commands", "Find what can be done here.", in_footer=False),
    Action("app.refresh", Area.EVERYWHERE, ("r",), "Refresh", "Ask the server now.", in_footer=False),
    Action("app.pause", Area.EVERYWHERE, ("p",), "Pause", "Stop asking the server, or go on.", in_footer=False),
    Action("app.context", Area.EVERYWHERE, ("ctrl+k",), "Context", "Choose the Context to look at.", in_footer=False),
    Action("app.server", Area.EVERYWHERE, ("ctrl+o",), "Server", "Choose the server, by profile.", in_footer=False),
    Action("app.theme", Area.EVERYWHERE, ("ctrl+t",), "Theme", "Next of dark, light, high contrast.", in_footer=False),
    Action("app.back", Area.EVERYWHERE, ("escape",), "Back", "Close what is open, or go back.", in_footer=False),
    Action("app.suspend", Area.EVERYWHERE, ("ctrl+z",), "Suspend", "Go back to the shell until `fg`.", in_footer=False),
    Action("app.quit", Area.EVERYWHERE, ("q",), "Quit", "Leave the dashboard; the server goes on."),
)

REPLAY = (
    Action("replay.back", Area.REPLAY, ("comma",), "Back 10 s", "Show the recording ten seconds earlier."),
    Action("replay.forward", Area.REPLAY, ("full_stop",), "On 10 s", "Show the recording ten seconds later."),
    Action(
        "replay.far-back",
        Area.REPLAY,
        ("less_than_sign",),
        "Back 1 min",
        "Show the recording a minute earlier.",
        in_footer=False,
    ),
    Action(
        "replay.far-forward",
        Area.REPLAY,
        ("greater_than_sign",),
        "On 1 min",
        "Show the recording a minute later.",
        in_footer=False,
    ),
)

TABLE = (
    Action("table.filter", Area.TABLE, ("slash",), "Filter", "Show the rows that hold some words."),
    Action("table.sort", Area.TABLE, ("s",), "Sort", "Sort by the next column."),
    Action("table.reverse", Area.TABLE, ("S",), "Reverse", "Sort the other way round.", in_footer=False),
    Action("table.mark", Area.TABLE, ("space",), "Mark", "Mark or unmark the row.", in_footer=False),
    Action("table.copy-id", Area.TABLE, ("y",), "Copy id", "Copy the ids of the marked rows."),
    Action("table.copy-json", Area.TABLE, ("Y",), "Copy JSON", "Copy the marked rows as JSON.", in_footer=False),
    Action("table.copy-text", Area.TABLE, ("T",), "Copy text", "Copy the marked rows as text.", in_footer=False),
    Action("table.columns", Area.TABLE, ("C",), "Columns", "Choose which columns are shown.", in_footer=False),
    Action("table.export-csv", Area.TABLE, ("v",), "Export CSV", "Write the shown rows to a file.", in_footer=False),
    Action("table.export-json", Area.TABLE, ("V",), "Export JSON", "Write the shown rows to a file.", in_footer=False),
)

OVERVIEW = (
    Action("overview.open", Area.OVERVIEW, ("enter",), "Open", "Open the Context of the row."),
    Action("overview.runbook", Area.OVERVIEW, ("w",), "What to do", "Open the runbook of what is wrong."),
)

CONTEXTS = (
    Action("contexts.open", Area.CONTEXTS, ("enter",), "Open", "Show everything about the Context."),
    Action("contexts.create", Area.CONTEXTS, ("n",), "New", "Create a Context with a database of its own.", True),
    Action(
        "contexts.delete",
        Area.CONTEXTS,
        ("d",),
        "Delete",
        "Delete the Context with its database, keys, jobs and objects.",
        True,
        Confirmation.NAME,
    ),
)

CONTEXT = (
    Action("context.edit", Area.CONTEXT, ("e",), "Edit config", "Change values of the Context's own config.", True),
    Action("context.mint", Area.CONTEXT, ("m",), "Mint key", "Create a key; its secret is shown once.", True),
    Action(
        "context.rotate",
        Area.CONTEXT,
        ("o",),
        "Rotate key",
        "Give the key a new secret; the old one is dead at once.",
        True,
        Confirmation.YES,
    ),
    Action(
        "context.revoke",
        Area.CONTEXT,
        ("x",),
        "Revoke key",
        "Make the key unusable and keep it for the audit.",
        True,
        Confirmation.NAME,
    ),
)

INGESTION = (
    Action("ingestion.open", Area.INGESTION, ("enter",), "Open", "Show the chunks and keywords of the document."),
    Action("ingestion.upload", Area.INGESTION, ("u",), "Upload", "Upload a file, or all files of a folder.", True),
    Action("ingestion.retry", Area.INGESTION, ("t",), "Retry", "Process the marked documents once more.", True),
    Action(
        "ingestion.delete",
        Area.INGESTION,
        ("d",),
        "Delete",
        "Delete the document with its chunks, keywords and original.",
        True,
        Confirmation.NAME,
    ),
)

TRACES = (
    Action("traces.open", Area.TRACES, ("enter",), "Open", "Show the candidates, their scores, and what was returned."),
    Action("traces.narrow", Area.TRACES, ("f",), "Narrow", "Ask for one tier, kind, Context or key, or for slow ones."),
    Action("traces.follow", Area.TRACES, ("F",), "Follow", "Keep to the newest trace, or stop.", in_footer=False),
)

TRACE = (
    Action("trace.open", Area.TRACE, ("enter",), "Open", "Open the document or the entity of the line."),
    Action("trace.copy-id", Area.TRACE, ("y",), "Copy id", "Copy the id of the trace."),
    Action("trace.copy-json", Area.TRACE, ("Y",), "Copy JSON", "Copy the trace as JSON."),
)

RETENTION = (
    Action("retention.edit", Area.RETENTION, ("e",), "Edit", "Change the policies and see what that changes."),
    Action("retention.form", Area.RETENTION, ("a",), "Policy", "Fill in one policy as a form, and see its impact."),
    Action(
        "retention.apply",
        Area.RETENTION,
        ("ctrl+s",),
        "Apply",
        "Put the edited policies in force, after a look at what goes.",
        True,
        Confirmation.NAME,
    ),
    Action(
        "retention.sweep",
        Area.RETENTION,
        ("w",),
        "Sweep now",
        "Delete what is due, after a look at what that is.",
        True,
        Confirmation.NAME,
    ),
)

BACKUPS = (
    Action("backups.open", Area.BACKUPS, ("enter",), "Open", "Show what is in the set.", in_footer=False),
    Action("backups.run", Area.BACKUPS, ("b",), "Back up", "Make a set now, of all Contexts or of some.", True),
    Action("backups.verify", Area.BACKUPS, ("c",), "Check", "Read every byte of the set and compare it.", True),
    Action("backups.drill", Area.BACKUPS, ("t",), "Drill", "Restore the set into a throwaway server.", True),
    Action(
        "backups.hold",
        Area.BACKUPS,
        ("h",),
        "Hold",
        "Keep the set from being pruned, or let it go.",
        True,
        Confirmation.YES,
        in_footer=False,
    ),
    Action(
        "backups.prune",
        Area.BACKUPS,
        ("x",),
        "Prune",
        "Delete what need not be kept, after a look at what that is.",
        True,
        Confirmation.NAME,
    ),
    Action("backups.output", Area.BACKUPS, ("o",), "Output", "Show all that the last command said."),
    Action(
        "backups.end",
        Area.BACKUPS,
        ("E",),
        "End",
        "End the command that is at work.",
        True,
        Confirmation.YES,
        in_footer=False,
    ),
)

OUTPUT = (
    Action("output.copy", Area.OUTPUT, ("y",), "Copy", "Copy the command with its output."),
    Action("output.copy-json", Area.OUTPUT, ("Y",), "Copy raw", "Copy standard output as it was written."),
)

RUNBOOKS = (
    Action("runbooks.open", Area.RUNBOOKS, ("enter",), "Open", "Read the page."),
    Action("runbooks.log", Area.RUNBOOKS, ("l",), "Log", "Show what was run, when, and how it ended."),
)

RUNBOOK = (
    Action("runbook.run", Area.RUNBOOK, ("enter",), "Run", "Run the command; one that changes something asks first."),
    Action("runbook.copy", Area.RUNBOOK, ("y",), "Copy", "Copy the command, filled in."),
    Action("runbook.output", Area.RUNBOOK, ("o",), "Output", "Show all that the last command said."),
    Action("runbook.end", Area.RUNBOOK, ("E",), "End", "End the command that is at work.", in_footer=False),
    Action("runbook.log", Area.RUNBOOK, ("l",), "Log", "Show what was run, when, and how it ended."),
)

RUNLOG = (
    Action("runlog.open", Area.RUNLOG, ("enter",), "Output", "Show all that the command said."),
    Action("runlog.note", Area.RUNLOG, ("n",), "Note", "Add a sentence of your own to the timeline."),
    Action("runlog.export", Area.RUNLOG, ("e",), "Export", "Write the timeline to a Markdown and a JSON file."),
)

ACTIONS: tuple[Action, ...] = (
    *EVERYWHERE,
    *REPLAY,
    *TABLE,
    *OVERVIEW,
    *CONTEXTS,
    *CONTEXT,
    *INGESTION,
    *TRACES,
    *TRACE,
    *RETENTION,
    *BACKUPS,
    *OUTPUT,
    *RUNBOOKS,
    *RUNBOOK,
    *RUNLOG,
)
