"""HTML for people: the list of mail and the single mail.

Pages are made on the server; a small script keeps the list up to date and deletes. Links are relative, so that the
pages work under any path prefix, and nothing is loaded from elsewhere.
"""
