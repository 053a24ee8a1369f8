"""A typed letter as PDF, in the layout of the regulation."""

from __future__ import annotations

from documents.models import Letter, LetterKind, Urgency
from portal.files.services import files_of, read_bytes
from portal.papers.domain import LetterPaper, paragraphs
from portal.papers.services import typeset


def letter_paper(letter: Letter) -> LetterPaper:
    """Return what the printed letter says; without number and date while it is a draft."""
    office = letter.issuer
    owner = letter.owner_unit
    phone = owner.phone or office.phone
    enclosures = [use.name.rsplit(".", 1)[0] for use in files_of(letter, "enclosure")]
    signature = [f"({letter.signer_name})"] if letter.signer_name else []
    signature += [line.strip() for line in letter.signer_position.splitlines() if line.strip()]
    return LetterPaper(
        office=office.name,
        address=[line for line in office.address.splitlines() if line.strip()],
        number=letter.number_text or office.letter_code,
        date=letter.dated_on,
        subject=letter.subject,
        addressee=letter.addressee,
        body=paragraphs(letter.body),
        references=[reference.text for reference in letter.references.all()],
        enclosures=[f"{name} จำนวน 1 ฉบับ" for name in enclosures],
        signature=signature,
        owner=[owner.name, f"โทร. {phone}" if phone else ""],
        urgency=letter.get_urgency_display() if letter.urgency != Urgency.NORMAL else "",
    )


def typeset_letter(letter: Letter) -> bytes:
    """Return the letter's PDF as it stands now."""
    template = "letter_sealed" if letter.kind == LetterKind.SEALED else "letter_external"
    garuda = next(iter(files_of(letter.office, "garuda")), None)
    images = {"garuda": read_bytes(garuda.stored)} if garuda else {}
    return typeset(template, letter_paper(letter).data(), images=images)
