"""Codes of an authenticator (RFC 6238: SHA-1, six digits, thirty seconds)."""

import hmac
import io
import time

import pyotp

STEP = 30
AROUND = (0, -1, 1)
"""Steps around the present one whose codes are taken: clocks differ, and people type."""


def new_secret() -> str:
    return pyotp.random_base32()


def link(secret: str, account: str) -> str:
    """An `otpauth://` URI, as authenticators read it."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name="Gausdo")


def picture(text: str) -> str:
    """A QR code as SVG, dark on light in either scheme: cameras expect that."""
    import segno

    drawn = io.BytesIO()
    segno.make(text, error="m").save(
        drawn, kind="svg", border=3, light="#fff", xmldecl=False, svgns=True, omitsize=True
    )
    return drawn.getvalue().decode()


def step_of(secret: str, code: str) -> int | None:
    """The step that has this code; None when none has that is near enough."""
    if not (code.isascii() and code.isdigit()):
        return None
    present, codes, found = int(time.time()) // STEP, pyotp.TOTP(secret), None
    for near in AROUND:
        if hmac.compare_digest(codes.generate_otp(present + near), code):
            found = present + near
    return found
