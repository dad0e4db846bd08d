import { createHash } from 'node:crypto';
import { numbersOf } from '@pult/shared/domain/approval/lines';
import { roublesOf } from '@pult/shared/domain/approval/points';
import { versionText } from '@pult/shared/domain/approval/versions';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/database.ts';
import { newId } from '../../platform/ids.ts';
import type { ApprovalContext } from './context.ts';
import { canonicalJson } from './lines.ts';
import { followElma, followOutcome } from './merge-state.ts';
import { reopenWhenWorse } from './reopen.ts';
import type { DocumentFacts, ElmaSnapshot, UtSnapshot } from './snapshot.ts';
import {
  insertRequest,
  lockByProcess,
  type NewVersion,
  type RequestChange,
  type RequestRow,
  saveVersion,
  seenBy,
  updateRequest,
  versionsOf,
} from './store.ts';

type Snapshot = UtSnapshot | ElmaSnapshot;

/**
 * Merges what one system says into the one request of the business process. Either system may speak first, any
 * number of times, and the result is the same. @returns the request when something changed, else null
 */
export async function mergeSnapshot(context: ApprovalContext, snapshot: Snapshot): Promise<string | null> {
  return inTransaction(context.db, async (tx) => {
    const made = await findOrMake(context, tx, snapshot);
    if (made === null) return null;
    let { row } = made;
    const { isNew } = made;
    const change = snapshot.system === 'ut' ? utFields(row, snapshot) : elmaFields(row, snapshot);
    const now = context.clock.now();
    const movedStart = await followStart(context, tx, row, snapshot, isNew);
    const fields = movedStart === null ? change : { ...change, startedAt: new Date(movedStart) };
    let changed = (await updateRequest(tx, row, fields, now)) || isNew;
    row = { ...row, ...fields };
    const versioned = await followLines(context, tx, row, snapshot, isNew);
    if (versioned !== null) {
      changed = true;
      row = versioned;
    }
    // A system that holds an outcome may hold ours: then it is the delivery that finds out.
    const reopened =
      row.state === 'decided' && snapshot.outcome === null ? await reopenWhenWorse(context, tx, row) : null;
    if (reopened !== null) {
      changed = true;
      row = reopened;
    }
    if (isNew) await startClock(context, tx, row, snapshot);
    if (snapshot.outcome !== null) changed = (await followOutcome(context, tx, row, snapshot)) || changed;
    else if (snapshot.system === 'elma') changed = (await followElma(context, tx, row, snapshot)) || changed;
    return changed ? row.id : null;
  });
}

async function findOrMake(
  context: ApprovalContext,
  tx: Db,
  snapshot: Snapshot,
): Promise<{ row: RequestRow; isNew: boolean } | null> {
  const present = await lockByProcess(tx, snapshot.processRef);
  if (present !== null) return { row: present, isNew: false };
  // Without its document the base says too little to show a request; the next reading brings it.
  if (snapshot.system === 'ut' && snapshot.document === null) return null;
  const fresh = newRow(snapshot, context.clock.now());
  const isNew = await insertRequest(tx, fresh);
  const row = await lockByProcess(tx, snapshot.processRef);
  return row === null ? null : { row, isNew };
}

function newRow(snapshot: Snapshot, now: number): RequestRow {
  const startedAt = new Date(Math.min(now, snapshot.system === 'ut' ? snapshot.startedAt : snapshot.createdAt));
  return {
    id: newId(),
    processRef: snapshot.processRef,
    processSet: null,
    kind: 'discount',
    state: 'open',
    knownInUt: false,
    knownInElma: false,
    taskRef: null,
    elmaItemId: null,
    documentSet: null,
    documentRef: null,
    documentType: 'ЗаказКлиента',
    documentNumber: '—',
    documentDate: null,
    documentDataVersion: null,
    customerName: '—',
    customerInn: null,
    customerRef: null,
    segment: null,
    agreement: null,
    initiatorName: '—',
    initiatorEmail: null,
    initiatorRef: null,
    reason: null,
    amount: null,
    amountWithoutVat: false,
    deviationMax: 0,
    deviationMean: 0,
    version: 1,
    startedAt,
    clockId: newId(),
    cycle: 1,
    decisionId: null,
    decidedAt: null,
    background: {},
    foundAt: new Date(now),
    changedAt: new Date(now),
  };
}

const known = (text: string): boolean => text !== '' && text !== '—';

/** 1С is the master of document, customer and lines; ELMA of kind, reason and the e-mail of the initiator. */
function utFields(row: RequestRow, snapshot: UtSnapshot): RequestChange {
  const { document, initiator } = snapshot;
  const kind = row.knownInElma ? {} : { kind: kindOf(snapshot, document) };
  return {
    knownInUt: true,
    processSet: snapshot.processSet,
    documentSet: snapshot.documentSet,
    documentRef: snapshot.documentRef,
    ...(snapshot.taskRef === null ? {} : { taskRef: snapshot.taskRef }),
    ...(known(initiator.name) ? { initiatorName: initiator.name } : {}),
    ...(initiator.ref === null ? {} : { initiatorRef: initiator.ref }),
    ...(initiator.email === null ? {} : { initiatorEmail: row.initiatorEmail ?? initiator.email }),
    ...(row.knownInElma && row.reason !== null ? {} : { reason: snapshot.reason ?? row.reason }),
    ...(snapshot.background === null ? {} : { background: backgroundChange(row, snapshot) }),
    ...(document === null
      ? {}
      : {
          ...kind,
          documentType: document.type,
          documentNumber: document.number,
          documentDate: document.date === null ? null : new Date(document.date),
          documentDataVersion: document.dataVersion,
          customerName: known(document.customer.name) ? document.customer.name : row.customerName,
          customerInn: document.customer.inn ?? row.customerInn,
          customerRef: document.customer.ref,
          segment: document.customer.segment,
          agreement: document.agreement,
          amountWithoutVat: document.amountWithoutVat,
        }),
  };
}

