"""What people type becomes comparable, or is refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gausdo.kernel.errors import Invalid
from gausdo.modules.customers.links import link
from gausdo.modules.customers.ways import alike, comparable, domain, email, inn, kpp, ogrn, phone


@pytest.mark.parametrize(
    "typed",
    ["8 (916) 123-45-67", "+7 916 123 45 67", "9161234567", "8-916-123-45-67", "+7(916)1234567"],
)
def test_a_phone_is_one_number_however_it_is_typed(typed):
    assert phone(typed) == "+79161234567"


def test_phones_keep_their_country_and_extension():
    assert phone("+49 30 901820") == "+4930901820"
    assert phone("8 495 123-45-67 доб. 12") == "+74951234567;ext=12"
    assert phone("+7 495 123-45-67 ext 12") == "+74951234567;ext=12"


@pytest.mark.parametrize(
    "typed", ["abc", "112", "123-45-67", "+7 916 123", "+999 12345678", "８９"]
)
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(ValueError, match="phone"):
        phone(typed)


def test_an_email_is_compared_in_lower_case_and_ascii():
    assert email("Ivan.Petrov@Example.COM") == "ivan.petrov@example.com"
    assert email("Инфо@Ёлки.рф") == "инфо@xn--h1adc1g.xn--p1ai"


@pytest.mark.parametrize("typed", ["ivan", "a@b", "a b@example.ru", "a@@example.ru", "a@.ru"])
def test_what_is_no_email_is_refused(typed):
    with pytest.raises(ValueError, match=r"email|@-sign"):
        email(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("example.ru", "example.ru"),
        ("https://www.Example.ru/about?x=1", "example.ru"),
        ("http://Ёлки.рф:8080", "ёлки.рф"),
        ("xn--h1adc1g.xn--p1ai", "ёлки.рф"),
    ],
)
def test_a_domain_is_read_from_an_address(typed, read):
    assert domain(typed) == read


@pytest.mark.parametrize("typed", ["example", "http://", "exa mple.ru", "a..ru", "http://[::1"])
def test_what_is_no_domain_is_refused(typed):
    with pytest.raises(ValueError, match="domain"):
        domain(typed)


@pytest.mark.parametrize("right", ["7707083893", "7736207543", "500100732259"])
def test_an_inn_has_right_check_digits(right):
    assert inn(right) == right


@pytest.mark.parametrize(
    "wrong", ["7707083894", "7707083983", "500100732258", "500100732269", "0000000000"]
)
def test_a_slip_in_an_inn_is_found(wrong):
    with pytest.raises(ValueError, match="check digits"):
        inn(wrong)


@given(st.text(alphabet="0123456789", min_size=9, max_size=9).filter(lambda nine: nine.strip("0")))
def test_nine_digits_have_one_check_digit(nine):
    fitting = [last for last in "0123456789" if _fits(nine + last)]
    assert len(fitting) == 1


def _fits(typed):
    try:
        return inn(typed) == typed
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("1027700132195", "1027700132195"),
        ("1 027 739 609 391", "1027739609391"),
        ("304500116000157", "304500116000157"),
    ],
)
def test_an_ogrn_has_its_check_digit(typed, normal):
    assert ogrn(typed) == normal


@pytest.mark.parametrize(
    "wrong",
    [
        *("1027700132194", "1027700132159", "304500116000158", "0000000000000"),
        *("102770013219", "10277001321951", "１０２７７００１３２１９５", "1027700132x95", ""),
    ],
)
def test_a_slip_in_an_ogrn_is_found(wrong):
    with pytest.raises(ValueError, match="OGRN"):
        ogrn(wrong)


@given(
    st.text(alphabet="0123456789", min_size=12, max_size=12).filter(lambda told: told.strip("0"))
)
def test_twelve_digits_have_one_check_digit(twelve):
    remainder = int(twelve) - int(twelve) // 11 * 11
    assert ogrn(f"{twelve}{str(remainder)[-1]}")


@pytest.mark.parametrize(
    ("typed", "normal"), [("773601001", "773601001"), (" 7736 ab 001", "7736AB001")]
)
def test_a_kpp_has_nine_characters(typed, normal):
    assert kpp(typed) == normal


@pytest.mark.parametrize(
    "wrong", ["77360100", "7736010011", "77A601001", "7736АБ001", "７73601001"]
)
def test_what_is_no_kpp_is_refused(wrong):
    with pytest.raises(ValueError, match="KPP"):
        kpp(wrong)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("@Ivan_Petrov", "https://t.me/ivan_petrov"),
        ("Телеграм: @ivan_petrov", "https://t.me/ivan_petrov"),
        ("http://www.t.me/Ivan_Petrov/", "https://t.me/ivan_petrov"),
        ("telegram t.me/ivan_petrov", "https://t.me/ivan_petrov"),
        ("tg 8 916 123-45-67", "https://t.me/%2B79161234567"),
        ("t.me/+AbCdEf", "https://t.me/+AbCdEf"),
        ("WhatsApp 8 (916) 123-45-67", "https://wa.me/79161234567"),
        ("https://api.whatsapp.com/send?phone=79161234567&text=x", "https://wa.me/79161234567"),
        ("wa.me/79161234567", "https://wa.me/79161234567"),
        ("вайбер +7 916 123 45 67", "viber://chat?number=%2B79161234567"),
        ("viber://chat?number=%2B79161234567", "viber://chat?number=%2B79161234567"),
        ("VK ivan.petrov", "https://vk.com/ivan.petrov"),
        ("m.vk.com/Ivan.Petrov", "https://vk.com/ivan.petrov"),
        ("MAX: ivan", "https://max.ru/ivan"),
        ("Ёлки.рф/Каталог?x=1", "https://xn--h1adc1g.xn--p1ai/%D0%9A%D0%B0%D1%82%D0%B0%D0%BB%D0%BE%D0%B3?x=1"),
        ("http://example.ru:8080/", "http://example.ru:8080"),
        ("https://example.ru/#/ivan", "https://example.ru#/ivan"),
    ],
)  # fmt: skip
def test_a_link_is_one_address_however_it_is_typed(typed, normal):
    assert link(typed, phone) == normal
    assert link(normal, phone) == normal


@pytest.mark.parametrize(
    "typed",
    [
        *("javascript:alert(1)", "javascript://example.ru/%0aalert(1)", "data:text/html,x"),
        *("ivan", "VK Иван", "WhatsApp ivan", "https://", "https://[", "https://user@example.ru"),
        *("viber://chat", "viber://[", "https://example.ru:port", "a b.ru", "max +79161234567"),
    ],
)
def test_what_leads_nowhere_is_no_link(typed):
    with pytest.raises(ValueError):  # noqa: PT011 - each has words of its own
        link(typed, phone)


def test_every_wrong_field_is_named_at_once():
    told = {
        "phones": ["8 916 123-45-67", "abc"],
        "emails": ["x@"],
        "links": ["@ivan", "javascript:1"],
        "inn": "7707083894",
        "name": None,
    }
    with pytest.raises(Invalid) as refused:
        comparable(told.items())
    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("phones.1", "phone"),
        ("emails.0", "email"),
        ("links.1", "link"),
        ("inn", "inn"),
        ("name", "missing"),
    ]


def test_the_same_phone_typed_twice_is_one():
    told = comparable([("phones", ["8 916 123-45-67", "+79161234567"])])
    assert [one.typed for one in told["phones"]] == ["8 916 123-45-67"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Пётр Иванов", "иванов петр", True),
        ("Иванов Пётр", "Иванов Пётр Сергеевич", True),
        ("ООО «Ромашка»", "Ромашка, ООО", True),
        ("Ромашка", "Ромашка Логистика", False),
        ("Пётр Иванов", "Пётр Сидоров", False),
        ("Анна", "Анна Котова", False),
    ],
)
def test_names_are_alike_when_they_likely_name_the_same(one, other, same):
    assert alike(one, other) is same
    assert alike(other, one) is same
