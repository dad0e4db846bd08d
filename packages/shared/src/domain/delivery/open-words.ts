/**
 * What of a text may be shown where people are carried (docs/adr/0021): words of a closed list. A name, a number or a login is
 * never on it, whatever system wrote it and however it is spelled; a list of names would always miss one. Pure.
 */

import { isDocumentNumber } from './document-number.ts';

/** Whole word forms, grouped by what they speak of; no place. Some are names as well when written with a capital: see `NAMES`. `ё` is `е`. */
const WORDS = `
а без более бы был была были было быть в вам вас весь во все всего вы где да для до другой другая другое другие его ее ему если есть еще
же за и из или им их к как когда кому которая которого которое которые который кроме ли либо лишь менее мы на над нам не него нет
неизвестная неизвестное неизвестный неизвестно ни но ну о об она они оно он от перед по под после потому при про просто раз с сам
свой сейчас снова со так также там те тем то тогда того только том тот тут у уже через что чтобы эта эти это этого этой этом этот
больше меньше первый первая второй вторая последний последняя новый новая новое новые старый старая старое прежний каждый любой
сегодня вчера завтра день дня дней дни час часа часов минут минуту минуты секунд секунды неделя недели месяц месяца срок срока сроки
дата даты дату датой время времени год года период периода периоде начало начала начале конец конца окончание окончания

ошибка ошибки ошибку ошибкой ошибок причина причины сбой сбоя отказ отказано отказал отказала отклонен отклонена отклонено отклонены
отклонил не удалось невозможно нельзя можно нужно надо необходимо следует требуется должен должна должно должны
найден найдена найдено найдены отсутствует отсутствуют заполнен заполнена заполнено заполнены незаполнен указан указана указано указаны
задан задана задано совпадает совпадают отличается отличаются верный верно неверный неверная неверное неверно неправильный неправильно
корректный корректно некорректный некорректная некорректное некорректно допустим допустимо недопустим недопустимо недопустимое
истек истекла истекло превышен превышена превышено занят занята заблокирован заблокирована заблокировано закрыт закрыта закрыто
запрещен запрещена запрещено запрет запрета существует повторно повтор повтора дубль дубликат уникальный уникальность
принят принята принято приняты принять принимает отправлен отправлена отправлено отправить отправили отправка отправке отправки
получен получена получено получены получить получения получении получатель получателя загружен загружена загружено загрузка загрузке
выгружен выгружена выгружено выгрузка выгрузки выгрузке выгрузить передан передана передано передать создан создана создано создать
записан записана записано записать запись записи изменен изменена изменено изменения изменений изменение удален удалена удалено удаление
удаления проведен проведена проведено проведение проведения проведении провести подписан подписана подписано подписаны подписал подписала
подписать подпись подписи подписью подписания подписание подписанию подписант подписанта согласован согласована согласование согласования
проверен проверена проверено проверка проверки проверку проверить проверили прошел прошла прошло пройдена ожидает ожидание ожидания
завершен завершена завершено отменен отменена отменено отмена отмены обновлен обновлена обновлено обновить исправлен исправлена исправить
исправили ответ ответа ответил ответила отвечает молчит доступен доступна доступно недоступен недоступна недоступно

документ документа документу документом документе документы документов документам приказ приказа приказу приказом приказы заявление
заявления отпуск отпуска отпуске отпуску прием приема приеме работу работа работы работе работник работника работнику работником
увольнение увольнения увольнении увольнению перевод перевода переводе переводу кадровый кадрового кадровому кадровые кадровая кадрам
кадров кадры кадровик командировка командировки больничный больничного сотрудник сотрудника сотруднику сотрудником сотруднике
сотрудники сотрудников сотрудникам физлицо физлица физическое физического лицо лица лицу руководитель руководителя работодатель
работодателя организация организации организацией подразделение подразделения подразделении подразделению должность должности должностью
отдел отдела отделе табельный табельного номер номера номеру номером карточка карточке карточки карточку анкета анкеты
снилс инн кпп огрн фио пфр сфр фнс фсс паспорт паспорта паспорте паспортные паспортных страховой страхового страховое рождения рождение
адрес адреса телефон телефона почта почты гражданство гражданства стаж стажа оклад оклада ставка ставки график графика
договор договора договору трудовой трудового трудовому сертификат сертификата сертификатом сертификаты ключ ключа электронный
электронная электронной электронного учетная учетной учетную запись аккаунт кабинет кабинета доверенность доверенности мчд кэп унэп
уцэп кэдо hr tek vk зуп ут бп erp уход уволен уволена принят переведен переведена
список списка списком лист листа уходу ребенком оплата оплаты премия премии

система системы системе систему сервер сервера сервером сервис сервиса служба службы база базы базе базу узел узла узлу удаленный
удаленного обмен обмена обмене обмену сообщение сообщения сообщений сообщению пакет пакета объект объекта объекту объекты справочник
справочника регистр регистра элемент элемента ссылка ссылки ссылку поле поля полю поле полей реквизит реквизита реквизите реквизиту
реквизиты реквизитов строка строки строке таблица таблицы табличной части часть значение значения значением значений тип типа вид вида
формат формата формате правило правила событие события обработчик обработчика обработчике код кода кодом режим режима версия версии
данные данных данным файл файла файле вложение вложения печатная печатной форма формы форме шаблон шаблона маршрут маршрута
права прав право доступ доступа пользователь пользователя пользователю пароль пароля логин логина роль роли лицензия лицензии лицензию
соединение соединения связь связи сеть сети запрос запроса запросе интеграция интеграции идентификатор идентификатора
состояние состояния статус статуса пусто пустой пустая пустое пустые обязательное обязательный обязательные обязательного
длина длины символ символа символов цифра цифр больше контрольная контрольной сумма суммы
сопоставлен сопоставлена сопоставлено сопоставление настройка настройки настройке настройку
просим просьба просьбе попросили кадрам закрываем закрыли закрыто повторяем повторить ждем ждать ждет вручную заново проверим
решено решили дубля актуален неактуален актуально неактуально нужен нужна тестовый тестовая

error errors failed failure fault invalid valid missing required field fields value values not found no is are was were has have been
already exists empty null undefined unknown unexpected expected received input output type format string number date object array
of in on at to for from by with without and or the an must be should cannot can document documents employee employees worker person
order hiring vacation dismissal transfer leave signature signed sign certificate expired rejected refused accepted duplicate
request response server service connection timeout timed out unavailable unauthorized forbidden bad gateway internal access denied
http https json xml soap rest api id uuid guid inn snils code status reason message text name key
too many few long short small big large length maximum minimum option one least most match pattern iso
landscape flow target belongs says takes part may speak more than future source moment years before needs its content kept bytes event that`;

