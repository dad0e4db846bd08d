import { isRole, type Role } from '@pult/shared/domain/identity/permissions';

/** Value at a dotted path (`realm_access.roles`, Keycloak); a claim whose own name has the dots wins. */
export function claimAt(claims: unknown, path: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined;
  if (Object.hasOwn(claims, path)) return (claims as Record<string, unknown>)[path];
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0 || !Object.hasOwn(claims, head)) return undefined;
  return claimAt((claims as Record<string, unknown>)[head], rest.join('.'));
}

/**
 * Roles of a person from a claim: a list or a text with spaces. `map` translates the provider's names, and then only
 * names that it has count. What is no role of Pult is ignored: unknown groups give nothing.
 */
export function rolesFromClaim(claim: unknown, map?: Readonly<Record<string, string>>): Role[] {
  const names = typeof claim === 'string' ? claim.split(/\s+/) : Array.isArray(claim) ? claim : [];
  const roles = names
    .filter((name): name is string => typeof name === 'string')
    .map((name) => (map === undefined ? name : Object.hasOwn(map, name) ? map[name] : undefined))
    .filter(isRole);
  return [...new Set(roles)].sort();
}
