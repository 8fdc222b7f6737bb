"""Standing directives to the agent: always, never, from now on, call me, keep your answers short."""

import re
from collections.abc import Iterable

from server.memory.extraction.diff import EntityRef, Instruction
from server.memory.extraction.heuristic.findings import Findings
from server.memory.extraction.heuristic.line import Line
from server.memory.extraction.heuristic.patterns import any_of, any_word

LABEL_WORDS = 6


_POLITE = any_of(
    "and|so|but|ok|okay|also|oh|hey|well|now|thanks|please|kindly|just|btw|by the way",
    "one more thing|remember|note|important|yes|no|whatever you do",
)
_START = rf"^(?:{_POLITE} (?:[,:!] )?)*"
_ASKING = any_of(
    r"(?:can|could|would|will) you (?:please |kindly )?",
    r"(?:i would|i) (?:like|want|need|prefer|love|expect) (?:for )?you to ",
    r"you (?:should|must|need to|have to|are to) ",
    r"(?:please )?(?:make sure|be sure|remember|take care|ensure|try)(?: that)?(?: you| to)+ ",
    r"i would (?:prefer|appreciate)(?: it)? (?:that|if) you ",
)
_FROM_NOW_ON = any_of(
    r"from now on|from here on(?: out| in)?|from today(?: on)?|going forward|moving forward",
    r"in (?:the )?future|henceforth|by default|at all times",
)
_EVERY_TIME = any_of("every (?:single )?time", "each time", "at all times")
_OCCASION = any_of(
    r"whenever (?:i|we)|every time (?:i|we)|each time (?:i|we)|any ?time (?:i|we)",
    r"unless (?:i|we) (?:say|ask|tell)|if i (?:ask|say|mention|type|write|send|ever)",
    r"when (?:i|we|asked|answering|writing|replying|responding|talking|giving|listing|showing|explaining)",
    r"when (?:summari[sz]ing|coding|translating)",
)
_STYLE = any_of(
    r"answers?|repl(?:y|ies)|responses?|tone|emojis?|emoticons|bullet points?|bullets|lists?|markdown",
    r"units?|metric|imperial|celsius|fahrenheit|jargon|language|(?:in)?formal(?:ly)?|casual(?:ly)?|concise(?:ly)?",
    r"brief(?:ly)?|short|lowercase|uppercase|caps|exclamation marks?|small talk|apologi[sz]\w*|disclaimers?",
    r"sources?|citations?|examples?|step by step|sentences?|paragraphs?|words|headings?|tables?|code blocks?",
    r"comments?|24-hour|abbreviations?|slang|sarcasm|swear\w*|hedging|flattery|compliments?|explanations?",
    r"simple|simply|in detail|detailed|plain|sugar-?coat\w*|suggestions?|recommendations?|british|american",
    "spelling|pronouns|charts?|dates|numbers|prices|amounts|currenc(?:y|ies)",
)
_DIRECTIVE = any_word(
    "use keep make be stay avoid stop quit give include omit skip write answer reply respond speak talk format "
    "limit add start end begin sign cite explain show ask mention suggest recommend assume treat address refer "
    "prefer spell put provide summarize summarise remind check double double-check confirm tell call say send share "
    "offer list translate propose default round convert quote repeat apologise apologize book schedule run test "
    "review document save warn alert notify return follow consider read verify validate sort order group "
    "highlight prioritise prioritize focus choose pick log commit push deploy delete remove touch change modify "
    "edit update create open close pay charge buy sell transfer disclose reveal discuss spoil interrupt correct "
    "challenge greet message text email turn switch guess invent link attach copy cc tag label calculate "
    "estimate justify reference trust leave look search wait"
)
_FORBIDDEN = any_word(
    "use using give giving add adding start starting end ending suggest suggesting recommend recommending mention "
    "mentioning call calling ask asking assume assuming apologise apologize apologising apologizing repeat repeating "
    "send sending share sharing bring bringing include including lecture lecturing patronise patronize sugarcoat "
    "sugar-coat tell telling offer offering remind reminding write writing answer reply respond speak talk propose "
    "proposing schedule scheduling book booking show showing summarise summarize contact contacting email emailing "
    "say saying"
)
_FOLLOWED_BY = any_of(
    r"me|it|to me|with|in|your|all|the|any|using|only|more|less|a bit|being|so|too|up|giving|adding|starting|ending",
    r"saying|calling|sending|suggesting|recommending|mentioning|asking",
)
_CHAT = (
    r"(?:give up|mind|say never|forget (?:that|how|to)|fear|worry|hesitate|lose|quit on|stop (?:believing|dreaming))"
)
_EMPHASIS = r"(?:please |always |never |just |do not |you (?:should|must) |make sure )"
_FORBIDDING = "(?:do not|no need to|you do not need to|quit|stop)"
_CALLING_LATER = "(?:at|on|back|later|tomorrow|when|if|tonight|in|asap|today|an?)"
_OUTPUT = "(?:answers|replies|responses|explanations|output|results|summaries)"
_OPTIONAL = rf"{_ASKING}?(?:please )?(?:do not )?"

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_START}{_ASKING}?(?:always|never|do not ever|under no circumstances|only ever) (?!{_CHAT}){_DIRECTIVE}\b",
        rf"{_START}{_ASKING}(?:please )?(?:always|never) ",
        rf"{_START}{_FROM_NOW_ON}\b(?! (?:, )?(?:i|we|he|she|they|it|my|our|his|her|the \w+ (?:is|was))\b)",
        rf"{_START}{_OPTIONAL}{_DIRECTIVE}\b.* {any_of(_FROM_NOW_ON, _EVERY_TIME)}\W*$",
        rf"{_START}{_OCCASION} .*?, {_EMPHASIS}*{_DIRECTIVE}\b",
        rf"{_START}{_OPTIONAL}{_DIRECTIVE}\b.* (?:whenever i|every time|each time|unless i (?:say|ask|tell)) ",
        rf"{_START}{_OPTIONAL}(?:call|address) (?:me|us)\b(?! {_CALLING_LATER}\b)",
        rf"{_START}{_OPTIONAL}refer to \w+(?: \w+){{0,3}} as ",
        rf"{_START}{_ASKING}?(?:{_DIRECTIVE}|drop|sound|kept)\b(?: {_FOLLOWED_BY})* (?:\S+ ){{0,4}}{_STYLE}\b",
        rf"{_START}{_FORBIDDING} (?:ever )?{_FORBIDDEN}\b(?! (?:up|in)\b| (?:it|that|this) (?:yet|now)\b)",
        rf"{_START}(?:answer|reply|respond|speak|talk|write)(?: to)?(?: me)?(?: only)? (?:with|in|like|as|using)\b",
        rf"{_START}no (?:\w+ )?{_STYLE}\b",
        rf"{_START}{_STYLE} only\b",
        rf"{_START}(?:you (?:can|may)|feel free to) (?:just )?call me (?!{_CALLING_LATER}\b)",
        rf"{_START}i would (?:prefer|like|rather|appreciate)(?: it)?(?: if)?(?: that)? you called me ",
        rf"{_START}i (?:want|prefer|need|would like) (?:all |your |the )*{_OUTPUT} (?:in|to be|as|with) ",
        rf"{_START}i (?:would )?(?:prefer|want|like) (?:\w+ ){{0,3}}{_OUTPUT}\b",
        rf"{_START}(?:for|in) (?:all |any )?future \w+ ,? ?{_EMPHASIS}*{_DIRECTIVE}\b",
        rf"[,:;] (?:so |and )?(?:please )?(?:always|never) (?!{_CHAT}){_DIRECTIVE}\b",
        rf"{_START}when i say .{{1,60}} i mean ",
    )
)
_REQUEST = re.compile(rf"{_START}{_ASKING}")
_ONE_OFF = re.compile(
    rf"^{_ASKING}?(?:please )?(?:write|draft|compose|create|generate|translate|summari[sz]e|remind|show|tell|give|"
    r"find|book|send|add|explain|list|make|read|check|say|include|let|do|run)\b(?: (?:me|us|it))? "
    r"(?:an? |this |that |these |the following|it |know)"
)
_STANDING = re.compile(rf"\b{any_of('always', 'never', 'whenever', _EVERY_TIME, _FROM_NOW_ON)}\b")
_NICKNAME = re.compile(r"(?<!not )(?<!never )(?<!ever )(?:called|call|address) (?:me|us)(?: as)? ")
_NOT_NAMES = frozenset({"by", "formally", "informally", "politely", "directly", "with", "whatever", "anything", "when"})


