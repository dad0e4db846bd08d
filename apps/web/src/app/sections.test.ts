import { permissionsOf, ROLES, type Role } from '@pult/shared/domain/identity/permissions';
import { describe, expect, it } from 'vitest';
import { landingOf } from './edges.tsx';
import { isForbidden, phoneSections, sectionsOf } from './sections.ts';

const sessionOf = (role: Role) => ({
  user: { id: 'u', name: 'Тест', email: null },
  roles: [role],
  permissions: permissionsOf([role]),
  expiresAt: '2026-11-26T18:00:00.000Z',
  rolesStale: null,
});

describe('sections', () => {
  it.each(ROLES)('the landing of %s is open to the role', (role) => {
    const session = sessionOf(role);
    expect(isForbidden(session, landingOf(session))).toBe(false);
  });

  it.each(ROLES)('%s has four places under the thumb, all of them open', (role) => {
    const session = sessionOf(role);
    const places = phoneSections(sectionsOf(session, undefined), session.roles);
    expect(places).toHaveLength(4);
    expect(places.filter(({ to }) => isForbidden(session, to))).toEqual([]);
  });

  it('hides and refuses what the role does not open', () => {
    const session = sessionOf('manager');
    expect(sectionsOf(session, undefined).map(({ id }) => id)).not.toContain('audit');
    expect(isForbidden(session, '/audit')).toBe(true);
    expect(isForbidden(session, '/settings/roles')).toBe(true);
    expect(isForbidden(session, '/auditorium')).toBe(false);
  });

  it('an empty counter is no zero', () => {
    const sections = sectionsOf(sessionOf('ops'), {
      status: 'ok',
      messages: null,
      operations: 0,
      approvals: 3,
      approvalsBreaching: 0,
    });
    expect(Object.fromEntries(sections.map(({ id, count }) => [id, count]))).toMatchObject({
      messages: null,
      operations: 0,
      approvals: 3,
    });
  });
});
