import { describe, expect, it } from 'vitest';
import { landscapeFile } from './landscape-file.ts';

const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };
const basic = { protocol: 'onec-odata', url: 'http://ut/odata', userEnv: 'U', passwordEnv: 'P' };
const bearer = (protocol: 'rest' | 'elma365') => ({ protocol, url: 'http://x', tokenEnv: 'T' });
const systems = [
  { id: 'ut', title, kind: 'onec', place, connector: { ...basic, servicesUrl: 'http://ut/hs' } },
  { id: 'bp', title, kind: 'onec', place, connector: basic },
  { id: 'site', title, kind: 'shop', place, connector: bearer('rest') },
  { id: 'elma', title, kind: 'bpm', place, connector: bearer('elma365') },
  { id: 'bus', title, kind: 'bus', place },
];

/** Path and text of each problem of a flow with these ways to retry. */
function problemsOf(retry: Record<string, unknown>): string[] {
  const flow = { id: 'orders', title, what: title, from: ['site'], to: ['ut'], channel: 'rest', retry };
  const parsed = landscapeFile.safeParse({ version: 1, systems, flows: [flow] });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.slice(3).join('.')}: ${message}`);
}

describe('the zone of a system', () => {
  const zoneOf = (more: Record<string, unknown>) => {
    const [ut, ...others] = systems;
    const flow = { id: 'orders', title, what: title, from: ['site'], to: ['ut'], channel: 'rest' };
    return landscapeFile.safeParse({ version: 1, systems: [{ ...ut, ...more }, ...others], flows: [flow] });
  };

  it('is that of Moscow unless the file names another', () => {
    expect(zoneOf({}).data?.systems[0]?.zone).toBe('Europe/Moscow');
    expect(zoneOf({ zone: 'Asia/Yekaterinburg' }).data?.systems[0]?.zone).toBe('Asia/Yekaterinburg');
  });

  it.each(['Moscow', '+03:00', 'MSK+3', '', 'Europe/Moskva'])('has a name that the tz database knows: «%s»', (zone) => {
    expect(zoneOf({ zone }).error?.issues).toMatchObject([{ path: ['systems', 0, 'zone'] }]);
  });
});

describe('ways to retry', () => {
  it.each([
    ['ut', []],
    ['site', []],
    ['bp', ['resend.system: «bp» cannot be asked to send: its connector has no servicesUrl']],
    ['elma', ['resend.system: «elma» cannot be asked to send: its connector is of elma365']],
    ['bus', ['resend.system: «bus» has no connector']],
    ['nobody', ['resend.system: «nobody» has no connector']],
  ])('ask a system that can be asked: %s', (system, problems) => {
    expect(problemsOf({ resend: { system, path: '/resend' } })).toEqual(problems);
  });

  it('look for a document in the language of the system that is asked', () => {
    const odata = (system: string) => ({ protocol: 'onec-odata', system, set: 'Document_X', filter: 'A eq {ref}' });
    expect(problemsOf({ verify: odata('bp') })).toEqual([]);
    expect(problemsOf({ verify: odata('site') })).toEqual(['verify.protocol: «site» has a connector of rest']);
    expect(problemsOf({ verify: odata('bus') })).toEqual(['verify.system: «bus» has no connector']);
    expect(problemsOf({ verify: { protocol: 'rest', system: 'elma', path: '/x' } })).toEqual([
      'verify.protocol: «elma» has a connector of elma365',
    ]);
  });

  it('are named together, one problem each', () => {
    const wrong = {
      resend: { system: 'elma', path: '/a' },
      reExport: { system: 'bp', path: '/b' },
      verify: { protocol: 'elma365', system: 'ut', app: 'a/b', field: 'f' },
    };
    expect(problemsOf(wrong)).toHaveLength(3);
  });
});

describe('a flow that moves to the bus', () => {
  const flow = (id: string, more: Record<string, unknown>) => ({
    id,
    title,
    what: title,
    from: ['ut'],
    to: ['site'],
    channel: 'rest',
    ...more,
  });
  const problems = (old: Record<string, unknown>, bus: Record<string, unknown> = {}): string[] => {
    const flows = [
      flow('prices', { migration: { flow: 'prices-bus', consumer: 'site' }, ...old }),
      flow('prices-bus', { era: 'to-be', channel: 'kafka', to: ['site', 'elma'], ...bus }),
    ];
    const parsed = landscapeFile.safeParse({ version: 1, systems, flows });
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };

  it('is compared with a consumer that the bus has', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ migration: { flow: 'prices-bus', consumer: 'bp' } })).toEqual([
      'flows.0.migration.consumer: «bp» is no target of «prices-bus»',
    ]);
  });

  describe('of two flows onto one of the bus', () => {
    const two = (own: Record<string, unknown>, theirs: Record<string, unknown>, to = ['bp']): string[] => {
      const flows = [
        flow('prices', { migration: { flow: 'prices-bus', ...own } }),
        flow('dealers', { to, migration: { flow: 'prices-bus', ...theirs } }),
        flow('prices-bus', { era: 'to-be', channel: 'kafka', to: ['site', 'elma'] }),
      ];
      const parsed = landscapeFile.safeParse({ version: 1, systems, flows });
      return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    };
    const clash = expect.stringMatching(/^flows\.1\.migration: «prices» takes the same messages of «prices-bus»/);

    it('needs a rule that tells their messages apart', () => {
      expect(two({}, {})).toEqual([clash]);
      expect(two({ types: ['ПакетЦен', 'Остатки'] }, { types: ['ПакетЦен'] })).toEqual([clash]);
      expect(two({ types: ['ПакетЦен'] }, {})).toEqual([clash]);
      expect(two({ consumer: 'site' }, {})).toEqual([clash]);
      // Both go to the same system: the recipient tells nothing.
      expect(two({}, { addressed: true }, ['site'])).toEqual([clash]);
    });

    it('is told apart by type, by consumer, or by the recipient', () => {
      expect(two({ types: ['ПакетЦен'] }, { types: ['Остатки'] })).toEqual([]);
      expect(two({ consumer: 'site' }, { consumer: 'elma' })).toEqual([]);
      expect(two({}, { addressed: true })).toEqual([]);
      expect(two({ addressed: true }, { addressed: true })).toEqual([]);
    });
  });

  it('hides its people on both channels, or on none', () => {
    expect(problems({ personalData: true }, { personalData: true })).toEqual([]);
    expect(problems({ personalData: true })).toEqual([
      'flows.0.migration.flow: «prices» and «prices-bus» carry the same: both have personalData, or none',
    ]);
  });
});

describe('problems of exchange registers', () => {
  const orders = { id: 'orders', title, what: title, from: ['site'], to: ['ut'], channel: 'rest' };
  const plan = 'ExchangePlan_Обмен';
  const wrong = (more: Record<string, unknown>): string[] => {
    const [ut, ...others] = systems;
    const connector = { ...ut?.connector, polls: ['exchange-registers'], ...more };
    const file = { version: 1, systems: [{ ...ut, connector }, ...others], flows: [orders] };
    const parsed = landscapeFile.safeParse(file);
    return parsed.success
      ? []
      : parsed.error.issues.map(({ path, message }) => `${path.slice(3).join('.')}: ${message}`);
  };

  it('become failures of a flow in which the base takes part, at one of its targets', () => {
    const node = { plan, node: 'БП', flow: 'orders', consumer: 'ut' };
    expect(
      wrong({ exchangeNodes: [node], exchangeTargets: [{ name: 'Сайт', flow: 'orders', consumer: 'ut' }] }),
    ).toEqual([]);
    expect(
      wrong({
        exchangeNodes: [
          { ...node, flow: 'nothing' },
          { ...node, consumer: 'bp' },
        ],
      }),
    ).toEqual([
      'exchangeNodes.0.flow: unknown flow «nothing»',
      'exchangeNodes.1.consumer: «bp» is no target of «orders»',
    ]);
  });

  it('cannot come from registers that nobody reads, nor from a base outside the flow', () => {
    const named = { exchangeTargets: [{ name: 'Сайт', flow: 'orders', consumer: 'ut' }] };
    expect(wrong({ ...named, polls: [] })).toEqual([
      'exchangeTargets.0: the registers of «ut» are not read: polls names no exchange-registers',
    ]);
    const [ut, bp, ...others] = systems;
    const connector = { ...bp?.connector, polls: ['exchange-registers'], ...named };
    const parsed = landscapeFile.safeParse({
      version: 1,
      systems: [ut, { ...bp, connector }, ...others],
      flows: [orders],
    });
    expect(parsed.error?.issues.map(({ message }) => message)).toEqual(['«bp» takes no part in «orders»']);
  });
});
