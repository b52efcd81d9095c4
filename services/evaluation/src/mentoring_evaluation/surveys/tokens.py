"""One-time tokens of survey invitations: made from a key of the wave, recognised by a digest, stored nowhere."""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

KEY_BYTES = 32


def new_key() -> str:
    """A fresh random key of a wave, in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def token(key: str, wave_id: UUID, person_id: UUID) -> str:
    """The token of a person in a wave: base64url(HMAC-SHA256(key, wave | person)), 43 characters."""
    mac = hmac.new(base64.b64decode(key), wave_id.bytes + person_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()).decode().rstrip("=")


def digest(given: str) -> bytes:
    """What an invitation keeps of its token; 256 random bits stand behind it, so it cannot be turned round."""
    return hashlib.sha256(given.encode()).digest()
