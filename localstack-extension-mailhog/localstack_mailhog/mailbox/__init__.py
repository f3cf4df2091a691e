"""Keeping mail: where it is stored, how it is found, how long it stays, who is told that it came.

The raw bytes are the truth; everything else here is derived from them. Nothing here knows SMTP or HTTP.
"""
