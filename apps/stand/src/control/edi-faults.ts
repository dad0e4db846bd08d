/** Faults of the exchange with chains, as the control page switches them. */
import type { Fault, Switchable } from './fault.ts';

const ofEdi = (fault: Omit<Switchable, 'on' | 'off'>): Fault => ({
  ...fault,
  on: true,
  off: false,
  targets: [],
  of: 'edi',
});

export const EDI_FAULTS: readonly Fault[] = [
  ofEdi({
    id: 'edi-half-written',
    title: 'Копии файлов обрываются на середине',
    sees: 'файл ждёт своего конца две минуты, потом уходит в карантин: «файл не дописан»; сам заказ УТ получает.',
    switch: 'halfWritten',
  }),
  ofEdi({
    id: 'edi-wrong-encoding',
    title: 'Файлы объявлены не в той кодировке',
    sees: 'карантин с именем файла: объявлена utf-8, на деле windows-1251; ответа УТ нет. Прочитать по байтам можно оттуда же.',
    switch: 'wrongEncoding',
  }),
  ofEdi({
    id: 'edi-unknown-gtin',
    title: 'Сети заказывают незнакомый УТ товар',
    sees: 'ошибка «Не найдена номенклатура по штрихкоду», класс «сопоставление».',
    switch: 'unknownGtin',
  }),
  ofEdi({
    id: 'edi-ut-stopped',
    title: 'УТ не забирает файлы',
    sees: 'заказы сетей стоят в «отправлено», потом «застряло»; повтор кладёт тот же файл ещё раз, УТ проведёт его один раз.',
    switch: 'utStopped',
  }),
  ofEdi({
    id: 'edi-duplicates',
    title: 'Каждый файл приходит дважды',
    sees: 'ничего: сообщений и документов столько же.',
    switch: 'duplicates',
  }),
  ofEdi({
    id: 'edi-bomb',
    title: 'Приходят файлы-бомбы',
    sees: 'карантин «есть описание типа или сущности»; остальные файлы читаются.',
    switch: 'bomb',
  }),
  ofEdi({
    id: 'edi-silent',
    title: 'Провайдер молчит',
    sees: 'новых заказов сетей нет; через два рабочих часа поток EDI → УТ становится «тишина».',
    switch: 'silent',
  }),
];
