"""Owns the contents of artifacts' files: each is stored once for an entity, under its MD5, whole or in parts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import secrets
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wandb_testkit.records import Refusal
from wandb_testkit.server.refused import Refused


class Blob(NamedTuple):
    """A content, and the number of the artifact version with which it came."""

    content: bytes
    birth: int


class PartsUpload:
    """An upload in parts: hex MD5 of each, by number from 1, and those that have come."""

    def __init__(self, entity: str, artifact: int, hex_md5: str, expected: Mapping[int, str]) -> None:
        self.entity = entity
        self.artifact = artifact
        self.hex_md5 = hex_md5
        self.expected = dict(expected)
        self.parts: dict[int, bytes] = {}


class Blobs:
    """Every content of one server."""

    def __init__(self) -> None:
        self._blobs: dict[tuple[str, str], Blob] = {}
        self._uploads: dict[str, PartsUpload] = {}

    def find(self, entity: str, hex_md5: str) -> Blob | None:
        """The content with an MD5 among those of an entity."""
        return self._blobs.get((entity, hex_md5))

    def store(self, entity: str, hex_md5: str, content: bytes, birth: int) -> None:
        """Keep a content.

        Raises:
            Refused: 400: its MD5 is another.
        """
        check_md5(content, hex_md5, "the file")
        self._blobs.setdefault((entity, hex_md5), Blob(content, birth))

    def begin_parts(self, upload: PartsUpload) -> str:
        """Expect a file in parts; the answer is the id of the upload."""
        numbers = sorted(upload.expected)
        if numbers != list(range(1, len(numbers) + 1)):
            raise Refused(Refusal(400, f"parts should be numbered from 1 on without gaps, not {numbers[:10]}"))
        for md5 in upload.expected.values():
            if not is_hex_md5(md5):
                raise Refused(Refusal(400, f"hexMD5 of a part should be 32 characters of hex, not {md5!r}"))
        upload_id = secrets.token_hex(16)
        self._uploads[upload_id] = upload
        return upload_id

    def store_part(self, upload_id: str, number: int, content: bytes) -> str:
        """Keep one part, and tell its hex MD5.

        Raises:
            Refused: 404: there is no such upload or part; 400: its MD5 is another.
        """
        upload = self._uploads.get(upload_id)
        if upload is None or number not in upload.expected:
            raise Refused(Refusal(404, f"there is no upload {upload_id!r} with a part {number}"))
        check_md5(content, upload.expected[number], f"part {number}")
        upload.parts[number] = content
        return upload.expected[number]

    def complete_parts(self, upload_id: str, artifact: int, told: Sequence[tuple[int, str]]) -> str:
        """Put the parts together, and tell the hex MD5 of the whole.

        Args:
            artifact: The number of the version that the upload belongs to.
            told: Number and hex MD5 of each part, as the client has it.
        Raises:
            Refused: 404: there is no such upload; 400: parts are missing, or the MD5 of the whole is another.
        """
        upload = self._uploads.get(upload_id)
        if upload is None or upload.artifact != artifact:
            raise Refused(Refusal(404, f"there is no upload {upload_id!r} of this artifact"))
        wrong = [number for number, md5 in told if upload.expected.get(number) != md5.strip('"')]
        is_whole = self.find(upload.entity, upload.hex_md5) is not None  # the client asks again
        come = {*upload.expected} if is_whole else {*upload.parts}
        missing = sorted({*upload.expected} - come | {*upload.expected} - {number for number, _ in told})
        if wrong or missing:
            raise Refused(Refusal(400, f"upload {upload_id!r} is not complete: parts {missing or wrong} are missing"))
        if self.find(upload.entity, upload.hex_md5) is None:
            whole = io.BytesIO()  # hands out what it holds without a copy; each part goes as it is taken up
            for number in sorted(upload.parts):
                whole.write(upload.parts.pop(number))
            self.store(upload.entity, upload.hex_md5, whole.getvalue(), upload.artifact)
        upload.parts.clear()
        return upload.hex_md5


def md5_of(content: bytes) -> str:
    """The MD5 of a content in hex."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def is_hex_md5(text: str) -> bool:
    """Whether a text is an MD5 in hex."""
    return len(text) == 32 and all(character in "0123456789abcdef" for character in text)


def hex_of(digest: str) -> str | None:
    """The MD5 that is given in base64 in hex, or None if it is none."""
    try:
        read = base64.b64decode(digest, validate=True)
    except (binascii.Error, ValueError):
        return None
    return read.hex() if len(read) == 16 else None


def base64_of(hex_md5: str) -> str:
    """The MD5 that is given in hex in base64, as manifests and headers have it."""
    return base64.b64encode(bytes.fromhex(hex_md5)).decode()


def check_md5(content: bytes, hex_md5: str, what: str) -> None:
    """Compare a content with the MD5 that was announced.

    Raises:
        Refused: 400: it is another.
    """
    found = md5_of(content)
    if found != hex_md5:
        raise Refused(
            Refusal(400, f"{what} has MD5 {base64_of(found)}, and {base64_of(hex_md5)} was announced; upload it again")
        )
