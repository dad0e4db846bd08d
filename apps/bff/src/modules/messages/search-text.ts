/**
 * The text by which a delivery is found, and what people type, in one form: lower case, Russian letters as ASCII, one for one.
 * pg_trgm builds its index of letters only as the character type of the database knows them, under «C» only those of ASCII.
 * The same table is in 0011_lists_at_scale.sql. Six letters stand as digits: Latin has too few, and words of them do not exist.
 */
const RUSSIAN = 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя';
const ASCII = 'abvgdeejziyklmnoprstufhcqw784x396';
const asciiOf: Readonly<Record<string, string>> = Object.fromEntries(
  [...RUSSIAN].map((letter, place) => [letter, ASCII[place] ?? letter]),
);

/** Text in the form of the column `delivery.search`. */
export const searchText = (text: string): string =>
  text.toLowerCase().replace(/[а-яё]/g, (letter) => asciiOf[letter] ?? letter);

/** Whether the index of fragments can find a text: three letters or digits in a row. */
export const isIndexedText = (text: string): boolean => /[a-z0-9]{3}/.test(searchText(text));
