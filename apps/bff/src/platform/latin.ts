/** Russian letters as a passport writes them (ICAO 9303), so that a name that may be ASCII alone can still be read. */
const LATIN: Readonly<Record<string, string>> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  д: 'd',
  е: 'e',
  ё: 'e',
  ж: 'zh',
  з: 'z',
  и: 'i',
  й: 'i',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: 'ie',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'iu',
  я: 'ia',
};

/** The text with Russian letters in Latin, capitals kept; everything else as it is. Two texts may become one. */
export const latin = (text: string): string =>
  text.replaceAll(/[а-яё]/giu, (letter) => {
    const small = letter.toLowerCase();
    const written = LATIN[small] ?? letter;
    return letter === small ? written : written.toUpperCase();
  });
