import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { Button } from './button.tsx';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it('is off, can be reached, and says why to who presses it and to who hears it', () => {
  const onClick = vi.fn();
  const onSubmit = vi.fn();
  render(
    <form onSubmit={onSubmit}>
      <Button htmlType="submit" disabled denied="Повторы запускает эксплуатация" onClick={onClick}>
        Повторить
      </Button>
    </form>,
  );
  const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Повторить' });
  expect([button.disabled, button.ariaDisabled, button.getAttribute('aria-description')]).toEqual([
    false,
    'true',
    'Повторы запускает эксплуатация',
  ]);
  expect(screen.queryByRole('tooltip')).toBeNull();
  fireEvent.click(button);
  expect(screen.getByRole('tooltip').textContent).toBe('Повторы запускает эксплуатация');
  expect([onClick.mock.calls, onSubmit.mock.calls]).toEqual([[], []]);
  fireEvent.keyDown(window, { key: 'Escape' });
  expect(screen.queryByRole('tooltip')).toBeNull();
  fireEvent.focus(button);
  expect(screen.getByRole('tooltip')).toBeDefined();
  fireEvent.blur(button);
  expect(screen.queryByRole('tooltip')).toBeNull();
});

it('says it above the dialog that it stands in', () => {
  render(
    <dialog open>
      <Button denied="нельзя">Повторить</Button>
    </dialog>,
  );
  fireEvent.focus(screen.getByRole('button'));
  expect(screen.getByRole('dialog').contains(screen.getByRole('tooltip'))).toBe(true);
});

it('keeps saying it to the keyboard while the page scrolls and the mouse passes by', () => {
  render(<Button denied="нельзя">Повторить</Button>);
  const button = screen.getByRole('button');
  act(() => button.focus());
  fireEvent.scroll(document);
  fireEvent.mouseEnter(button);
  fireEvent.mouseLeave(button);
  expect(screen.getByRole('tooltip').textContent).toBe('нельзя');
  act(() => button.blur());
  expect(screen.queryByRole('tooltip')).toBeNull();
});

it('stays while the pointer is on what it says, and goes soon after the pointer has gone', async () => {
  vi.useFakeTimers();
  render(<Button denied="нельзя">Повторить</Button>);
  const button = screen.getByRole('button');
  const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
  fireEvent.mouseEnter(button);
  fireEvent.mouseLeave(button);
  await wait(100);
  fireEvent.mouseEnter(screen.getByRole('tooltip'));
  await wait(10_000);
  fireEvent.mouseLeave(screen.getByRole('tooltip'));
  fireEvent.mouseEnter(button);
  await wait(10_000);
  expect(screen.getByRole('tooltip')).toBeDefined();
  fireEvent.mouseLeave(button);
  await wait(200);
  expect(screen.queryByRole('tooltip')).toBeNull();
});

it('gives way to a press beside the button', () => {
  render(<Button denied="нельзя">Повторить</Button>);
  const button = screen.getByRole('button');
  act(() => button.focus());
  fireEvent.pointerDown(button);
  fireEvent.pointerDown(screen.getByRole('tooltip'));
  expect(screen.queryByRole('tooltip')).toBeNull();
  fireEvent.click(button);
  fireEvent.pointerDown(document.body);
  expect(screen.queryByRole('tooltip')).toBeNull();
});

it('Escape ends what it says and nothing around it', () => {
  const onKey = vi.fn();
  window.addEventListener('keydown', onKey);
  render(<Button denied="нельзя">Повторить</Button>);
  const button = screen.getByRole('button');
  fireEvent.focus(button);
  expect(fireEvent.keyDown(button, { key: 'Escape' })).toBe(false);
  expect([screen.queryByRole('tooltip'), onKey.mock.calls]).toEqual([null, []]);
  expect(fireEvent.keyDown(button, { key: 'Escape' })).toBe(true);
  expect(onKey).toHaveBeenCalledOnce();
  window.removeEventListener('keydown', onKey);
});

it('says it above where there is no room below, and not at all out of sight', () => {
  render(<Button denied="нельзя">Повторить</Button>);
  const button = screen.getByRole('button');
  const at = (top: number) => vi.spyOn(button, 'getBoundingClientRect').mockReturnValue(new DOMRect(10, top, 90, 30));
  at(window.innerHeight - 40);
  fireEvent.focus(button);
  expect(screen.getByRole('tooltip').style.bottom).toBe('44px');
  at(-100);
  fireEvent.scroll(document);
  expect(screen.queryByRole('tooltip')).toBeNull();
  at(100);
  fireEvent.scroll(document);
  expect(screen.getByRole('tooltip').style.top).toBe('134px');
});

it('is a plain command without a reason', () => {
  const onClick = vi.fn();
  render(<Button onClick={onClick}>Повторить</Button>);
  fireEvent.click(screen.getByRole('button'));
  expect(onClick).toHaveBeenCalledOnce();
});
