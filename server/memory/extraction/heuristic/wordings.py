"""The wordings by which people hedge, repeat hearsay, make things up, joke, or point out that they mean it."""

from server.memory.extraction.heuristic.patterns import any_of, any_word, opening, phrase

_FICTIONS = any_word("novel story book game dream film movie play series campaign screenplay script scenario fantasy")
_AGES = any_word("kid child boy girl teenager teen little young small baby five six seven eight nine ten younger")

STATED = opening(
    "so and but well ok okay now please also oh hey hi hello just yes no quick btw a one",
    r"(?:by the way (?:, )?)?"
    + any_of(
        "remember|note|fyi|just fyi|keep in mind|bear in mind|do not forget|just so you know|just to let you know",
        "for the record|for context|for reference|did i mention|as i (?:said|mentioned)|like i said|i should mention",
        "let me tell you|you should know|i forgot to (?:mention|say)|fun fact|quick intro|correction|update|background",
        "i do not know if i mentioned|not sure if i mentioned|i may have mentioned|the (?:thing|truth|fact) is",
        "turns out|it turns out",
    )
    + r"(?: that| but)?(?: [,:])?",
)
"""In front of what is stated all the same."""

TELLING = opening(
    "so and but well ok okay oh hey hi",
    r"(?:did you know|can you believe|guess what|would you believe|you will never guess)(?: that)?(?: [,?:])?",
)
"""A question that asks nothing: what follows is told."""

HEDGING = phrase(
    "as far as i know|as far as i can tell|afaik|iirc|if memory serves|to (?:the best of )?my knowledge",
    r"if i (?:remember|recall|am not mistaken)(?: correctly| right(?:ly)?)?",
    r"(?:i am )?not (?:\w+ )?(?:sure|certain|100|positive)",
    "i am (?:pretty|fairly|quite|almost|reasonably) (?:sure|certain)",
    "i (?:could|may|might) be wrong|do not quote me|or something(?: like that)?$|or so$|i am under the impression",
    "it (?:seems|appears|looks|sounds)(?: like| as if| that| to me)?|there 's a chance|chances are|i have a feeling",
    "no idea (?:if|whether)|i am guessing",
)
HEARSAY = phrase(
    "rumou?r has it|rumou?rs? (?:are|is|say|says)|word is|word has it|there 's a rumou?r|they say|people say",
    "legend has it",
    "i (?:have )?heard|i hear|i was told|i am told|i (?:have )?read (?:that|somewhere)|according to|the story goes",
)
UNMEANT_ANYWHERE = phrase(
    "just kidding|jk|j/k|kidding|just joking|joking|not really lol|/s|yeah right|as if|in my dreams|said no one ever",
    "(?:queen|king) of england|the pope|hypothetically|theoretically",
)
UNMEANT_OPENING = opening(
    "so and but well ok okay now then just please also oh",
    "if|unless|imagine|suppose|supposing|assuming|assume|pretend|picture|let 's (?:say|pretend|assume|imagine)|say i",
    rf"what if|as if|(?:when|while) i (?:was|were) (?:a |an )?(?:\w+ )?{_AGES}|once upon a time",
    rf"in (?:my|the|this|our|a|her|his) (?:\w+ )?{_FICTIONS}|as my \w+ (?:used to say|always says?|would say)",
    "(?:my|the|his|her) (?:main )?(?:character|protagonist|hero|avatar|villain)",
    "(?:great|joy|wonderful|fantastic|brilliant|perfect|lovely) , (?:i|just|another|now)",
    r"i wish|if only|would that|act as|you are|roleplay|role-play|for example|e\.g\.",
)
SARCASM = phrase(
    any_word("just absolutely really so") + r" (?:love|adore|enjoy) (?:being|getting|having|waiting|it when|how|when)",
)
TAKING_BACK = opening(
    "lol haha no",
    r"(?:just (?:kidding|joking)|jk|kidding|(?:i )?was (?:just )?joking|lol no|not really|gotcha)[\s\W]{0,9}$",
)
