"""Keeping mail: what a message is, where it is stored, how it is read, who is told that it came.

The raw bytes are the truth; everything else here is derived from them. Nothing here knows SMTP or HTTP.
"""