def instruction_in(line: Line) -> Instruction | None:
    """The directive of a sentence that tells the agent how to behave from here on."""
    joined = " ".join(line.lowers)
    asks = "?" in line.text[-2:] and not _REQUEST.match(joined)
    if asks or not any(pattern.search(joined) for pattern in _PATTERNS):
        return None
    if _ONE_OFF.match(joined) and not _STANDING.search(joined):
        return None
    description = line.text.strip().rstrip(".!,; ")
    return Instruction(_label(line.lowers), description[:1].upper() + description[1:])


def _label(lowers: Iterable[str]) -> str:
    words = [word for word in lowers if word[:1].isalnum() and word not in {"please", "thanks"}]
    return "-".join(words[:LABEL_WORDS])


def nickname_in(line: Line, user: EntityRef, findings: Findings) -> None:
    """`call me Lexi` is a name as well as a directive."""
    joined = " ".join(line.lowers)
    match = _NICKNAME.search(joined)
    if match is None:
        return
    at = joined.count(" ", 0, match.end())
    mention = line.mention_from(at)
    if mention is not None:
        findings.attribute(user, "nickname", mention.name)
    elif at < len(line) and line.word(at) not in _NOT_NAMES and _closes(line, at + 1):
        findings.attribute(user, "nickname", line.tokens[at].text)


def _closes(line: Line, i: int) -> bool:
    return i >= len(line) or line.tokens[i].kind == "mark"
