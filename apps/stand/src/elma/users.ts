/** People of the stand's ELMA: the ones who ask, the ones who decide, and the account of the exchange. */
import { createHash } from 'node:crypto';

/** The same name gives the same id in every run. */
export function userIdOf(name: string): string {
  const hex = createHash('sha256').update(`elma:${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const PEOPLE = [
  ['Ильин Павел Сергеевич', 'ilin@ekf.example'],
  ['Гусева Ирина Олеговна', 'guseva@ekf.example'],
  ['Попов Денис Андреевич', 'popov@ekf.example'],
  ['Соколова Марина Викторовна', 'sokolova@ekf.example'],
  ['Белов Артём Игоревич', 'belov@ekf.example'],
  ['Кравцова Анна', 'manager@ekf.example'],
  ['Дёмин Олег', 'manager2@ekf.example'],
  ['Обмен с 1С', 'exchange@ekf.example'],
] as const;

export const USERS = PEOPLE.map(([name, email], index) => {
  const [lastname = '', firstname = '', middlename = ''] = name.split(' ');
  return {
    __id: userIdOf(name),
    __index: index + 1,
    __deletedAt: null,
    __name: name,
    fullname: { lastname, firstname, middlename },
    email: [{ type: 'work', email }],
    login: email,
  };
});
