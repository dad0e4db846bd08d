/** What a fault is: words for a person, and the switch of a process behind them. */
type Process = 'onec' | 'elma' | 'site' | 'market' | 'workers' | 'bus' | 'edi';

export interface Fault {
  readonly id: string;
  readonly title: string;
  /** What a person will see in Pult. */
  readonly sees: string;
  /** Bases, sites or workers in which it can be switched one by one; none when it is of the whole process. */
  readonly targets: readonly string[];
  readonly of: Process;
  readonly switch: string;
  readonly on: unknown;
  readonly off: unknown;
}

export type Switchable = Pick<Fault, 'id' | 'title' | 'sees' | 'switch' | 'on' | 'off'>;
