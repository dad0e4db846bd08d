/** Counters of one person: the numbers of the menu and the state of the favicon, asked for over HTTP and told by the numbers feed. */
import type { counters } from '@pult/shared/contracts/counters';
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { Permission } from '@pult/shared/domain/identity/permissions';
import type { Actor } from '../../../platform/actor.ts';
import type { MarkedPictures } from '../attention/marked-picture.ts';
import { worst } from '../picture/rules.ts';
import type { OwnWork } from './own-work.ts';

/** @returns what reads the counters; null where the person may not look */
export type Counters = (actor: Actor) => Promise<EndpointReply<typeof counters>>;

export function createCounters(pictures: Pick<MarkedPictures, 'numbers' | 'common'>, work: OwnWork): Counters {
  return async (actor) => {
    const may = (permission: Permission): boolean => actor.kind === 'person' && actor.permissions.includes(permission);
    const [{ flows, systems }, operations, approvals] = await Promise.all([
      pictures.numbers().then(pictures.common),
      may('operations.read') ? work.openOperations() : null,
      work.approvalsOf(actor),
    ]);
    const ringing = [...flows, ...systems].filter(({ quiet }) => quiet === null);
    return {
      status: worst(ringing.map(({ status }) => status)),
      // A mute silences an alarm; its messages stay where they are.
      messages: may('messages.read') ? flows.reduce((total, flow) => total + flow.failed + flow.inDoubt, 0) : null,
      operations,
      approvals: approvals?.waiting ?? null,
      approvalsBreaching: approvals === null ? null : approvals.breaching + approvals.breached,
    };
  };
}
