"""A typed letter as PDF, in the layout of the regulation."""

from __future__ import annotations

from documents.models import SENT_KINDS, Letter, LetterKind, Urgency
from documents.services.addressing import addressee_of
from portal.files.services import files_of, read_bytes
from portal.papers.domain import LetterPaper, paragraphs
from portal.papers.services import typeset

TEMPLATES = {
    LetterKind.SEALED: "letter_sealed",
    LetterKind.MEMO: "memo",
    LetterKind.ORDER: "order",
    LetterKind.ANNOUNCEMENT: "announcement",
}


def letter_paper(letter: Letter) -> LetterPaper:
    """Return what the printed letter says; without number and date while it is a draft."""
    office = letter.issuer
    owner = letter.owner_unit
    phone = owner.phone or office.phone
    enclosures = [use.name.rsplit(".", 1)[0] for use in files_of(letter, "enclosure")]
    signature = [f"({letter.signer_name})"] if letter.signer_name else []
    signature += [line.strip() for line in letter.signer_position.splitlines() if line.strip()]
    head, number = office.name, letter.number_text or office.letter_code
    if letter.kind == LetterKind.MEMO:  # its line ส่วนราชการ (form 2)
        places = dict.fromkeys([owner.name, office.name])
        head = " ".join([*places, f"โทร. {phone}" if phone else ""]).strip()
    if letter.kind not in SENT_KINDS:
        number = letter.number_text
    return LetterPaper(
        office=head,
        address=[line for line in office.address.splitlines() if line.strip()],
        number=number,
        date=letter.dated_on,
        subject=letter.subject,
        addressee=addressee_of(letter),
        body=paragraphs(letter.body),
        references=[reference.text for reference in letter.references.all()],
        enclosures=[f"{name} จำนวน 1 ฉบับ" for name in enclosures],
        signature=signature,
        owner=[owner.name, f"โทร. {phone}" if phone else ""],
        urgency=letter.get_urgency_display() if letter.urgency != Urgency.NORMAL else "",
    )


def typeset_letter(letter: Letter) -> bytes:
    """Return the letter's PDF as it stands now."""
    template = TEMPLATES.get(LetterKind(letter.kind), "letter_external")
    garuda = next(iter(files_of(letter.office, "garuda")), None)
    images = {"garuda": read_bytes(garuda.stored)} if garuda else {}
    return typeset(template, letter_paper(letter).data(), images=images)
