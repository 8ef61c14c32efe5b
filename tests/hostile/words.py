"""Prompts as hostile members write them, and what must be true of every line that shows them."""

import re
import unicodedata
from collections.abc import Mapping

from tests.unit.test_words import unescaped

MARKS = "".join(map(chr, (0x300, 0x301, 0x323, 0x335, 0x489, 0x363)))
NASTY: Mapping[str, str] = {
    "control characters": "a\x00 red\x07 fox\x1b[2J in\x7f the\x85 snow\x9b31m\x08\x08",
    "colours of a terminal": "```ansi\n\x1b[1;31mADMIN\x1b[0m: your account\n```",
    "zero width": "a\u200b red\u2060\ufeff fox\u200e\u200f\u00ad\u180e in\u2063 the snow",
    "zalgo": "".join(letter + MARKS * 4 for letter in "a red fox"),
    "4,000 emoji": "🦊" * 4000,
    "500 families": "👩\u200d👩\u200d👧\u200d👦" * 500,
    "links": "[free nitro](https://evil.test/a) <https://evil.test> https://evil.test steam://run [x]: http://e.test",
    "mentions": "@everyone @here <@{member}> <@!{member}> <@&{role}> <#{channel}> </imagine:1> <id:guide> <t:1:R>",
    "formatting": "# loud\n> quote\n>>> all\n- list\n1. one\n-# small **b** _i_ __u__ ~~s~~ ||hidden|| `code` ```block",
    "escapes": "\\*\\_\\`\\|\\\\" * 300,
    "right to left": "\u202ekcatta\u202c \u2067\u2066 שלום مرحبا \u2069\u2069\u2069 (admin)",
    "line ends": "a\r\nb\u2028c\u2029d\x0be\x0cf\x85g" + "\n" * 500 + "z",
    "half a pair": "a \ud800 red \udfff fox",
    "what programs trip over": "{0} %s %n ${x} '; DROP TABLE requests; -- ../../etc/passwd <script> \\u0000",
}
# What is not seen but felt: controls, directions, zero widths. The isolates around words from right to left are ours.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2067\ufeff\ud800-\udfff]")


def is_harmless(line: str) -> bool:
    """Nothing formats, links, mentions, reorders, hides or climbs."""
    left = unescaped(line)
    return not (set("\\*_~`|<>[]()#@") & set(left) or UNSEEN.search(line) or "://" in left or _climbs(line))


def _climbs(line: str) -> bool:
    marks = 0
    for character in line:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks > 3:
            return True
    return False
