"""Which language a text is in, as far as it changes the shape of letters and where lines break.

Chinese, Japanese and Korean share code points, but write many of them differently; the font has all the shapes.
"""

import regex

_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HANGUL = regex.compile(r"\p{Hangul}")
_THAI = regex.compile(r"\p{Thai}")
_HAN = regex.compile(r"\p{Han}")


def language_of(text: str) -> str:
    """A BCP 47 tag. Chinese is simplified unless a character says otherwise."""
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    if _THAI.search(text):
        return "th"
    han = _HAN.findall(text)
    if any(not _is_in(character, "gb2312") and _is_in(character, "big5") for character in han):
        return "zh-hant"
    return "zh-hans" if han else "und"


def _is_in(character: str, charset: str) -> bool:
    """Whether the character is in what mainland China (GB 2312) or Taiwan (Big5) has in daily use."""
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
