import { Card } from './card.tsx';
import { ErrorState } from './error-state.tsx';
import { Skeleton } from './skeleton.tsx';

export interface PendingCardProps {
  /** Why there is nothing to show; null while it is on its way. */
  readonly error: unknown;
  readonly onRetry: () => void;
  /** Lines that will stand here, about. */
  readonly rows: number;
}

/** The card of what is not there yet: on its way, or why not and what to press. */
export function PendingCard({ error, onRetry, rows }: PendingCardProps) {
  return <Card>{error === null ? <Skeleton rows={rows} /> : <ErrorState error={error} onRetry={onRetry} />}</Card>;
}
