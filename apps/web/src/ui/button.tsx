import type { ComponentProps } from 'react';
import css from './button.module.css';
import { DeniedButton } from './denied-button.tsx';

interface Look {
  readonly type?: 'primary' | 'default' | 'text' | 'link' | undefined;
  readonly danger?: boolean | undefined;
  readonly size?: 'small' | 'middle' | 'large' | undefined;
  /** As wide as its place. */
  readonly block?: boolean | undefined;
}

/** Attributes of anything that shall look like a command: a link to a place or a file. */
export const buttonLook = ({ type = 'default', danger, size = 'middle', block }: Look = {}, className?: string) => ({
  className: className ? `${css.button} ${className}` : css.button,
  'data-look': type,
  'data-size': size,
  ...(danger ? { 'data-danger': '' } : {}),
  ...(block ? { 'data-block': '' } : {}),
});

export interface ButtonProps extends Look, Omit<ComponentProps<'button'>, keyof Look> {
  readonly htmlType?: 'button' | 'submit';
  /** Its work is under way: it shows so and takes no second press. */
  readonly loading?: boolean;
  /** Why it may not be pressed now: it is off, can still be reached, and says so. */
  readonly denied?: string | undefined;
}

/** A command. Every screen needs it from its first paint on, so it comes without the component library. */
export function Button(props: ButtonProps) {
  const { type, danger, size, block, htmlType = 'button', loading, denied, className, onClick, ...rest } = props;
  const look = buttonLook({ type, danger, size, block }, className);
  if (denied !== undefined) {
    const { disabled: _disabled, ...shown } = rest;
    return <DeniedButton {...shown} {...look} type={htmlType} reason={denied} />;
  }
  return (
    <button
      {...rest}
      {...look}
      type={htmlType}
      aria-busy={loading || undefined}
      onClick={(event) => {
        if (loading) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
