"""What a mail says, read from its bytes: header fields, MIME parts, decoded text, links, codes.

Pure functions of bytes that never fail, whatever they are given. Nothing here knows the mailbox, SMTP or HTTP.
"""