const wordsOf = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/).filter(Boolean));
const OPEN = wordsOf(WORDS);
/** Capitals are read as abbreviations, and of those only these: bases write names in capitals. */
const ABBREVIATIONS = wordsOf(`СНИЛС ИНН КПП ОГРН ФИО ПФР СФР ФНС ФСС МЧД КЭП УНЭП УЦЭП КЭДО ЗУП УТ БП ERP HR TEK VK
  HTTP HTTPS JSON XML SOAP REST API ID UUID GUID NULL ISO INN SNILS`);
/** A capital letter makes names of short words (Ли, Но, Им, Том, May), and of all but these. */
const SHORT = wordsOf('нет для при код тип вид not too the bad');
const LONGEST_SHORT = 3;
/** Longer words of the list that are names, too, or close to one. */
const NAMES =
  wordsOf(`первый первая второй вторая последний последняя новый новая новое новые старый старая старое старые прежний
  каждый любой верный верная верно верное весь другой другая пустой пустая свой ключ ключа дата даты дату датой день года часа срока
  роль роли стаж стажа узел узла часть части база базы уход дубль дубля график графика кадры трудовой страховой
  отдел кабинет лицо лица почта снова
  long short small large least most many field fields worker person part leave key order future bytes name sign text code page
  hiring vacation moment reason`);
/** «Отделов», «Данных» are surnames, too. */
const LIKE_A_SURNAME = /(?:ов|ев|ова|ева|ых|их)$/u;
/** Inside a compound, «ДатаРождения», «ПриемНаРаботу», a capital is the way to write it. */
const IN_COMPOUNDS = wordsOf('дата даты лист id key name code text');
const BETWEEN_PARTS = wordsOf('на по от из о об для до за при к с в или не');

const WORD = /[\p{L}\p{M}\p{N}_]+/gu;
/** «ДатаРождения», «Документ_Отпуск»: each part by itself. */
const PARTS = /_+|(?<=\p{Ll})(?=\p{Lu})/u;
export const HIDDEN = '‹…›';
const MAX_TEXT = 8_000;

const plain = (word: string): string => word.toLowerCase().replaceAll('ё', 'е');
const isLower = (word: string): boolean => word === word.toLowerCase();
const isAbbreviation = (word: string): boolean => ABBREVIATIONS.has(word);
/** With a capital letter, and no name for all that is known. */
const isNoName = (word: string): boolean =>
  OPEN.has(plain(word)) &&
  !LIKE_A_SURNAME.test(plain(word)) &&
  !NAMES.has(plain(word)) &&
  (word.length > LONGEST_SHORT || SHORT.has(plain(word))) &&
  word.slice(1) === word.slice(1).toLowerCase();

