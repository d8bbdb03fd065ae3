"""Words the demo's companies are named with, where they are and what they do."""

from typing import NamedTuple

from gausdo.demo.names import words

WORDS = words("""
    Азимут Аквилон Альбатрос Амальгама Аметист Антарес Апогей Ареал Атлант Базальт Балтика
    Беркут Бриз Вектор Вершина Весна Восход Вымпел Галс Гарант Горизонт Гранит Дельта Дюна Заря
    Зенит Импульс Истра Кайра Калибр Каскад Кварц Кедр Кобальт Компас Контур Корунд Кристалл
    Ладога Лидер Линия Луч Магистраль Маяк Меридиан Мозаика Монолит Нева Оазис Океан Онега Опора
    Орбита Ориентир Основа Парус Перспектива Пилот Планета Полюс Призма Прогресс Путина Радиус
    Ракурс Рассвет Ресурс Родник Рубеж Сапфир Север Селигер Сигма Созвездие Союз Спектр Старт
    Стрела Сфера Тайга Темп Титан Топаз Траверс Тренд Триада Утёс Фарватер Факел Феникс Формат
    Фрегат Циркон Чайка Шторм Эверест Эльбрус Эталон Юпитер Янтарь
""")

FIELDS = (
    ("Трейд", "Торговля"), ("Строй", "Строительство"), ("Логистик", "Логистика"),
    ("Сервис", "Услуги"), ("Пром", "Промышленность"), ("Техно", "Промышленность"),
    ("Агро", "Сельское хозяйство"), ("Мед", "Медицина"), ("Софт", "Информационные технологии"),
    ("Энерго", "Энергетика"), ("Транс", "Логистика"), ("Маркет", "Торговля"),
    ("Проект", "Строительство"), ("Фарм", "Медицина"), ("Снаб", "Торговля"),
    ("Монтаж", "Строительство"), ("Металл", "Металлургия"), ("Пак", "Промышленность"),
    ("Пресс", "Реклама и СМИ"), ("Консалт", "Консалтинг"), ("Учёт", "Консалтинг"),
    ("Образование", "Образование"), ("Отель", "Гостиницы и рестораны"), ("Продукт", "Пищевая"),
)  # fmt: skip

LEGAL_FORMS = {
    "ООО": "Общество с ограниченной ответственностью",
    "АО": "Акционерное общество",
}
STREETS = (
    "ул. Выдуманная", "пр-т Примерный", "ул. Образцовая", "пер. Условный", "наб. Небывалая",
    "ул. Придуманная", "ш. Никудышное",
)  # fmt: skip
SIZES = (12, 35, 8, 140, 22, 64, 310, 5, 90, 17, 1200, 48, 27, 750, 15)

TAGS = (
    ("vip",), (), ("постоянный клиент",), (), ("тендер", "vip"), (), ("партнёр",), (), (),
    ("конференция",), ("постоянный клиент", "отсрочка"), (), (),
)  # fmt: skip
PERSON_TAGS = (("лпр",), (), (), ("конференция",), (), ("бухгалтерия",), ())
ENGLISH_TAGS = (("export",), (), ("export", "key account"), (), ())
SOURCES = ("Сайт", "Рекомендация", "Выставка", "Звонок", None, "Реклама", "Рассылка")
ENGLISH_SOURCES = ("Website", "Referral", "Trade fair", None)

ENGLISH_WORDS = words("""
    Alder Amber Anchor Arrow Aspen Beacon Birch Bluestone Bridge Bright Cedar Clear Cobalt
    Copper Coral Crest Crown Delta Eastgate Elm Ember Falcon Fern Field Flint Forge Granite
    Green Grove Harbour Hazel Heron High Iron Juniper Keystone Lake Laurel Linden Maple Marble
    Meadow Mill North Oak Orchard Osprey Pebble Pine Quarry Raven Ridge River Rowan Saddle
    Sandstone Silver Slate Spruce Sterling Stone Summit Swift Thistle Timber Vale Valley
    Westgate Willow Wren
""")

ENGLISH_FIELDS = (
    ("Trading", "Trade"), ("Logistics", "Logistics"), ("Systems", "Information technology"),
    ("Engineering", "Manufacturing"), ("Foods", "Food"), ("Medical", "Health care"),
    ("Energy", "Energy"), ("Textiles", "Manufacturing"), ("Partners", "Consulting"),
    ("Components", "Manufacturing"), ("Shipping", "Logistics"), ("Interiors", "Construction"),
    ("Instruments", "Manufacturing"), ("Analytics", "Information technology"),
)  # fmt: skip


class City(NamedTuple):
    name: str
    code: str  # of its phones
    weight: int


CITIES = (
    City("Москва", "495", 30), City("Санкт-Петербург", "812", 16), City("Екатеринбург", "343", 8),
    City("Новосибирск", "383", 7), City("Казань", "843", 7), City("Нижний Новгород", "831", 5),
    City("Самара", "846", 4), City("Ростов-на-Дону", "863", 4), City("Краснодар", "861", 4),
    City("Челябинск", "351", 3), City("Уфа", "347", 3), City("Пермь", "342", 3),
    City("Воронеж", "473", 2), City("Тюмень", "345", 2), City("Калининград", "401", 1),
    City("Владивосток", "423", 1),
)  # fmt: skip


class Country(NamedTuple):
    """Phones are from ranges that nobody has, kept free for the stage and the screen."""

    form: str
    cities: tuple[str, ...]
    phone: str | None  # `#` stand for the last digits
    currencies: tuple[str, ...]
    weight: int


COUNTRIES = (
    Country("Ltd", ("London", "Bristol", "Leeds"), "+44 20 7946 0###", ("EUR", "USD"), 4),
    Country("GmbH", ("Berlin", "Hamburg", "Leipzig"), "+49 30 23125 ###", ("EUR",), 4),
    Country("Inc.", ("Boston", "Chicago", "Seattle"), "+1 212 555 01##", ("USD",), 2),
    Country("Co., Ltd", ("Shanghai", "Shenzhen", "Ningbo"), None, ("CNY", "USD"), 3),
)

ABOUT = (
    "Работаем с прошлого года, платят в срок.", "Пришли по рекомендации.",
    "Закупки раз в квартал, решение принимает коммерческий директор.",
    "Просят отсрочку 30 дней.", "Познакомились на выставке.",
    "Несколько филиалов, договор один на всех.", "Тендерная площадка, важны документы.",
)  # fmt: skip

ENGLISH_ABOUT = (
    "Met at a trade fair; interested in distribution.", "Pays within 30 days.",
    "Decisions are made by the board, twice a year.", "Resells to smaller dealers.",
    "Asked for a pilot first.",
)  # fmt: skip
