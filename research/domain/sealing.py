"""Seal an answer so that only the survey's private key opens it.

HPKE (RFC 9180), X25519 with HKDF-SHA256 and AES-256-GCM. The context (survey and token hash) is
bound in: a sealed answer moved elsewhere does not open. Before sealing, the answer is filled up to
one of a few sizes, so that its length says little about it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
PURPOSE = b"portal.research.answer.1"
SMALLEST, LARGEST = 1024, 1024 * 1024
LENGTH_BYTES = 4


class CannotOpen(Exception):
    """The key does not open this: another survey's, another token's, or damaged."""


class TooLarge(ValueError):
    """The answer is longer than any size there is."""


def new_private_key() -> bytes:
    """Return a new private key, 32 bytes."""
    return X25519PrivateKey.generate().private_bytes(
        Encoding.Raw, PrivateFormat.Raw, NoEncryption()
    )


def public_key_of(private_key: bytes) -> bytes:
    """Return the public key that belongs to a private one."""
    key = X25519PrivateKey.from_private_bytes(private_key).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint(public_key: bytes) -> str:
    """Return the name under which a key is filed."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def seal(answer: Any, *, public_key: bytes, context: str) -> bytes:
    """Return the answer (JSON) sealed for the key, in one of a few lengths."""
    key = X25519PublicKey.from_public_bytes(public_key)
    return SUITE.encrypt(_padded(answer), key, info=_info(context))


def unseal(sealed: bytes, *, private_key: bytes, context: str) -> Any:
    """Return the answer; CannotOpen when key or context are not those it was sealed for."""
    key = X25519PrivateKey.from_private_bytes(private_key)
    try:
        padded = SUITE.decrypt(bytes(sealed), key, info=_info(context))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error
    length = int.from_bytes(padded[:LENGTH_BYTES])
    return json.loads(padded[LENGTH_BYTES : LENGTH_BYTES + length])


def _info(context: str) -> bytes:
    return PURPOSE + b"\x00" + context.encode()


def _padded(answer: Any) -> bytes:
    """Return length, text and zeros up to the next size: 1 KB, 2 KB, 4 KB, …"""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    size = SMALLEST
    while size < len(text) + LENGTH_BYTES:
        size *= 2
    if size > LARGEST:
        raise TooLarge
    return (len(text).to_bytes(LENGTH_BYTES) + text).ljust(size, b"\x00")
