import css from './causes.module.css';

/** Error text in which what differs from message to message stands as «‹число›». */
export function ErrorPattern({ pattern }: { readonly pattern: string }) {
  // The capture keeps the placeholders as parts of their own, at the odd places.
  const parts = pattern.split(/(‹[^›]*›)/u);
  return (
    <code className={css.pattern}>
      {parts.map((part, index) => (index % 2 === 1 ? <i key={`${index}${part}`}>{part}</i> : part))}
    </code>
  );
}