/** The time of the reading alone is no change worth a write. */
function backgroundChange(row: RequestRow, snapshot: UtSnapshot): RequestRow['background'] {
  const next = snapshot.background ?? {};
  const said = ({ items, customer, cost }: RequestRow['background']): string => canonicalJson([items, customer, cost]);
  const same = said(row.background) === said(next);
  return same ? row.background : next;
}

function kindOf(snapshot: UtSnapshot, document: DocumentFacts | null): RequestRow['kind'] {
  if (snapshot.isReturn) return 'return';
  return document === null || numbersOf(document.lines).deviationMax > 0 ? 'discount' : 'order';
}

function elmaFields(row: RequestRow, snapshot: ElmaSnapshot): RequestChange {
  const own: RequestChange = {
    knownInElma: true,
    elmaItemId: snapshot.itemId,
    kind: snapshot.kind,
    ...(snapshot.reason === null ? {} : { reason: snapshot.reason }),
    ...(snapshot.initiator.email === null ? {} : { initiatorEmail: snapshot.initiator.email }),
  };
  if (row.knownInUt) return own;
  return {
    ...own,
    documentType: snapshot.kind === 'return' ? 'ЗаявкаНаВозвратТоваровОтКлиента' : 'ЗаказКлиента',
    documentRef: snapshot.documentRef,
    documentNumber: snapshot.documentNumber,
    customerName: snapshot.customer,
    customerInn: snapshot.customerInn,
    initiatorName: snapshot.initiator.name,
  };
}

/** ELMA may be first and knows only when its item was made; the process in 1С says when the request began. */
async function followStart(
  context: ApprovalContext,
  tx: Db,
  row: RequestRow,
  snapshot: Snapshot,
  isNew: boolean,
): Promise<number | null> {
  if (isNew || snapshot.system !== 'ut' || row.knownInUt || row.cycle !== 1) return null;
  if (snapshot.startedAt >= row.startedAt.getTime()) return null;
  await context.clocks.moveStart(tx, row.clockId, {
    at: snapshot.startedAt,
    actor: { kind: 'system', id: 'ut', name: '1С:УТ' },
    reason: null,
    quiet: snapshot.history,
  });
  return snapshot.startedAt;
}

/** Lines (or the head from ELMA) → versions. @returns the row with its new numbers, null when nothing changed */
async function followLines(
  context: ApprovalContext,
  tx: Db,
  row: RequestRow,
  snapshot: Snapshot,
  isNew: boolean,
): Promise<RequestRow | null> {
  const next = versionIn(snapshot);
  if (next === null) return null;
  const versions = await versionsOf(tx, row.id);
  const present = versions.at(-1);
  if (present !== undefined && (present.hash === next.hash || (present.source === 'ut' && next.source === 'elma')))
    return null;
  const fillsIn = present !== undefined && present.source === 'elma' && next.source === 'ut';
  const unnoticed =
    fillsIn &&
    (present.deviationMax === next.deviationMax || (await seenBy(tx, row.id)).length === 0) &&
    row.state !== 'decided';
  const version = present === undefined ? 1 : unnoticed ? present.version : present.version + 1;
  const now = context.clock.now();
  const at = isNew ? row.startedAt.getTime() : now;
  await saveVersion(tx, { ...next, requestId: row.id, version, at });
  const numbers: RequestChange = {
    version,
    deviationMax: next.deviationMax,
    deviationMean: next.deviationMean,
    amount: next.amount,
  };
  await updateRequest(tx, row, numbers, now);
  return { ...row, ...numbers };
}

function versionIn(snapshot: Snapshot): Omit<NewVersion, 'requestId' | 'version' | 'at'> | null {
  if (snapshot.system === 'elma') {
    const amount = snapshot.amount === null ? null : roublesOf(snapshot.amount);
    return {
      hash: `elma ${snapshot.deviationMax} ${amount ?? ''}`,
      source: 'elma',
      deviationMax: snapshot.deviationMax,
      deviationMean: snapshot.deviationMax,
      amount,
      lines: [],
    };
  }
  if (snapshot.document === null) return null;
  const { lines } = snapshot.document;
  const numbers = numbersOf(lines);
  return {
    hash: createHash('sha256').update(versionText(lines)).digest('hex'),
    source: 'ut',
    deviationMax: numbers.deviationMax,
    deviationMean: numbers.deviationMean,
    amount: roublesOf(numbers.amount),
    lines,
  };
}

async function startClock(context: ApprovalContext, tx: Db, row: RequestRow, snapshot: Snapshot): Promise<void> {
  const from = snapshot.system === 'ut' ? { id: 'ut', name: '1С:УТ' } : { id: 'elma', name: 'ELMA' };
  await context.clocks.start(tx, {
    clockId: row.clockId,
    subjectId: row.id,
    cycle: row.cycle,
    subject: { kind: row.kind, deviation: row.deviationMax / 100, flow: null },
    at: row.startedAt.getTime(),
    actor: { kind: 'system', ...from },
    reason: null,
    quiet: snapshot.history,
  });
}
