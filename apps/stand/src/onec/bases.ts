/** The information bases of the landscape: which configuration each of them runs. */
import { BP } from './bp-objects.ts';
import type { EntityDef } from './entity.ts';
import { ERP } from './erp-objects.ts';
import { UH } from './uh-objects.ts';
import { UT } from './ut-objects.ts';
import { ZUP } from './zup-objects.ts';

export const BASES = ['ut', 'bp', 'erp-1', 'erp-2', 'erp-3', 'zup', 'uh'] as const;
export type BaseName = (typeof BASES)[number];

/** Production sites, each a base of its own. */
export const SITES = ['erp-1', 'erp-2', 'erp-3'] as const;
export type SiteName = (typeof SITES)[number];
/** Number of a site as people say it, 1…3. */
export const siteNumber = (site: SiteName): number => SITES.indexOf(site) + 1;

export const isBase = (name: string): name is BaseName => BASES.some((base) => base === name);
export const isSite = (name: string): name is SiteName => SITES.some((site) => site === name);

export const OBJECTS: Readonly<Record<BaseName, readonly EntityDef[]>> = {
  ut: UT,
  bp: BP,
  'erp-1': ERP,
  'erp-2': ERP,
  'erp-3': ERP,
  zup: ZUP,
  uh: UH,
};
