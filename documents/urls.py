"""Addresses of the letters' room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from documents.views import (
    answering,
    asking,
    board,
    calling,
    circulating,
    drafting,
    inbox,
    issuing,
    letters,
    matter_deeds,
    matter_list,
    matters,
    outside,
    reaching,
    recalling,
    register_entries,
    register_papers,
    registers,
    reusing,
    reviewing,
    sending,
    units,
)

app_name = "documents"

# One letter: read, drafted, sent, followed, taken back
LETTER = [
    path("", letters.letter, name="letter"),
    path("board/", board.board, name="letter-board"),
    path("edit/", drafting.edit, name="letter-edit"),
    path("save/", drafting.save, name="letter-save"),
    path("files/", drafting.upload, name="letter-upload"),
    path("files/<uuid:public_id>/remove/", drafting.remove, name="letter-file-remove"),
    path("preview.pdf", drafting.preview, name="letter-preview"),
    path("audience/", drafting.audience, name="letter-audience"),
    path("submit/", drafting.submit, name="letter-submit"),
    path("return/", drafting.give_back, name="letter-return"),
    path("discard/", drafting.discard, name="letter-discard"),
    path("restore/", drafting.restore, name="letter-restore"),
    path("confirm/", sending.confirm, name="letter-confirm"),
    path("send/", sending.send, name="letter-send"),
    path("quiet/", reaching.quiet, name="letter-quiet"),
    path("reuse/", reusing.reuse, name="letter-reuse"),
    path("recall/", recalling.recall, name="letter-recall"),
    path("succeed/", recalling.succeed, name="letter-succeed"),
    path("board/progress/", board.progress, name="letter-progress"),
    path("board.xlsx", board.board_xlsx, name="letter-board-xlsx"),
    path("answers.zip", board.answers_zip, name="letter-answers-zip"),
]
# A letter at one of its recipients
ARRIVAL = [
    path("refuse/", letters.refuse, name="arrival-refuse"),
    path("assign/", letters.assign, name="arrival-assign"),
    path("answer/", answering.answer, name="arrival-answer"),
    path("answer/half/", answering.half, name="arrival-half"),
    path("answer/half/save/", answering.half_save, name="arrival-half-save"),
    path("stamp/", letters.stamp, name="arrival-stamp"),
    path("stamped.pdf", letters.stamped_pdf, name="arrival-stamped"),
    path("circulation/", circulating.circulation, name="circulation"),
    path("reply/", circulating.write_back, name="arrival-reply"),
    path("ask/", asking.ask, name="arrival-ask"),
    path("", reviewing.arrival, name="arrival"),
    path("extend/", reviewing.extend, name="arrival-extend"),
    path("call/", calling.call, name="arrival-call"),
    path("receipt.pdf", register_papers.slip, name="arrival-receipt"),
]
# What becomes of a letter inside the office
MATTER = [
    path("", matters.matter, name="matter"),
    path("propose/", matter_deeds.propose, name="matter-propose"),
    path("endorse/", matter_deeds.endorse, name="matter-endorse"),
    path("note/", matters.note, name="matter-note"),
    path("assign/", matter_deeds.assign, name="matter-assign"),
    path("accept/", matters.accept, name="matter-accept"),
    path("return/", matter_deeds.hand_back, name="matter-return"),
    path("reply/", matters.reply, name="matter-reply"),
    path("close/", matter_deeds.close, name="matter-close"),
    path("reopen/", matter_deeds.reopen, name="matter-reopen"),
]
# One register
BOOK = [
    path("", registers.register, name="register"),
    path("print/", register_papers.print_book, name="register-print"),
    path(
        "register.pdf", register_papers.register_file, {"kind": "register.pdf"}, name="register-pdf"
    ),
    path(
        "register.xlsx",
        register_papers.register_file,
        {"kind": "register.xlsx"},
        name="register-xlsx",
    ),
    path(
        "delivery.pdf",
        register_papers.register_file,
        {"kind": "delivery.pdf"},
        name="register-delivery",
    ),
]
# One line of a register
LINE = [
    path("", register_entries.entry, name="register-entry"),
    path("correct/<slug:column>/", register_entries.correct, name="register-correct"),
    path("void/", register_entries.void, name="register-void"),
    path("paper/", register_entries.paper, name="register-paper"),
]
# A year of a unit's registers
YEAR = [
    path("", register_papers.year, name="register-year"),
    path(
        "closing.pdf", register_papers.year_file, {"kind": "closing.pdf"}, name="register-closing"
    ),
    path(
        "registers.xlsx",
        register_papers.year_file,
        {"kind": "registers.xlsx"},
        name="register-year-xlsx",
    ),
]
# Registers
REGISTERS: list[URLPattern | URLResolver] = [
    path("<int:pk>/", include(BOOK)),
    path("lines/<int:pk>/", include(LINE)),
    path("year/<int:unit>/<int:be_year_of_books>/", include(YEAR)),
    path("", registers.registers, name="registers"),
    path("start/", registers.start, name="register-start"),
    path("issue/", issuing.issue, name="register-issue"),
    path("awards/", issuing.awards, name="register-awards"),
    path("reserve/", issuing.reserve, name="register-reserve"),
]

# An address is looked for from the top: what stands together is passed by together.
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("<int:pk>/", include(LETTER)),
    path("arrivals/<int:pk>/", include(ARRIVAL)),
    path("registers/", include(REGISTERS)),
    path("matters/<int:pk>/", include(MATTER)),
    path("matters/", matter_list.matters, name="matters"),
    path("matters/outside/", outside.outside, name="outside"),
    path("inquiries/", asking.inquiries, name="inquiries"),
    path("inquiries/<int:pk>/", asking.inquiry, name="inquiry"),
    path("inquiries/<int:pk>/publish/", asking.publication, name="inquiry-publish"),
    path("receive/", inbox.receive, name="receive"),
    path("assigned/", inbox.assigned, name="assigned"),
    path("assignments/<int:pk>/acknowledge/", letters.acknowledge, name="assignment-acknowledge"),
    path("sent/", drafting.sent, name="sent"),
    path("new/", drafting.new, name="letter-new"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("calls/", calling.calls, name="calls"),
    path("calls/quiet/", calling.quiet, name="quiet-units"),
    path("responses/<int:pk>/accept/", reviewing.accept, name="response-accept"),
    path("responses/<int:pk>/return/", reviewing.give_back, name="response-return"),
]
