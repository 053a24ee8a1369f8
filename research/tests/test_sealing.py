"""Sealing and asking, without a database: what opens, what does not, what is an answer at all."""

from __future__ import annotations

import random
import string

import pytest

from research.domain.questions import (
    Ask,
    InvalidAnswer,
    InvalidOptions,
    Options,
    clean_answer,
    clean_options,
)
from research.domain.sealing import (
    LARGEST,
    CannotOpen,
    TooLarge,
    new_private_key,
    public_key_of,
    seal,
    unseal,
)

KEY = new_private_key()
PUBLIC = public_key_of(KEY)
SCALE = Options(labels=("น้อย", "กลาง", "มาก"), has_no_opinion=True)


def sealed(answer, context="survey:token"):
    return seal(answer, public_key=PUBLIC, context=context)


@pytest.mark.parametrize(
    "answer", [{}, {"1": 4}, {"1": [0, 2], "2": "ความเห็น \U0001f33e\n"}, {"1": 0}]
)
def test_what_is_sealed_opens_again(answer):
    assert unseal(sealed(answer), private_key=KEY, context="survey:token") == answer


def test_the_same_answer_never_looks_the_same():
    assert len({sealed({"1": 4}) for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("letters", "size"), [(0, 1024), (900, 1024), (1100, 2048), (3_000, 4096), (9_000, 16_384)]
)
def test_an_envelope_has_one_of_few_sizes(letters, size):
    overhead = len(sealed({})) - 1024

    assert len(sealed({"1": "x" * letters})) == size + overhead


def test_another_key_context_or_a_changed_byte_opens_nothing():
    one = sealed({"1": 4})

    for broken in (b"", b"\x00" * len(one), one[:-1], one[:40] + bytes([one[40] ^ 1]) + one[41:]):
        with pytest.raises(CannotOpen):
            unseal(broken, private_key=KEY, context="survey:token")
    with pytest.raises(CannotOpen):
        unseal(one, private_key=KEY, context="survey:other")
    with pytest.raises(CannotOpen):
        unseal(one, private_key=new_private_key(), context="survey:token")


def test_what_fits_no_envelope_is_refused():
    with pytest.raises(TooLarge):
        sealed({"1": "x" * LARGEST})


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("single", {"choices": ["มี", "ไม่มี"]}),
        ("multiple", {"choices": ["ก", "ข", "ค"]}),
        ("likert", {"labels": ["น้อย", "มาก"], "reverse": True, "no_opinion": False}),
        ("text", {}),
    ],
)
def test_options_are_read_and_written_alike(kind, data):
    assert clean_options(kind, data) == data


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("single", {"choices": ["มี"]}),
        ("single", {"choices": ["มี", "มี "]}),
        ("single", {"choices": ["มี", " "]}),
        ("single", {"choices": "มีไม่มี"}),
        ("single", {"choices": [1, 2]}),
        ("single", {"choices": ["ก" * 201, "ข"]}),
        ("single", {"choices": [str(n) for n in range(31)]}),
        ("single", {"choices": ["ก", "ข"], "labels": []}),
        ("likert", {"labels": [str(n) for n in range(11)]}),
        ("likert", {"labels": ["น้อย", "มาก"], "reverse": "yes"}),
        ("text", {"choices": []}),
        ("rating", {}),
        ("single", None),
        ("single", []),
    ],
)
def test_odd_options_are_refused(kind, data):
    with pytest.raises(InvalidOptions):
        clean_options(kind, data)


@pytest.mark.parametrize(
    ("ask", "given", "answer"),
    [
        (Ask("1", "likert", options=SCALE), ["3"], 3),
        (Ask("1", "likert", options=SCALE), ["0"], 0),
        (Ask("1", "likert", options=SCALE), [], None),
        (Ask("1", "single", options=Options(choices=("ก", "ข"))), ["0"], 0),
        (Ask("1", "multiple", options=Options(choices=("ก", "ข"))), ["1", "0"], [0, 1]),
        (Ask("1", "text"), ["  ดีมาก  "], "ดีมาก"),
        (Ask("1", "text"), ["   "], None),
        (Ask("1", "text"), ["\u200b\x00 \ufeff"], None),
    ],
)
def test_an_answer_is_kept_as_what_it_means(ask, given, answer):
    assert clean_answer(ask, given) == answer


@pytest.mark.parametrize(
    ("ask", "given"),
    [
        (Ask("1", "likert", is_required=True, options=SCALE), []),
        (Ask("1", "text", is_required=True), [" "]),
        (Ask("1", "likert", options=SCALE), ["4"]),
        (Ask("1", "likert", options=Options(labels=("ก", "ข"))), ["0"]),
        (Ask("1", "likert", options=SCALE), ["1", "2"]),
        (Ask("1", "single", options=Options(choices=("ก", "ข"))), ["2"]),
        (Ask("1", "multiple", options=Options(choices=("ก", "ข"))), ["0", "x"]),
        (Ask("1", "text"), ["ก" * 4_001]),
    ],
)
def test_what_is_no_answer_is_refused_in_words(ask, given):
    with pytest.raises(InvalidAnswer):
        clean_answer(ask, given)


def test_whatever_is_sent_is_an_answer_or_refused():
    chance = random.Random(7)
    asks = [
        Ask("1", "likert", options=SCALE),
        Ask("1", "single", options=Options(choices=("ก", "ข"))),
        Ask("1", "multiple", options=Options(choices=("ก", "ข"))),
        Ask("1", "text"),
    ]
    for _ in range(2_000):
        letters = string.printable + "กข๑\x00\u200b\ufeff٣²"
        given = [
            "".join(chance.choices(letters, k=chance.randrange(6)))
            for _ in range(chance.randrange(4))
        ]
        for ask in asks:
            try:
                answer = clean_answer(ask, given)
            except InvalidAnswer:
                continue
            assert answer is None or unseal(
                sealed({"1": answer}), private_key=KEY, context="survey:token"
            ) == {"1": answer}