function isOpenCompound(parts: readonly string[]): boolean {
  const tells = (part: string): boolean =>
    isAbbreviation(part) || (OPEN.has(plain(part)) && isLower(part)) || isNoName(part);
  const joins = (part: string, index: number): boolean =>
    IN_COMPOUNDS.has(plain(part)) || (BETWEEN_PARTS.has(plain(part)) && index > 0 && index < parts.length - 1);
  return parts.some(tells) && parts.every((part, index) => tells(part) || joins(part, index));
}

/** A word that is shown, and what stands between it and the next one. */
interface Before {
  /** Null at the beginning of the text, and after a word that was hidden. */
  readonly word: string | null;
  readonly isStart: boolean;
  readonly gap: string;
}
const SENTENCE_ENDS = /^[»”")\]]*[.!?]+[»”")\]]*\s+[«“"(]?$/u;
/** Where a capital letter is the way to write any word. What stands after a hidden word begins nothing: «И. О. Ключ». */
function beginsSentence({ word, isStart, gap }: Before): boolean {
  if (/«$/u.test(gap) || /\n[^\p{L}\p{N}‹›]*$/u.test(gap)) return true;
  if (isStart) return !/[‹›]/u.test(gap);
  return word !== null && word.length > 1 && isLower(word) && SENTENCE_ENDS.test(gap);
}

function isOpen(word: string, before: Before, after: string): boolean {
  if (/^[1-5]\d\d$/.test(word)) return before.gap === ' ' && /^http$/i.test(before.word ?? '');
  const parts = word.split(PARTS).filter(Boolean);
  if (parts.length > 1) return isOpenCompound(parts);
  if (parts.length === 0 || parts[0] !== word) return false;
  if (isLower(word)) return OPEN.has(plain(word));
  if (isAbbreviation(word)) return true;
  if (word === 'Tek') return before.word === 'HR' && before.gap === ' ';
  if (!beginsSentence(before)) return false;
  // «Не» is a name, too, and the commonest beginning: the word that follows tells.
  return word === 'Не' ? isLower(after) && OPEN.has(plain(after)) : isNoName(word);
}

/**
 * The text with every word and number outside the list as «‹…›», several of them as one; a status of HTTP stays. A word counts as
 * one of the list where it is written small. With a capital it may be a name: it is shown at the beginning of a sentence alone,
 * and never where it is known to be one.
 */
export function openWords(text: string): string {
  const cut = text.slice(0, MAX_TEXT);
  const words = [...cut.matchAll(WORD)];
  let before: Pick<Before, 'word' | 'isStart'> = { word: null, isStart: true };
  let shown = '';
  let end = 0;
  words.forEach(([word], index) => {
    const at = words[index]?.index ?? 0;
    const gap = cut.slice(end, at);
    const open = isOpen(word, { ...before, gap }, words[index + 1]?.[0] ?? '');
    shown += gap + (open ? word : HIDDEN);
    before = { word: open ? word : null, isStart: false };
    end = at + word.length;
  });
  return (shown + cut.slice(end)).replaceAll(/‹…›(?:[^\p{L}\p{N}‹›]*‹…›)+/gu, HIDDEN).trim();
}

/** The words of a text that name nobody; empty where there are none. */
export function withoutPeople(text: string): string {
  const words = openWords(text);
  return /[\p{L}\p{N}]/u.test(words) ? words : '';
}

/** Words of a system or a person about messages of a flow: of one that carries people only those that name nobody. */
export const shownText = (text: string, flow: { readonly personalData: boolean } | undefined): string =>
  flow?.personalData ? withoutPeople(text) : text;

/** Places of a document of 1С that identify it and no person: its kind, number, date and whether it is posted. */
export const DOCUMENT_FIELDS: readonly string[] = [
  'ВидДокумента',
  'ТипДокумента',
  'Номер',
  'Number',
  'Дата',
  'Date',
  'Ref_Key',
  'Проведен',
  'Posted',
  'ПометкаУдаления',
  'DeletionMark',
];

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DATE =
  /^(?:\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?|\d\d\.\d\d\.\d{4}(?: \d\d?:\d\d(?::\d\d)?)?)$/;
/** Attempts, days, years; the number of a passport is longer. */
const GREATEST_COUNT = 9_999;
const MAX_OPEN_TEXT = 100;

/**
 * Whether a value in an open place is what identifies a document: its number, date, reference, kind, or a small count. The name of
 * the place proves nothing: «Номер» is also that of a passport, «ВидДокумента» may be «Заявление Лаптевой И. О.».
 */
export function isOpenValue(value: unknown): boolean {
  if (typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) <= GREATEST_COUNT;
  if (typeof value !== 'string' || value.length > MAX_OPEN_TEXT) return false;
  const text = value.trim();
  return GUID.test(text) || DATE.test(text) || isDocumentNumber(text) || (text !== '' && openWords(text) === text);
}
