"""Words the demo's people are named with: common Russian and English names, nobody's own."""


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = words("""
    Абрамов Агафонов Аксёнов Алёшин Ананьев Архипов Афанасьев Баранов Белозерский Беляев Березин
    Блинов Бобров Богданов Борисов Бочаров Булатов Быков Васнецов Веселовский Виноградов
    Владимирский Воробьёв Воронин Гаврилов Глебов Голубев Гончаренко Горбунов Горский Грачёв
    Гришин Гущин Давыдов Демидов Денисенко Добровольский Дорофеев Дроздов Дубровин Евдокимов
    Ельцов Ермаков Ершов Жданов Жуков Завадский Зайцев Захаренко Зверев Зимин Зорин Игнатьев
    Ильинский Исаев Казаков Калашников Карпенко Киреев Климов Князев Ковальчук Козловский
    Колесников Комаров Кондратьев Корнилов Костенко Кравцов Крылов Кудрявцев Кузьмин Куликов
    Лазарев Ларионов Левицкий Логинов Лукьянов Лыткин Макаров Малиновский Мартынов Маслов
    Матвеев Медведев Мельник Мещеряков Миронов Молчанов Моисеенко Муравьёв Назаров Нестеров
    Никитин Новицкий Носков Овчинников Одинцов Озеров Осипов Островский Панфилов Пахомов
    Петренко Пестов Платонов Покровский Поляков Потапов Прохоров Путилин Раевский Рогов Рожков
    Рябинин Савельев Садовский Самойлов Светлов Селезнёв Семёнов Сизов Ситников Скворцов
    Снегирёв Соболев Соловьёв Сотников Стрельников Субботин Сухов Тарасенко Терентьев Тихомиров
    Толстой Трофимов Туманов Уваров Ушаков Фадеев Филатов Фомин Хабаров Харитонов Хохлов Царёв
    Цветков Чернов Черкасский Чижов Шаповалов Шаров Швецов Шевчук Шестаков Ширяев Шубин Щербаков
    Щукин Юдин Юрасов Яковлев Ястребов Яхонтов
""")

MEN = words("""
    Александр Алексей Анатолий Андрей Антон Аркадий Артём Богдан Борис Вадим Валерий Василий
    Виктор Виталий Владимир Владислав Вячеслав Геннадий Георгий Глеб Григорий Даниил Денис
    Дмитрий Евгений Егор Иван Игорь Илья Кирилл Константин Леонид Максим Марат Матвей Михаил
    Никита Николай Олег Павел Пётр Рамиль Роман Руслан Сергей Станислав Степан Тимофей Фёдор
    Юрий Ярослав
""")

WOMEN = words("""
    Александра Алина Алла Анастасия Ангелина Анна Валентина Валерия Варвара Вера Вероника
    Виктория Галина Дарья Евгения Екатерина Елена Елизавета Жанна Зоя Инна Ирина Карина Кира
    Ксения Лариса Лидия Любовь Людмила Маргарита Марина Мария Милана Надежда Наталья Нина Оксана
    Ольга Полина Раиса Светлана София Таисия Тамара Татьяна Ульяна Юлия Яна
""")

FATHERS = words("""
    Александров Алексеев Анатольев Андреев Антонов Аркадьев Борисов Вадимов Валентинов Валерьев
    Васильев Викторов Витальев Владимиров Вячеславов Геннадьев Георгиев Григорьев Дмитриев
    Евгеньев Иванов Игорев Константинов Леонидов Максимов Михайлов Николаев Олегов Павлов Петров
    Романов Русланов Сергеев Станиславов Степанов Фёдоров Юрьев
""")
"""What patronymics are made of: -ич for a man, -на for a woman."""

ENGLISH_SURNAMES = words("""
    Adler Ainsworth Barlow Becker Bennett Brandt Brooks Carver Chambers Clayton Cole Dawson
    Decker Doyle Ellis Faulkner Fischer Fletcher Foster Garner Graham Hale Hartmann Hayes
    Holloway Hopkins Ingram Jensen Keller Knight Lambert Lawson Lindner Marlow Mason Mercer
    Neumann Norris Parker Pearce Porter Quinn Ramsey Reuter Rhodes Sawyer Schuster Shelton
    Sutton Thornton Turner Vogel Walden Wagner Weaver Whitfield Winter Wright Yates Zimmer
""")

ENGLISH_NAMES = words("""
    Alice Amelia Andrew Anna Arthur Benjamin Caroline Charles Charlotte Christine Claire Clara
    Daniel David Edward Eleanor Emily Erik Eva Felix Frances George Grace Hannah Harriet Henry
    Ian Jack Jacob James Jane Jonas Julia Karl Katherine Laura Leo Lewis Lucy Margaret Martin
    Matthew Max Michael Nina Nora Oliver Oscar Patrick Paul Peter Philip Rachel Richard Robert
    Rose Samuel Sarah Simon Sophie Stephen Theodore Thomas Victoria Walter William
""")

POSITIONS = (
    "Генеральный директор", "Коммерческий директор", "Финансовый директор", "Технический директор",
    "Исполнительный директор", "Руководитель отдела закупок", "Руководитель отдела логистики",
    "Руководитель проекта", "Главный инженер", "Главный бухгалтер", "Менеджер по закупкам",
    "Менеджер по снабжению", "Инженер", "Заместитель директора", "Специалист по тендерам",
    "Заведующий складом", "Юрист", "Помощник руководителя",
)  # fmt: skip

ENGLISH_POSITIONS = (
    "Managing Director", "Chief Executive", "Chief Operating Officer", "Chief Financial Officer",
    "Head of Procurement", "Head of Operations", "Head of Partnerships", "Purchasing Manager",
    "Logistics Manager", "Project Manager", "Plant Manager", "Engineer", "Legal Counsel",
    "Business Development Manager", "Office Manager",
)  # fmt: skip

_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        ("a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya").split(" "),
        strict=True,
    )
)


def surname(masculine: str, *, woman: bool) -> str:
    """As a woman has it: Зимина, Горская, Толстая; those in -ко, -ук, -ик stay as they are."""
    if not woman:
        return masculine
    if masculine.endswith(("ский", "цкий", "ской", "цкой", "ый", "ой")):
        return f"{masculine[:-2]}ая"
    if masculine.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return f"{masculine}а"
    return masculine


def patronymic(father: str, *, woman: bool) -> str:
    return father + ("на" if woman else "ич")


def latin(text: str) -> str:
    """Lower case, letters and digits alone, Cyrillic spelled as in a passport (ICAO Doc 9303)."""
    spelled = "".join(_LATIN.get(letter, letter) for letter in text.lower())
    return "".join(letter for letter in spelled if letter.isascii() and letter.isalnum())
