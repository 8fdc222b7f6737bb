"""Which language a text is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.documents.language import SAMPLE, detect
from server.documents.stopwords import STOP_WORDS

TEXTS = {
    "en": "The ship left the harbour in the morning, and nobody on board knew when it would return to the town.",
    "de": "Das Schiff verließ am Morgen den Hafen, und niemand an Bord wusste, wann es in die Stadt zurückkehrt.",
    "fr": "Le bateau a quitté le port dans la matinée, et personne à bord ne savait quand il serait de retour.",
    "es": "El barco salió del puerto por la mañana y nadie a bordo sabía cuándo iba a volver a la ciudad.",
    "it": "La nave ha lasciato il porto di mattina e nessuno a bordo sapeva quando sarebbe tornata nella città.",
    "pt": "O navio deixou o porto pela manhã e ninguém a bordo sabia quando ele voltaria para a cidade.",
    "nl": "Het schip verliet de haven in de ochtend en niemand aan boord wist wanneer het naar de stad zou gaan.",
    "sv": "Fartyget lämnade hamnen på morgonen och ingen ombord visste när det skulle komma tillbaka till staden.",
    "da": "Skibet forlod havnen om morgenen, og ingen om bord vidste, hvornår det ville komme tilbage til byen.",
    "pl": "Statek opuścił port rano i nikt na pokładzie nie wiedział, kiedy powróci do miasta.",
    "ru": "Корабль вышел из порта утром, и никто на борту не знал, когда он вернётся в город.",
    "uk": "Корабель вийшов із порту вранці, і ніхто на борту не знав, коли він повернеться до міста.",  # noqa: RUF001 - letters of that script
    "el": "Το πλοίο έφυγε από το λιμάνι το πρωί και κανείς δεν ήξερε πότε θα γυρίσει.",  # noqa: RUF001 - letters of that script
    "he": "הספינה עזבה את הנמל בבוקר ואיש לא ידע מתי תחזור לעיר.",
    "ar": "غادرت السفينة الميناء في الصباح ولم يكن أحد يعلم متى ستعود إلى المدينة.",
    "fa": "کشتی صبح بندر را ترک کرد و هیچ‌کس نمی‌دانست که چه زمانی به شهر برمی‌گردد.",
    "hi": "जहाज सुबह बंदरगाह से निकला और किसी को नहीं पता था कि वह कब लौटेगा।",
    "th": "เรือออกจากท่าเรือในตอนเช้าและไม่มีใครรู้ว่าจะกลับมาเมื่อใด",
    "ko": "배는 아침에 항구를 떠났고 아무도 언제 돌아올지 몰랐다.",
    "ja": "船は朝に港を出て、いつ町に戻るのか誰も知らなかった。",
    "zh": "船早上离开了港口，没有人知道它什么时候会回到城里。",  # noqa: RUF001 - letters of that script
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_suffices(language: str) -> None:
    assert detect(TEXTS[language]) == language


@pytest.mark.parametrize("text", ["", " ", "42", "...", "Hi", "x = y[0]", "lorem ipsum dolor amet consectetur elit"])
def test_what_is_not_clear_stays_open(text: str) -> None:
    assert detect(text) is None


def test_most_of_the_text_decides() -> None:
    assert detect(TEXTS["de"] * 3 + TEXTS["en"]) == "de"
    assert detect(TEXTS["en"] * 3 + TEXTS["ja"]) == "en"


def test_a_long_text_is_judged_by_a_sample_that_is_not_its_beginning_alone() -> None:
    assert detect("1. 2. 3. " * SAMPLE + TEXTS["fr"] * 3000) == "fr"


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert detect(text) in {None, *TEXTS}


@pytest.mark.parametrize("language", STOP_WORDS)
def test_small_words_are_written_as_they_are_looked_up(language: str) -> None:
    assert len(STOP_WORDS[language]) > 80
    assert all(word == word.casefold() for word in STOP_WORDS[language])
