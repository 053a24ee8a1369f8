"""Pages go over the line compressed, unless their length could tell somebody something."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPages(GZipMiddleware):
    """Send pages compressed; a file, a stream and what has an ETag of its own go as they are.

    Lengths tell of what is inside (BREACH): a page that another site asked for is not compressed
    (docs/decisions/0009-poor-lines.md), the form's token differs in every answer, and Django adds
    up to a hundred random bytes.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith("text/html")
        is_strange = request.headers.get("Sec-Fetch-Site") == "cross-site"
        if response.streaming or not is_page or is_strange or response.has_header("ETag"):
            return response
        return super().process_response(request, response)
