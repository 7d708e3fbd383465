# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets are found however a service spells them, in time that grows with the text."""

from __future__ import annotations

import base64
import html
import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.error_bodies import read_refusal
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.redaction import (
    HIDDEN,
    LONGEST_LINE,
    MASK,
    find_secret_values,
    hide_options,
    list_spellings,
    make_printable,
    mask_secrets,
)

ODD = "c\u00e4n/a+r<y>&\"'\\%41 \U0001f511=k"


def every_character(spell: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "".join(map(spell, text))


def in_units(text: str) -> str:
    """As JSON may: every character as \\uXXXX."""
    octets = text.encode("utf-16-be")
    return "".join("\\u%04X" % int.from_bytes(octets[place : place + 2], "big") for place in range(0, len(octets), 2))


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON with slashes escaped": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON, not ASCII": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON, all escaped": in_units,
    "JSON, all escaped, small": lambda text: in_units(text).lower().replace("\\U", "\\u"),
    "Python": lambda text: repr(text)[1:-1],
    "Python, bytes": lambda text: repr(text.encode())[2:-1],
    "Python, all bytes": lambda text: "".join("\\x%02x" % octet for octet in text.encode()),
    "Python, all points": every_character(lambda sign: "\\U%08x" % ord(sign)),
    "C, all octal": lambda text: "".join("\\%03o" % octet for octet in text.encode()),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal, large, of a login": lambda text: f"user:{text}".encode().hex().upper(),
    "percent": lambda text: quote(text, safe=""),
    "percent, small": lambda text: _small(quote(text, safe="")),
    "percent, slashes left": quote,
    "percent, all": every_character(lambda sign: "".join("%%%02X" % octet for octet in sign.encode())),
    "form": quote_plus,
    "form, small": lambda text: _small(quote_plus(text)),
    "HTML": html.escape,
    "HTML, quotes left": lambda text: html.escape(text, quote=False),
    "HTML, decimal": every_character(lambda sign: "&#%d;" % ord(sign)),
    "HTML, hexadecimal": every_character(lambda sign: "&#x%X;" % ord(sign)),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[1:-1],
    "JSON in HTML": lambda text: html.escape(json.dumps(text)),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of a login": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(f"a-user:{text}".encode()).decode().rstrip("="),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(f"user:{text}".encode())).decode(),
    "base64 of hexadecimal": lambda text: base64.b64encode(text.encode().hex().encode()).decode(),
    "base64 in a form": lambda text: quote_plus(base64.b64encode(f"me:{text}".encode()).decode()),
}


def _small(text: str) -> str:
    parts = text.split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


@pytest.mark.parametrize("secret", [ODD, "canary-secret-key", "k4y!", "a+b/c d", "last-of-plane-\uffff\U00010000"])
@pytest.mark.parametrize("how", list(SPELLINGS))
def test_a_secret_is_found_in_every_spelling(how: str, secret: str) -> None:
    spelt = SPELLINGS[how](secret)
    cleaned = mask_secrets(f"Said: {spelt} and no more.", ["other-secret", secret])
    assert cleaned.startswith("Said: ") and cleaned.endswith(" and no more.") and MASK in cleaned
    assert spelt not in cleaned and len(cleaned) < len("Said:  and no more.") + len(MASK) + len("&quot;") * 2 + 1


letters = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*"), min_size=4, max_size=12)


@settings(deadline=None, max_examples=200)
@given(secret=letters, around=st.tuples(st.text(max_size=5), st.text(max_size=5)), how=st.sampled_from(sorted(SPELLINGS)))
@example(secret="%41%41", around=("", "%"), how="percent")
@example(secret="\\u0041", around=("\\", ""), how="JSON")
def test_generated_secrets_leave_nothing_behind(secret: str, around: tuple[str, str], how: str) -> None:
    spelt = SPELLINGS[how](secret)
    # what stands beside it may be part of another escape; a space ends those
    assert MASK in mask_secrets(f"{around[0]} {spelt} {around[1]}", [secret])


@pytest.mark.parametrize("case", [str.upper, str.lower, str.swapcase, str.title])
@pytest.mark.parametrize("how", ["plain", "percent, all", "JSON, all escaped", "C, all octal", "base64"])
def test_a_long_secret_is_found_in_capitals_as_well(case: Callable[[str], str], how: str) -> None:
    for secret in ("Canary-8", "Canary\u00c9 o\u03a3-k3y"):
        spelt = SPELLINGS[how](case(secret))
        assert mask_secrets(f"Said: {spelt}, and ORDERS", [secret, "Orders"]) == f"Said: {MASK}, and ORDERS"


def test_innocent_text_stays_as_it_is() -> None:
    text = 'A 100% sure &amp; <b>plain</b> "text" \\u0041 of /v2/0a1b2c3d/instances?x=%2F+y aGVsbG8gd29ybGQ='
    assert mask_secrets(text, ["canary-secret-key", "k4y!", "abc", ""]) == text
    assert mask_secrets("abc is short", ["abc"]) == "abc is short"


