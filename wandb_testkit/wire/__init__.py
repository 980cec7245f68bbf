"""Bytes to records and back: codecs only, no rule; both ends use them."""
