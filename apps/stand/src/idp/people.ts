/** Demo people; the password of each is `demo`. */
export const PEOPLE = [
  { login: 'manager', name: 'Кравцова Анна', email: 'manager@ekf.example', role: 'manager', title: 'согласующий' },
  {
    login: 'manager2',
    name: 'Дёмин Олег',
    email: 'manager2@ekf.example',
    role: 'manager',
    title: 'второй согласующий',
  },
  { login: 'ops', name: 'Нечаева Ольга', email: 'ops@ekf.example', role: 'ops', title: 'эксплуатация' },
  {
    login: 'ops2',
    name: 'Седов Михаил',
    email: 'ops2@ekf.example',
    role: 'ops',
    title: 'эксплуатация, второй дежурный',
  },
  { login: 'analyst', name: 'Орлова Мария', email: 'analyst@ekf.example', role: 'analyst', title: 'аналитик' },
  { login: 'admin', name: 'Зайцев Павел', email: 'admin@ekf.example', role: 'admin', title: 'администратор' },
] as const;
