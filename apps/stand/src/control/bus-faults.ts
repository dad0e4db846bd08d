/** Faults of the bus, of the services that read it, and of what the comparison of channels is there to find. */
import { BUS_CONSUMERS } from '../bus/topics.ts';
import type { Fault, Switchable } from './fault.ts';

const ofBus = (fault: Omit<Switchable, 'on' | 'off'>, targets: readonly string[] = []): Fault => ({
  ...fault,
  on: true,
  off: false,
  targets,
  of: 'bus',
});

export const BUS_FAULTS: readonly Fault[] = [
  ofBus(
    {
      id: 'consumer-down',
      title: 'Потребитель шины остановлен',
      sees: 'группа пуста: «нет потребителя», лаг растёт, доставки потока застревают с той же причиной; сам сервис отвечает.',
      switch: 'consumerDown',
    },
    BUS_CONSUMERS,
  ),
  ofBus(
    {
      id: 'poison',
      title: 'Сообщения, которых сервис не понимает',
      sees: 'доставки падают с «unknown unit of measure», записи уходят в недоставленное; после выключения повтор проходит.',
      switch: 'poison',
    },
    BUS_CONSUMERS,
  ),
  ofBus(
    {
      id: 'slow-consumer',
      title: 'Потребитель не успевает: 40 секунд на запись',
      sees: 'участники на месте, а лаг группы растёт; после выключения Пульт говорит, за сколько он убудет.',
      switch: 'slow',
    },
    BUS_CONSUMERS,
  ),
  ofBus(
    {
      id: 'rebalance-storm',
      title: 'Шторм перераспределений',
      sees: 'участники группы то уходят, то приходят: группа «перераспределяет разделы», записи идут рывками, ничего не теряется.',
      switch: 'storm',
    },
    BUS_CONSUMERS,
  ),
  ofBus(
    {
      id: 'service-unhealthy',
      title: 'Сервис за шиной нездоров',
      sees: '/healthz отвечает 503: сервис на карте краснеет, в «Требует внимания» появляется инцидент; шину он при этом читает.',
      switch: 'unhealthy',
    },
    BUS_CONSUMERS,
  ),
  ofBus({
    id: 'bus-loses-package',
    title: 'Шина теряет пакет цен',
    sees: 'следующий пакет приходит только старым каналом: сравнение каналов показывает «только старый».',
    switch: 'losesPackage',
  }),
  ofBus({
    id: 'bus-changes-unit',
    title: 'Шина меняет единицу и цену',
    sees: 'пакет приходит обоими каналами, но содержимое разное: сравнение называет поля, упаковка вместо штук и цена на 20 % выше.',
    switch: 'changesUnit',
  }),
  ofBus({
    id: 'bus-late',
    title: 'Шина опаздывает на 4 минуты',
    sees: 'пакет приходит обоими каналами, по шине позже: сравнение показывает, на сколько.',
    switch: 'late',
  }),
];
