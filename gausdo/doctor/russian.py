"""What the doctor says, in Russian, by the English template.

`{count:день|дня|дней}` is the form that goes with the number; the names in braces are those of the
English. What servers say themselves stays as it is.
"""

RUSSIAN = {
    # What is looked at
    "tables": "таблицы",
    "schema": "схема",
    "connections": "соединения",
    "clock": "часы",
    "mail server": "почтовый сервер",
    "disk": "диск",
    "interface": "интерфейс",
    "address": "адрес",
    "certificate": "сертификат",
    "jobs": "задания",
    "reports": "отчёты",
    "events": "события",
    "audit": "журнал аудита",
    # How long, after «уже» and before «назад»
    "{count} days": "{count} {count:день|дня|дней}",
    "{count} hours": "{count} {count:час|часа|часов}",
    "{count} minutes": "{count} {count:минуту|минуты|минут}",
    "{count} s": "{count} с",
    # Servers and how they are reached
    "{host}:{port} does not take connections: packets are lost on the way": (
        "{host}:{port} не принимает соединений: пакеты теряются по дороге"
    ),
    "there is no host called {host}": "узла с именем {host} нет",
    "nothing listens on {host}:{port}": "{host}:{port} никто не слушает",
    "{host}:{port} cannot be reached ({error})": "до {host}:{port} не достучаться ({error})",
    "{host}:{port} takes connections and gives no answer within {patience:g} s: it hangs": (
        "{host}:{port} принимает соединения, но за {patience:g} с не отвечает: сервер завис"
    ),
    "version {version}": "версия {version}",
    "version {version}; every module connects under its own role": (
        "версия {version}; каждый модуль подключается под своей ролью"
    ),
    "version {version}, {streams} streams": (
        "версия {version}, {streams} {streams:поток|потока|потоков}"
    ),
    "Start it, or correct GAUSDO_POSTGRES_URL.": "Запустите его или исправьте GAUSDO_POSTGRES_URL.",
    "it refuses the password of {role}": "пароль роли {role} не подошёл",
    "it refuses our password": "наш пароль не подошёл",
    "Correct {setting}.": "Исправьте {setting}.",
    "Passwords follow from GAUSDO_SECRET: tell the secret this database was made with, or run "
    "`gausdo migrate`, which sets them anew.": (
        "Пароли выводятся из GAUSDO_SECRET: укажите тот секрет, с которым создана эта база, или "
        "выполните `gausdo migrate` – команда задаст их заново."
    ),
    "Run `gausdo migrate`: it makes the database, its roles and tables.": (
        "Выполните `gausdo migrate`: команда создаст базу, её роли и таблицы."
    ),
    "all its connections are in use": "все соединения заняты",
    "Raise max_connections, or run fewer processes.": (
        "Увеличьте max_connections или запустите меньше процессов."
    ),
    "See its log, and restart it.": "Посмотрите его журнал и перезапустите его.",
    "See its log, and whether GAUSDO_POSTGRES_URL is right.": (
        "Посмотрите его журнал и проверьте GAUSDO_POSTGRES_URL."
    ),
    "{name} at {at}": "{name} на {at}",
    "{name} at {at}, of {head}": "{name} на {at}, а последняя – {head}",
    "{name} has no tables": "у {name} нет таблиц",
    "not migrated: {parts}": "миграции не выполнены: {parts}",
    "Run `gausdo migrate`.": "Выполните `gausdo migrate`.",
    "ahead of this release, which does not know it: {parts}": (
        "новее этого выпуска, который её не знает: {parts}"
    ),
    "A newer release has migrated it. Run that one here, too.": (
        "Миграции выполнил более новый выпуск. Запустите его и здесь."
    ),
    "migrated as this release wants it": "такая, какая нужна этому выпуску",
    "{used} of {most} in use": "занято {used} из {most}",
    "{told}, and a web process with a worker may want {both}": (
        "{told}, а веб-процессу с фоновым может понадобиться {both}"
    ),
    "Set max_connections of PostgreSQL to {most} or more: {web} for each web process, {worker} for "
    "each worker.": (
        "Задайте max_connections в PostgreSQL не меньше {most}: по {web} на каждый веб-процесс и "
        "по {worker} на каждый фоновый."
    ),
    "{told}: hardly any is left": "{told}: свободных почти нет",
    "Raise max_connections ({web} for each web process, {worker} for each worker), or look in "
    "pg_stat_activity for whoever takes them.": (
        "Увеличьте max_connections (по {web} на каждый веб-процесс и по {worker} на каждый "
        "фоновый) или посмотрите в pg_stat_activity, кто их занял."
    ),
    "the clock of {server} is {s:.0f} s ahead of ours": (
        "часы {server} спешат относительно наших на {s:.0f} с"
    ),
    "the clock of {server} is {s:.0f} s behind ours": (
        "часы {server} отстают от наших на {s:.0f} с"
    ),
    "Let both machines set their clocks by NTP: tokens, due times and reports go by them.": (
        "Настройте на обеих машинах часы по NTP: от них зависят токены, сроки и отчёты."
    ),
    "that of {server} is ours": "часы {server} идут как наши",
    "Nobody can sign in without it. Start it, or correct GAUSDO_VALKEY_URL.": (
        "Без него никто не сможет войти. Запустите его или исправьте GAUSDO_VALKEY_URL."
    ),
    "Changes are kept and sent once it is back. Start it, or correct GAUSDO_NATS_URL.": (
        "Изменения сохраняются и уйдут, когда он вернётся. Запустите его или исправьте "
        "GAUSDO_NATS_URL."
    ),
    "it runs without JetStream": "работает без JetStream",
    "Start it with `-js`.": "Запустите его с ключом `-js`.",
    "Reports wait until it is back; nothing is lost.": (
        "Отчёты подождут, пока он не вернётся; ничего не потеряно."
    ),
    "{advice} Is GAUSDO_CLICKHOUSE_URL right?": "{advice} Верен ли GAUSDO_CLICKHOUSE_URL?",
    "Letters wait and are tried again. Start it, or correct GAUSDO_SMTP_URL.": (
        "Письма ждут, отправка будет повторяться. Запустите его или исправьте GAUSDO_SMTP_URL."
    ),
    "{host}:{port} greets us": "{host}:{port} отвечает на приветствие",
    # The machine
    "nothing runs in {data}": "в {data} ничего не запущено",
    "For a laptop: make run": "На своём компьютере: make run",
    "{state}{at}{again}": "{state}{at}{again}",
    "waiting": "ждёт",
    "starting": "запускается",
    "ready": "готов",
    "silent": "молчит",
    "done": "выполнен",
    "failed": "завершился с ошибкой",
    "stopped": "остановлен",
    " on port {port}": ", порт {port}",
    ", restarted {times} times": ", перезапущен {times} {times:раз|раза|раз}",
    "{state}: it runs, but gives no sign of life": "{state}: запущен, но не подаёт признаков жизни",
    "It is ended and started again by itself. Keep {log}, to find out why.": (
        "Он завершится и запустится снова сам. Сохраните {log}, чтобы выяснить причину."
    ),
    "See {log} for its last words: `gausdo logs --part {part}`.": (
        "Последние его слова – в {log}: `gausdo logs --part {part}`."
    ),
    "{at} gives no answer": "{at} не отвечает",
    "It hangs: restart `gausdo serve`.": "Он завис: перезапустите `gausdo serve`.",
    "no web process answers on {at}": "на {at} веб-процесс не отвечает",
    "Start `gausdo serve`, if it is here.": "Запустите `gausdo serve`, если он должен быть здесь.",
    "somebody else answers on {at} ({status})": "на {at} отвечает кто-то другой ({status})",
    "Stop what has the port, or tell GAUSDO_PORT another one.": (
        "Остановите того, кто занял порт, или укажите другой в GAUSDO_PORT."
    ),
    "answers on {at}": "отвечает на {at}",
    "{free:.1f} of {total:.1f} GB free for {place}": (
        "свободно {free:.1f} из {total:.1f} ГБ для {place}"
    ),
    "nearly full: {told}": "почти заполнен: {told}",
    "Make room: without any, PostgreSQL takes no changes, NATS no events and ClickHouse no rows. "
    "`logs/` may go first; what waits goes on by itself.": (
        "Освободите место: без него PostgreSQL не примет изменений, NATS – событий, а ClickHouse – "
        "строк. Сначала можно удалить `logs/`; то, что ждёт, продолжится само."
    ),
    "not built: the API is served alone": "не собран: работает только API",
    "`make run` builds it; GAUSDO_WEB names the folder of a built one.": (
        "Его собирает `make run`; папку собранного указывают в GAUSDO_WEB."
    ),
    "{folder} has no index.html": "в {folder} нет index.html",
    "Build it (`npm run build` in web/), or correct GAUSDO_WEB.": (
        "Соберите его (`npm run build` в web/) или исправьте GAUSDO_WEB."
    ),
    "served from {folder}": "отдаётся из {folder}",
    "{host} can be reached from outside, without TLS": "{host} доступен снаружи без TLS",
    "Put a proxy with TLS before it and name it in GAUSDO_TRUSTED_PROXIES, or listen on "
    "127.0.0.1.": (
        "Поставьте перед ним прокси с TLS и укажите его в GAUSDO_TRUSTED_PROXIES или слушайте "
        "127.0.0.1."
    ),
    "people are sent to {url}, without TLS": "людей отправляют на {url}, без TLS",
    "Browsers do not keep the session cookie there: nobody can sign in. Give the proxy a "
    "certificate, and GAUSDO_BASE_URL https.": (
        "Браузеры не сохраняют там cookie сеанса: никто не сможет войти. Дайте прокси сертификат, "
        "а в GAUSDO_BASE_URL – https."
    ),
    "that of {host} is not trusted: {why}": "сертификату {host} нет доверия: {why}",
    "Renew it, or let the proxy send the whole chain.": (
        "Обновите его или настройте прокси, чтобы он отдавал всю цепочку."
    ),
    "{host}:{port} cannot be reached from here ({error})": (
        "до {host}:{port} отсюда не достучаться ({error})"
    ),
    "Is the proxy running, and is GAUSDO_BASE_URL right?": (
        "Запущен ли прокси и верен ли GAUSDO_BASE_URL?"
    ),
    "that of {host} ends in {days} days": (
        "срок сертификата {host} истекает через {days} {days:день|дня|дней}"
    ),
    "Renew it.": "Обновите его.",
    "that of {host} is good for {days} days": (
        "сертификат {host} действует ещё {days} {days:день|дня|дней}"
    ),
    # What waits
    "Mend what is said above, then run `gausdo doctor` again.": (
        "Устраните сказанное выше и снова выполните `gausdo doctor`."
    ),
    "Start `gausdo work`; if it runs, it hangs: restart it and keep its log.": (
        "Запустите `gausdo work`; если он запущен, то завис: перезапустите его и сохраните журнал."
    ),
    "Its disk is or was full, most likely: its log and its `/healthz` say so. Make room, then "
    "start it anew: before, it takes nothing. All events are kept, and sent in order. If NATS is "
    "well, the worker hangs: restart it.": (
        "Скорее всего, его диск заполнен или был заполнен: об этом скажут его журнал и `/healthz`. "
        "Освободите место и запустите его заново: до этого он ничего не примет. Все события "
        "сохранены и уйдут по порядку. Если с NATS всё хорошо, завис фоновый процесс: "
        "перезапустите его."
    ),
    "none runs: letters, rules and reports wait": (
        "не запущен ни один: письма, правила и отчёты ждут"
    ),
    "none has given a sign of life for {age}": "ни один не подаёт признаков жизни уже {age}",
    "gave a sign of life {age} ago": "подал признаки жизни {age} назад",
    "{failed} failed for good": ("{failed} окончательно не {failed:удалось|удались|удались}"),
    "`gausdo logs --part worker --level error` has the error of each.": (
        "Ошибку каждого покажет `gausdo logs --part worker --level error`."
    ),
    "one has been due for {age}": "одно просрочено уже на {age}",
    "; the first: {event} – {error}": "; первое: {event} – {error}",
    "parked events of {name}": "отложенные события {name}",
    "{count} could not be applied{error}": "не удалось применить: {count}{error}",
    "Mend the cause, then run them again in administration; the rest goes on meanwhile.": (
        "Устраните причину и выполните их снова в администрировании; остальное тем временем идёт "
        "дальше."
    ),
    "{kinds} of {name}": "{kinds} {name}",
    "deliveries": "доставки вебхуков",
    "effects": "действия правил",
    "letters": "письма",
    "mails": "служебные письма",
    "notice_letters": "письма с уведомлениями",
    "outside_accounts": "сторонние календари",
    "quote_letters": "письма с предложениями",
    "{failed} given up; the latest: {error}": "прекращены попытки: {failed}; последняя: {error}",
    "Mend the cause, then choose “run again” in administration.": (
        "Устраните причину и выберите «Выполнить снова» в администрировании."
    ),
    "some are tried again and again; the latest: {error}": (
        "попытки повторяются снова и снова; последняя: {error}"
    ),
    "They go on by themselves once the receiver answers.": (
        "Продолжится само, когда получатель ответит."
    ),
    "nothing has been loaded yet": "пока ничего не загружено",
    "they show {source} as of {age} ago": "показывают {source} такими, как {age} назад",
    "Does ClickHouse answer, and does a worker run? They catch up by themselves.": (
        "Отвечает ли ClickHouse и запущен ли фоновый процесс? Отчёты догонят сами."
    ),
    "as of {age} ago": "данные {age} назад",
    ", the oldest for {age}": ", самое старое – уже {age}",
    "it answers, but takes no more events of {name}: {waiting} wait{since}": (
        "отвечает, но больше не принимает событий {name}: {waiting:ждёт|ждут|ждут} {waiting}{since}"
    ),
    "grows": "растёт",
    "shrinks": "убывает",
    "stands still": "стоит на месте",
    "{waiting} wait{since}; the line {way}": (
        "{waiting:ждёт|ждут|ждут} {waiting}{since}; очередь {way}"
    ),
    "It passes by itself.": "Это пройдёт само.",
    "{total} on their way": "в пути: {total}",
    "events of {name} to be published": "события {name} к отправке",
    "events of {source} to be read by {consumer}": "события {source}, которые прочтёт {consumer}",
    # Seals
    "the newest {entries} entries are as they were sealed": (
        "проверено последних записей: {entries}; все такие, какими были опечатаны"
    ),
    "audit of {name}": "журнал аудита {name}",
    "{what} ({where})": "{what} ({where})",
    "event {pos}": "событие {pos}",
    "seal {seal}": "печать {seal}",
    "and {more} more": "и ещё {more}",
    "an entry was altered": "запись изменена",
    "the address of an entry was altered": "адрес записи изменён",
    "a personal value was altered": "личное значение изменено",
    "an entry was taken away": "запись удалена",
    "an entry was put in": "запись вставлена",
    "an entry was taken away before it was sealed": "запись удалена до того, как её опечатали",
    "a seal was altered, taken away or put in": "печать изменена, удалена или вставлена",
    "the end of the chain is not the one that was told outside": (
        "конец цепочки не тот, что был сообщён наружу"
    ),
    "fewer events are numbered than were sealed": "пронумеровано меньше событий, чем опечатано",
    "Somebody has changed the database past Gausdo, or it was damaged. `gausdo audit verify` looks "
    "at everything; keep the database and its logs as they are until you know.": (
        "Кто-то изменил базу в обход Gausdo, или она повреждена. `gausdo audit verify` проверит "
        "всё; пока не узнаете причину, сохраните базу и её журналы как есть."
    ),
    "If you have restored an older backup, say so: `gausdo audit restored`. If not, the end of the "
    "history was cut off.": (
        "Если вы восстановили более старую копию, скажите об этом: `gausdo audit restored`. Если "
        "нет, конец истории отрезан."
    ),
    "{entries} entries under {seals} seals": (
        "{entries} {entries:запись|записи|записей} под {seals} {seals:печатью|печатями|печатями}"
    ),
    "goes on from what was restored": "продолжается с того, что восстановлено",
    "entries wait to be sealed for minutes": "записи уже несколько минут ждут печати",
}
