/** Which text is the number of a document of 1С, and no number of a person: phone, СНИЛС, ИНН, passport. Pure. */

const MAX_LENGTH = 20;
/** «ЗУП0-000012», «КП-1», «0000-000041»: a prefix with a letter or of zeros alone; a phone or a passport has neither. */
const WITH_PREFIX = /^(?:(?=\d*\p{Lu})[\p{Lu}\d]{1,6}|0{1,4})-\d{1,9}$/u;
/** «КП000012». */
const WITH_LETTERS = /^\p{Lu}{1,4}\d{3,9}$/u;
/** «000000012», the lengths of 1С: no ИНН, passport or phone begins with two zeros, no СНИЛС with three, and passports have six digits. */
const WITH_ZEROS = /^(?:00\d{7}|000\d{8})$/;

export const isDocumentNumber = (text: string): boolean =>
  text.length <= MAX_LENGTH && (WITH_PREFIX.test(text) || WITH_LETTERS.test(text) || WITH_ZEROS.test(text));
