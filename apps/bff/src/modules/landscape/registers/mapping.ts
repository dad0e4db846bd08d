/** Which problem of an exchange register is the failure of which message: by the nodes that the landscape names. Pure. */

import type { ExchangeProblemKind } from '@pult/shared/contracts/exchange-registers';
import { isDocumentNumber } from '@pult/shared/domain/delivery/document-number';
import type { ErrorClass } from '@pult/shared/domain/delivery/error-cause';
import type { NodeMappings, ProblemFacts } from './facts.ts';

export interface FailurePlace {
  readonly flowId: string;
  readonly consumer: string;
  readonly messageId: string;
}

const NO_REFERENCE = '00000000-0000-0000-0000-000000000000';

/** Name of the metadata object without its class: «Документ.ЗаказКлиента» → «ЗаказКлиента». */
export const objectType = (metadata: string): string => metadata.slice(metadata.indexOf('.') + 1) || metadata;

/** What goes to a target: the kinds that the landscape names, or any where no people are carried and none are named. */
export interface TargetKinds {
  readonly types: readonly string[];
  readonly anyKind?: boolean;
}

/**
 * The document that a description begins with, «Отпуск 0000-000041: …», «ПриемНаРаботу ЗУП0-000012 от 01.11.2026: …»; null where
 * it begins otherwise. The register has no field for it. «Лаптева 0000-00041: …», «Паспорт 4510123456: …» have the same form:
 * what is no kind of the target and no number of a document names nothing.
 */
export function objectNamedIn(
  description: string,
  { types, anyKind = false }: TargetKinds,
): { readonly type: string; readonly number: string } | null {
  const [, type, number] =
    /^(\p{Lu}[\p{L}\p{N}_]{0,80}) (?:№ ?)?([\p{Lu}\d-]{1,20})(?: от [\d.: ]{8,20})?:\s/u.exec(description) ?? [];
  if (type === undefined || number === undefined || !isDocumentNumber(number)) return null;
  return types.includes(type) || (anyKind && types.length === 0) ? { type, number } : null;
}

/** Flow, target and message of a problem; null where the landscape names none, or the base names no object. */
export function placeOfProblem(problem: ProblemFacts, mappings: NodeMappings): FailurePlace | null {
  if (problem.kind === 'not_integrated') {
    const found = mappings.exchangeTargets.find(({ name }) => name === problem.metadata);
    const messageId = problem.objectRef ?? problem.objectId ?? problem.presentation;
    return found === undefined || messageId === '' ? null : { flowId: found.flow, consumer: found.consumer, messageId };
  }
  const { node, objectRef } = problem;
  if (node === null || objectRef === null || objectRef === NO_REFERENCE) return null;
  const type = objectType(problem.metadata);
  const found = mappings.exchangeNodes.find(
    (one) => one.plan === node.plan && one.node === node.code && (one.types?.includes(type) ?? true),
  );
  return found === undefined ? null : { flowId: found.flow, consumer: found.consumer, messageId: objectRef };
}

const CLASSES: Readonly<Record<ExchangeProblemKind, ErrorClass>> = {
  not_posted: 'business',
  required_fields_empty: 'validation',
  send_handler_failed: 'business',
  receive_handler_failed: 'business',
  converted_object_invalid: 'mapping',
  administrative: 'authorisation',
  message_not_archived: 'transport',
  not_integrated: 'business',
  other: 'unknown',
};
/** Class of the error where its text tells none. */
export const classOfKind = (kind: ExchangeProblemKind): ErrorClass => CLASSES[kind];

/** First wait before a target that could not be asked is asked again, ms; doubled with each failure up to an hour. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;
export const waitToAskAgain = (asked: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(10, Math.max(0, asked - 1)));
