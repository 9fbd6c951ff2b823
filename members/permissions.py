"""What an account may see of a person beyond the row itself."""

from accounts.roles import RoleCode


def sees_phone(*, user, person) -> bool:
    """委员联络科 works with telephone numbers; everybody sees their own."""
    return user.has_role(RoleCode.REGISTRAR) or (
        person.user_id is not None and person.user_id == user.pk
    )


def shown_phone(*, user, person) -> str:
    """On pages that show many things at once: one's own number whole, any other masked.

    Those entitled open the person's own page, which is written down.
    """
    is_own = person.user_id is not None and person.user_id == user.pk
    return person.phone if is_own else masked_phone(person.phone)


def masked_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-2:]}" if len(phone) > 6 else "*" * len(phone)
