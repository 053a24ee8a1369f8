"""The office's own garuda on its typed letters."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from documents.services.typesetting import typeset_letter
from documents.tests.factories import LetterFactory

pytestmark = pytest.mark.django_db


def test_a_typed_letter_carries_the_picture_the_office_gave(tmp_path):
    letter = LetterFactory()
    plain = typeset_letter(letter)
    picture = tmp_path / "garuda.png"
    Image.new("RGB", (300, 330), "#AA2211").save(picture)

    call_command("set_garuda", str(picture), stdout=io.StringIO())
    call_command("set_garuda", str(picture), stdout=io.StringIO())

    assert b"/Subtype/Image" not in plain.replace(b" ", b"")
    assert b"/Subtype/Image" in typeset_letter(letter).replace(b" ", b"")


def test_what_is_no_picture_is_refused(tmp_path):
    LetterFactory()
    picture = tmp_path / "garuda.png"
    picture.write_bytes(b"not a picture")

    with pytest.raises(CommandError):
        call_command("set_garuda", str(picture), stdout=io.StringIO())
