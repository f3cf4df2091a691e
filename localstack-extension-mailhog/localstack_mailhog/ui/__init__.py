"""HTML for people: a page with the list of mail and the mail that is being read.

All markup is made on the server, from ``templates``: the whole page, or a fragment of it that the scripts in
``static`` ask for (rows of the list, the mail that was opened, what stands at the side). The scripts hold behaviour
only; there is no build step. Every address is relative to the page's ``<base>``, so that the page works under any
path prefix, and nothing is loaded from elsewhere.
"""
