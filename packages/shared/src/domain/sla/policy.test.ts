import { describe, expect, it } from 'vitest';
import { defaultPolicies } from './default-policies.ts';
import { findPolicyProblems, goalOfPolicy, type PolicySubject, selectPolicy } from './policy.ts';
import { HOUR } from './testing/clock-builder.ts';

const policies = defaultPolicies('ru');
const subject = (kind: PolicySubject['kind'], deviation: number | null = null, flow: string | null = null) => ({
  kind,
  deviation,
  flow,
});
const [discount] = policies;
if (discount === undefined) throw new Error('no default policy');

describe('default policies', () => {
  it('have no problems', () => {
    expect(policies.flatMap(findPolicyProblems)).toEqual([]);
  });

  it.each([
    ['discount', 0, 'discount-up-to-5', 4],
    ['discount', 5, 'discount-up-to-5', 4],
    ['discount', 5.01, 'discount-over-5', 8],
    ['discount', null, 'discount-over-5', 8],
    ['order', null, 'order', 8],
    ['return', null, 'return', 16],
  ] as const)('%s deviating by %s goes by %s: %i h', (kind, deviation, id, hours) => {
    const policy = selectPolicy(policies, subject(kind, deviation));
    expect([policy?.id, policy && goalOfPolicy(policy).goalMs / HOUR]).toEqual([id, hours]);
  });

  it('give no clock to what they do not cover', () => {
    expect(selectPolicy(policies, subject('delivery', null, 'site-orders'))).toBeNull();
  });
});

describe('choice', () => {
  it('takes the first that fits: the order is the priority', () => {
    const everything = { ...discount, id: 'all', applies: { ...discount.applies, deviationUpTo: null } };
    expect(selectPolicy([everything, ...policies], subject('discount', 9))?.id).toBe('all');
    expect(selectPolicy([...policies, everything], subject('discount', 9))?.id).toBe('discount-over-5');
  });

  it('has the lower border outside and the upper inside; flows narrow it', () => {
    const applies = { kinds: ['delivery' as const], deviationOver: 5, deviationUpTo: 10, flows: ['ut-bp-sales'] };
    const narrow = [{ ...discount, id: 'narrow', applies }];
    const chosen = (deviation: number, flow: string) => selectPolicy(narrow, subject('delivery', deviation, flow))?.id;
    expect([5, 5.1, 10, 10.1].map((deviation) => chosen(deviation, 'ut-bp-sales'))).toEqual([
      undefined,
      'narrow',
      'narrow',
      undefined,
    ]);
    expect(chosen(7, 'site-orders')).toBeUndefined();
  });
});

describe('problems of a policy', () => {
  it('are reported all at once', () => {
    const broken = {
      ...discount,
      title: ' ',
      applies: { kinds: [], deviationOver: 5, deviationUpTo: 5, flows: null },
      goalMs: 1.5,
      thresholds: [80, 50],
      escalation: [{ percent: 90, notify: [] }],
    };
    expect(findPolicyProblems(broken).map(({ path, code }) => `${path} ${code}`)).toEqual([
      'title title.missing',
      'applies.kinds kinds.empty',
      'applies.deviationUpTo deviation.empty_range',
      'goalMs goal_invalid',
      'thresholds thresholds_invalid',
      'escalation.0.percent escalation.unknown_threshold',
      'escalation.0.notify escalation.nobody',
    ]);
  });
});
