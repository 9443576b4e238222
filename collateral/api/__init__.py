"""The JSON API: machines see what people see.

Each call is declared once (`calls.call`): its permission, its scope, what it takes and
what it answers. The same declaration checks a request, shapes the answer and writes the
OpenAPI document. The views are thin over the features' own operations; a cookie is
never looked at here, only `Authorization: Bearer`.
"""
