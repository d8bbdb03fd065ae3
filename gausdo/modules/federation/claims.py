"""What claims and attributes say of a person, whatever the provider calls them."""

from collections.abc import Iterable, Mapping
from typing import Any

from gausdo.modules.federation.doubt import Doubt
from gausdo.modules.federation.provisioning import Guest

STRONG = frozenset(
    {
        # RFC 8176, OpenID Extended Authentication Profile, REFEDS, Microsoft
        *("mfa", "phr", "phrh", "https://refeds.org/profile/mfa"),
        "http://schemas.microsoft.com/claims/multipleauthn",
        # SAML 2.0, authentication context classes
        *(
            f"urn:oasis:names:tc:SAML:2.0:ac:classes:{name}"
            for name in (
                "MobileTwoFactorContract",
                "MobileTwoFactorUnregistered",
                "SmartcardPKI",
            )
        ),
    }
)
"""What by itself says that it took two factors."""
KINDS = (
    frozenset({"pwd", "pin", "kba"}),
    frozenset({"otp", "hwk", "swk", "sc", "sms", "tel"}),
    frozenset({"fpt", "face", "iris", "retina", "vbm"}),
)
"""RFC 8176: what one knows, has and is."""
MANY = 1000


def strong(claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that two factors were asked for (`amr`, `acr`).

    One that says it, or two of different kinds: a code alone is one factor, whichever it is.
    """
    ways = _texts(claims.get("amr"))
    said = not STRONG.isdisjoint([*ways, *_texts(claims.get("acr"))])
    return said or sum(not kind.isdisjoint(ways) for kind in KINDS) > 1


def proved_at(claims: Mapping[str, Any]) -> int:
    """When the person proved who they are over there (`auth_time`); 0 where it does not say."""
    told = claims.get("auth_time")
    return told if isinstance(told, int) and told > 0 else 0


def guest(claims: Mapping[str, Any], groups_claim: str, *, believes_email: bool) -> Guest:
    """Who signs in, of OpenID Connect's claims.

    An address counts when the provider says that it is verified, or is believed without saying so
    (Entra ID, AD FS say nothing); one it calls unverified never does.
    """
    email = claims.get("email")
    verified = claims.get("email_verified")
    if believes_email and "email_verified" not in claims:
        email = email or claims.get("upn") or claims.get("preferred_username")
        verified = True
    email = email if isinstance(email, str) and "@" in email else None
    said = (claims.get(name) for name in ("name", "preferred_username", "email"))
    name = next((one for one in said if isinstance(one, str) and one.strip()), "")
    return Guest(
        subject=str(claims["sub"])[:500],
        email=email if verified in (True, "true") else None,
        name=name[:200],
        groups=frozenset(_texts(_found(claims, groups_claim))[:MANY]),
    )


EMAILS = (
    "email",
    "mail",
    "emailAddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)
NAMES = (
    "displayName",
    "name",
    "cn",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "urn:oid:2.5.4.3",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
)
GROUPS = (
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
    "http://schemas.xmlsoap.org/claims/Group",
)
"""What providers call the same attribute."""


def asserted_guest(
    name_id: str, attributes: Mapping[str, tuple[str, ...]], groups_claim: str, *, transient: bool
) -> Guest:
    """Who signs in, of SAML's attributes. What is signed is vouched for, the address too.

    A transient NameID is another one each time: then the address is what stays.
    """
    told = (value for name in EMAILS for value in attributes.get(name, ()))
    email = next((one for one in told if "@" in one), name_id if "@" in name_id else None)
    names = (value for name in NAMES for value in attributes.get(name, ()))
    groups = (value for name in (groups_claim, *GROUPS) for value in attributes.get(name, ()))
    if transient and email is None:
        raise Doubt("claims", "a transient NameID, and no address")
    return Guest(
        subject=f"email:{email.lower()}" if transient and email else name_id[:500],
        email=email,
        name=next(names, "")[:200],
        groups=frozenset([*groups][:MANY]),
    )


def _found(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, or by a way through others, as Keycloak's `realm_access.roles`."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _texts(told: Any) -> list[str]:
    if isinstance(told, str):
        return [told]
    return [one for one in told if isinstance(one, str)] if isinstance(told, Iterable) else []
