"""One-time codes: those that an authenticator shows for half a minute (TOTP, RFC 6238), and recovery codes on paper."""

import hashlib
import hmac
import secrets
from base64 import b32encode
from datetime import datetime

import pyotp

STEP_SECONDS = 30
# One step to either side: clocks of telephones are off by seconds, and people type slowly.
_STEPS_OFF = (0, -1, 1)
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 bits of chance: as they can't be guessed, a fast hash of them can be kept


def new_secret() -> str:
    """A secret for an authenticator, 160 bits in base32."""
    return pyotp.random_base32()


def address(secret: str, *, email: str, issuer: str) -> str:
    """The otpauth: address that an authenticator reads off a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def accepted_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The step whose code it is, where it is later than `after`, the last one that was accepted: a code counts once.

    None for any other.
    """
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    digits = code.replace(" ", "")
    for off in _STEPS_OFF:
        step = now + off
        if step > after and hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Codes that stand in for an authenticator that is lost, as xxxx-xxxx-xxxx-xxxx."""
    return tuple(
        _grouped(b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()) for _ in range(RECOVERY_CODES)
    )


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code, however it was typed."""
    return hashlib.sha256(code.replace("-", "").replace(" ", "").lower().encode()).hexdigest()


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