def test_overlapping_secrets_leave_no_rest() -> None:
    assert mask_secrets("xx abcdefgh yy", ["abcdef", "defgh", "abcdefgh"]) == f"xx {MASK} yy"
    assert mask_secrets("xx abcdefgh yy", ["abcdef", "cdefgh"]) == f"xx {MASK} yy"
    assert mask_secrets("abcdefgh", ["abcdef", "abcdefgh"]) == MASK
    assert mask_secrets("abcdefabcdef%20", ["abcdef"]) == MASK + MASK + "%20"


def test_masking_stays_linear() -> None:
    secrets = [f"secret-{number:06d}-of-many/+" for number in range(1000)]
    text = " ".join(secrets) * 3
    mask_secrets("first, so that the index is there", secrets)
    started = time.process_time()
    assert "of-many" not in mask_secrets(text, secrets)
    # 54 seconds with a search for each spelling of each secret
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text, cleaned",
    [
        # what is no escape, or of no character
        ("&abcd; x%20y", f"&{MASK}; x%20y"),
        ("&#9999999;\\UFFFFFFFF&#xFFFFFF;abcd", f"&#9999999;\\UFFFFFFFF&#xFFFFFF;{MASK}"),
        ("\\ud800%ff\\xff\\377abcd", f"\\ud800%ff\\xff\\377{MASK}"),
        # one name of two characters
        ("&bne;abcd.", f"&bne;{MASK}."),
        # beside a character of two units
        ("\\ud83d\\udd11\\u0061bcd\\ud83d\\udd11.", f"\\ud83d\\udd11{MASK}\\ud83d\\udd11."),
        ("%F0%9F%94%91%61bcd%C3%A9.", f"%F0%9F%94%91{MASK}%C3%A9."),
    ],
)
def test_what_stands_beside_a_secret_stays(text: str, cleaned: str) -> None:
    assert mask_secrets(text, ["abcd"]) == cleaned


def test_spellings_for_those_who_look_for_texts() -> None:
    forms = list_spellings('a/b c"<')
    assert list_spellings("plain") == {"plain"}
    assert {'a/b c"<', 'a/b c\\"<', 'a\\/b c\\"<', "a%2Fb%20c%22%3C", "a%2fb%20c%22%3c", "a%2Fb+c%22%3C", "a/b c&quot;&lt;"} <= forms


# what else hides


def test_texts_under_names_of_secrets() -> None:
    inner = {"name": "no", "password": "s1", "token": ["s2", {"text": "no", "my_ak": "s3"}], "secret_key": "", "access_key": 5}
    assert list(find_secret_values({"tasks": [inner, "no"], "accessKey": {"text": "no"}})) == ["s1", "s2", "s3"]


def test_options_of_secrets_are_hidden_and_those_that_are_not_given_are_left_out() -> None:
    of_bucket = {"type": "dict", "options": {"name": {}, "key": {"no_log": True}}}
    specification = {
        "key": {"no_log": True},
        "empty": {"no_log": True},
        "name": {},
        "obs": of_bucket,
        "list": {**of_bucket, "type": "list"},
    }
    bucket = {"name": "b", "key": "k", "more": None}
    options = {"key": "k", "empty": "", "name": "n", "obs": bucket, "list": [bucket], "unknown": 1, "left": None}
    hidden = {"name": "b", "key": HIDDEN}
    assert hide_options(options, specification) == {
        "key": HIDDEN, "empty": "", "name": "n", "obs": hidden, "list": [hidden], "unknown": 1
    }  # fmt: skip


def test_what_is_printable_stays() -> None:
    line = "\u00e9" * LONGEST_LINE
    assert make_printable(f"a\x1b[31m\u202eb\n{line}\n{line}x") == f"a\\x1b[31m\\x202eb\n{line}\n{line[:-1]}\u2026"


# a refusal is masked before it is cut


@pytest.mark.parametrize("shape", ["JSON", "page", "escaped page"])
def test_a_secret_across_the_cut_leaves_no_half(shape: str) -> None:
    secret = "canary-" + "s3cr3t" * 6
    for padding in range(150, 640, 7):
        text = "x" * padding + " " + secret + " " + "y" * 700
        spelt = html.escape(text) if shape == "page" else "".join(f"&#{ord(sign)};" for sign in text)
        page = f"<html><script>{secret}</script><p>{spelt}"
        body = json.dumps({"error_code": "X.1", "error_msg": text}) if shape == "JSON" else page
        refusal = read_refusal(400, {"X-Request-Id": "r" * 90 + secret}, body.encode(), lambda words: mask_secrets(words, [secret]))
        assert "canary" not in "".join(refusal) and "s3cr3t" not in "".join(refusal), padding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("body", ['{"error_code": "X.1", "error_msg": "Wrong: canary-secret."}', "<p>Wrong: canary-secret.</p>"])
def test_a_refusal_is_read_in_its_encoding(encoding: str, body: str) -> None:
    refusal = read_refusal(400, {}, body.encode(encoding), lambda text: mask_secrets(text, ["canary-secret"]))
    assert refusal.text.lstrip("\ufeff") == f"Wrong: {MASK}."


def test_a_secret_across_the_end_of_what_is_read_leaves_no_half() -> None:
    secret = "canary-secret"
    for length in (99_995, 100_000 - len(secret)):
        body = b"<p><!-- " + b"x" * (length - 12) + b" -->" + secret.encode() + b"y" * 200_000
        assert "can" not in read_refusal(500, {}, body, lambda text: mask_secrets(text, [secret])).text
