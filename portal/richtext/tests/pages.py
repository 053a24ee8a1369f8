"""The pages of the tests: a form with a rich text, and the same editor in an open frame."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin

from portal.richtext.forms import rich_text_field
from portal.urls import urlpatterns as house

WRITE = """{% extends "base.html" %}{% load static richtext %}
{% block head %}<link rel="stylesheet" href="{% static 'css/richtext.css' %}">{% endblock %}
{% block heading %}เขียน{% endblock %}
{% block content %}
<section class="block"><h2 class="block-title">ที่บันทึกไว้</h2>
<div class="sheet sheet-body rich" id="saved">{{ saved|rich }}</div>
<pre id="stored">{{ saved }}</pre></section>
<form method="post" class="sheet sheet-body">{% csrf_token %}
{% include "components/form_fields.html" %}
<button class="btn btn-primary">บันทึก</button></form>
{% endblock %}
{% block scripts %}<script type="module" src="{% static 'js/richtext.js' %}"></script>{% endblock %}
"""
saved: list[str] = []


class WriteForm(forms.Form):
    title = forms.CharField(label="ชื่อเรื่อง", required=False)
    text = rich_text_field(label="เนื้อหา", help_text="เขียนสั้น ๆ")


def write(request):
    form = WriteForm(request.POST or None, initial={"text": saved[-1] if saved else ""})
    if form.is_valid():
        saved.append(form.cleaned_data["text"])
        form = WriteForm(initial={"text": saved[-1]})
    page = engines["django"].from_string(WRITE)
    context = {"form": form, "saved": saved[-1] if saved else ""}
    return HttpResponse(page.render(context, request), status=422 if form.errors else 200)


@xframe_options_sameorigin
def open_frame(request):
    """The editor's page as it must never be served: in the origin of the portal."""
    response = render(request, "richtext/frame.html")
    response["Content-Security-Policy"] = (
        "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'self'"
    )
    return response


urlpatterns = [
    path("write/", write, name="write"),
    path("open-frame/", open_frame, name="open-frame"),
    *house,
]
handler500 = "portal.core.views.server_error"
