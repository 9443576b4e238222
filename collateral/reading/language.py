"""Which language a text is written in, or none where that is a guess."""

from __future__ import annotations

from functools import cache
from typing import Any

_FEW_LETTERS = 12
# With so many languages to choose from, chance gives each 2.5 %; word lists and names give less
# than half to any.
_SURE = 0.5
# The languages that collateral is written in. The model knows a hundred more, which it mostly
# sees in lists of names and numbers.
_LANGUAGES = [
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl",
    "sr", "sv", "th", "tr", "uk", "ur", "vi", "zh",
]  # fmt: skip


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the text's language."""
    if sum(char.isalpha() for char in text) < _FEW_LETTERS:
        return None
    language, confidence = identifier().classify(text)
    return str(language) if confidence >= _SURE else None


@cache
def identifier() -> Any:
    """The model, cut down to our languages; a third of its size."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(_LANGUAGES)
    # It would keep the whole table to be able to change its mind.
    model._full_model = (model.nb_ptc, model.nb_pc, model.nb_classes)
    return model
