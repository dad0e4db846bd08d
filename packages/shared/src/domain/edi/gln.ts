/** A GLN carries a check digit (GS1 General Specifications, 7.9): one wrong digit is found before anything leaves. */

function checksOut(digits: string): boolean {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

export const isGln = (text: string): boolean => /^\d{13}$/.test(text) && checksOut(text);
