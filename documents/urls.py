"""Addresses of the letters' room."""

from __future__ import annotations

from django.urls import path

from documents.views import (
    answering,
    board,
    circulating,
    drafting,
    inbox,
    letters,
    matter_deeds,
    matter_list,
    matters,
    outside,
    registers,
    reviewing,
    sending,
)

app_name = "documents"

urlpatterns = [
    # The receiving side
    path("", inbox.inbox, name="inbox"),
    path("receive/", inbox.receive, name="receive"),
    path("assigned/", inbox.assigned, name="assigned"),
    path("<int:pk>/", letters.letter, name="letter"),
    path("arrivals/<int:pk>/refuse/", letters.refuse, name="arrival-refuse"),
    path("arrivals/<int:pk>/assign/", letters.assign, name="arrival-assign"),
    path("arrivals/<int:pk>/answer/", answering.answer, name="arrival-answer"),
    path("arrivals/<int:pk>/answer/half/", answering.half, name="arrival-half"),
    path("arrivals/<int:pk>/answer/half/save/", answering.half_save, name="arrival-half-save"),
    path("arrivals/<int:pk>/stamp/", letters.stamp, name="arrival-stamp"),
    path("arrivals/<int:pk>/stamped.pdf", letters.stamped_pdf, name="arrival-stamped"),
    path("arrivals/<int:pk>/circulation/", circulating.circulation, name="circulation"),
    path("arrivals/<int:pk>/reply/", circulating.write_back, name="arrival-reply"),
    path("assignments/<int:pk>/acknowledge/", letters.acknowledge, name="assignment-acknowledge"),
    # The sending side
    path("sent/", drafting.sent, name="sent"),
    path("new/", drafting.new, name="letter-new"),
    path("<int:pk>/edit/", drafting.edit, name="letter-edit"),
    path("<int:pk>/save/", drafting.save, name="letter-save"),
    path("<int:pk>/files/", drafting.upload, name="letter-upload"),
    path("<int:pk>/files/<uuid:public_id>/remove/", drafting.remove, name="letter-file-remove"),
    path("<int:pk>/preview.pdf", drafting.preview, name="letter-preview"),
    path("<int:pk>/audience/", drafting.audience, name="letter-audience"),
    path("<int:pk>/submit/", drafting.submit, name="letter-submit"),
    path("<int:pk>/return/", drafting.give_back, name="letter-return"),
    path("<int:pk>/discard/", drafting.discard, name="letter-discard"),
    path("<int:pk>/restore/", drafting.restore, name="letter-restore"),
    path("<int:pk>/confirm/", sending.confirm, name="letter-confirm"),
    path("<int:pk>/send/", sending.send, name="letter-send"),
    # Following
    path("<int:pk>/board/", board.board, name="letter-board"),
    path("<int:pk>/board/progress/", board.progress, name="letter-progress"),
    path("<int:pk>/board.xlsx", board.board_xlsx, name="letter-board-xlsx"),
    path("arrivals/<int:pk>/", reviewing.arrival, name="arrival"),
    path("arrivals/<int:pk>/extend/", reviewing.extend, name="arrival-extend"),
    path("responses/<int:pk>/accept/", reviewing.accept, name="response-accept"),
    path("responses/<int:pk>/return/", reviewing.give_back, name="response-return"),
    # Inside the office
    path("matters/", matter_list.matters, name="matters"),
    path("matters/outside/", outside.outside, name="outside"),
    path("matters/<int:pk>/", matters.matter, name="matter"),
    path("matters/<int:pk>/propose/", matter_deeds.propose, name="matter-propose"),
    path("matters/<int:pk>/endorse/", matter_deeds.endorse, name="matter-endorse"),
    path("matters/<int:pk>/note/", matters.note, name="matter-note"),
    path("matters/<int:pk>/assign/", matter_deeds.assign, name="matter-assign"),
    path("matters/<int:pk>/accept/", matters.accept, name="matter-accept"),
    path("matters/<int:pk>/return/", matter_deeds.hand_back, name="matter-return"),
    path("matters/<int:pk>/reply/", matters.reply, name="matter-reply"),
    path("matters/<int:pk>/close/", matter_deeds.close, name="matter-close"),
    path("matters/<int:pk>/reopen/", matter_deeds.reopen, name="matter-reopen"),
    # Registers
    path("registers/", registers.registers, name="registers"),
    path("registers/start/", registers.start, name="register-start"),
    path("registers/<int:pk>/", registers.register, name="register"),
]
