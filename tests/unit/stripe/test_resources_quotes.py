"""Quotes."""


def test_a_quotes_pdf_is_refused_and_never_empty(api, refused):
    quote = api.post("/v1/quotes")["id"]

    assert refused(api.get, "/v1/quotes/qt_none/pdf").status == 404
    error = refused(api.get, f"/v1/quotes/{quote}/pdf")
    assert (error.status, "does not emulate" in error.error["message"]) == (400, True)
