"""What letters to people who work here say, in their own language."""

from enum import StrEnum
from typing import NamedTuple


class MailKind(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105
    FACTOR_ADDED = "factor-added"
    FACTOR_REMOVED = "factor-removed"
    PASSKEY_COPIED = "passkey-copied"


class Words(NamedTuple):
    """`{name}` is the person's, `{link}` where it leads, `{site}` the address of Gausdo."""

    subject: str
    body: str


def said(kind: MailKind, locale: str, **told: str) -> Words:
    subject, body = _WORDS[locale if locale in _WORDS else "en"][kind]
    return Words(subject, body.format(**told) + "\n")


_WORDS = {
    "en": {
        MailKind.INVITATION: Words(
            "You are invited to Gausdo",
            "Hello {name},\n\n"
            "an account has been made for you in Gausdo. Choose your password here:\n\n"
            "{link}\n\n"
            "The link is good once, for seven days. If it is over, ask your administrator for "
            "another one.",
        ),
        MailKind.RESET: Words(
            "A new password for Gausdo",
            "Hello {name},\n\n"
            "somebody, hopefully you, wants a new password for your account. Choose it here:\n\n"
            "{link}\n\n"
            "The link is good once, for half an hour. If it was not you, do nothing: your "
            "password stays as it is.",
        ),
        MailKind.PASSWORD_CHANGED: Words(
            "Your password for Gausdo was changed",
            "Hello {name},\n\n"
            "your password was just changed, and all other sessions have ended.\n\n"
            "If it was not you, set a new one at once ({site}/forgot-password) and tell your "
            "administrator.",
        ),
        MailKind.FACTOR_ADDED: Words(
            "A second factor was added to your account",
            "Hello {name},\n\n"
            "a second factor was just added to your account in Gausdo.\n\n"
            "If it was not you, change your password, look at {site}/settings and tell your "
            "administrator.",
        ),
        MailKind.FACTOR_REMOVED: Words(
            "A second factor was removed from your account",
            "Hello {name},\n\n"
            "a second factor of your account in Gausdo was just removed.\n\n"
            "If it was not you, change your password, look at {site}/settings and tell your "
            "administrator.",
        ),
        MailKind.PASSKEY_COPIED: Words(
            "A passkey of yours was copied",
            "Hello {name},\n\n"
            "somebody has used a copy of a passkey of yours. It lets nobody in any more, and you "
            "are signed out everywhere.\n\n"
            "Sign in another way, add a new passkey at {site}/settings and tell your "
            "administrator.",
        ),
    },
    "ru": {
        MailKind.INVITATION: Words(
            "Вас пригласили в Gausdo",
            "Здравствуйте, {name}!\n\n"
            "Для вас создана учётная запись в Gausdo. Задайте пароль:\n\n"
            "{link}\n\n"
            "Ссылка действует один раз, в течение семи дней. Если срок вышел, попросите у "
            "администратора новую.",
        ),
        MailKind.RESET: Words(
            "Новый пароль для Gausdo",
            "Здравствуйте, {name}!\n\n"
            "Кто-то – надеемся, вы – хочет задать новый пароль вашей учётной записи:\n\n"
            "{link}\n\n"
            "Ссылка действует один раз, в течение получаса. Если это были не вы, ничего не "
            "делайте: пароль останется прежним.",
        ),
        MailKind.PASSWORD_CHANGED: Words(
            "Ваш пароль в Gausdo изменён",
            "Здравствуйте, {name}!\n\n"
            "Ваш пароль только что изменён, все остальные сеансы завершены.\n\n"
            "Если это были не вы, сразу задайте новый ({site}/forgot-password) и сообщите "
            "администратору.",
        ),
        MailKind.FACTOR_ADDED: Words(
            "К вашей учётной записи добавлен второй фактор",
            "Здравствуйте, {name}!\n\n"
            "К вашей учётной записи в Gausdo только что добавлен второй фактор.\n\n"
            "Если это были не вы, смените пароль, проверьте {site}/settings и сообщите "
            "администратору.",
        ),
        MailKind.FACTOR_REMOVED: Words(
            "Из вашей учётной записи удалён второй фактор",
            "Здравствуйте, {name}!\n\n"
            "Из вашей учётной записи в Gausdo только что удалён второй фактор.\n\n"
            "Если это были не вы, смените пароль, проверьте {site}/settings и сообщите "
            "администратору.",
        ),
        MailKind.PASSKEY_COPIED: Words(
            "Ваш ключ доступа скопирован",
            "Здравствуйте, {name}!\n\n"
            "Кто-то использовал копию вашего ключа доступа. Он больше никого не впустит, и вы "
            "везде вышли.\n\n"
            "Войдите другим способом, создайте новый ключ в {site}/settings и сообщите "
            "администратору.",
        ),
    },
}
