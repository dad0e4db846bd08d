import { StateShape } from '../../ui/state-shape.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './messages.module.css';

/** Why a plan could not be made. */
export function OperationError({ error }: { readonly error: unknown }) {
  const text = useErrorText();
  if (!error) return null;
  return (
    <p className={css.problem} role="alert">
      <StateShape state="bad" /> {text(error)}
    </p>
  );
}
