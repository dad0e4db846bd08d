import { type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { placeOfJump, sectionAt } from './section-places.ts';
import css from './ui.module.css';

const PHONE = '(max-width: 720px)';
/** Up to so many screens a thumb is faster than a choice. */
const LONG_SCREENS = 3;
const LEAST_SECTIONS = 3;

interface Section {
  readonly heading: HTMLElement;
  readonly title: string;
}

/**
 * On a phone, the sections of a long page as a row of chips that stays below the top bar: a press brings the section up. It
 * reads the headings of the page, so that a section that appears or goes is in the row; a page of up to three screens has none.
 * Within a bar that sticks by itself it lies `inside` that one.
 */
export function SectionJump({ inside = false }: { readonly inside?: boolean }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const sections = useSections(place);
  const [current, setCurrent] = useState(0);
  /** Where the page stood after a press; what was pressed counts until it is moved: the last sections cannot come up to the bar. */
  const pressed = useRef<number | null>(null);
  /** Below this line a section begins, px from the top of the window. */
  const lineOf = (): number => {
    const bar = inside ? place.current?.parentElement : place.current;
    if (!bar) return 0;
    return Number.parseFloat(getComputedStyle(bar).top || '0') + bar.offsetHeight;
  };
  const lineRef = useRef(lineOf);
  lineRef.current = lineOf;
  useEffect(() => {
    if (sections.length === 0) return;
    let asked = 0;
    const look = (): void => {
      asked = 0;
      if (pressed.current !== null && Math.abs(pressed.current - window.scrollY) < 2) return;
      pressed.current = null;
      const tops = sections.map(({ heading }) => heading.getBoundingClientRect().top);
      setCurrent(sectionAt(tops, lineRef.current() + 24));
    };
    const ask = (): void => {
      asked ||= requestAnimationFrame(look);
    };
    window.addEventListener('scroll', ask, { passive: true });
    ask();
    return () => {
      window.removeEventListener('scroll', ask);
      cancelAnimationFrame(asked);
    };
  }, [sections]);
  useEffect(() => {
    const row = place.current?.querySelector('nav');
    const chip = row?.children[current];
    if (row && chip instanceof HTMLElement) row.scrollLeft = placeOfJump(chip, row);
  }, [current]);
  const go = ({ heading }: Section, index: number): void => {
    const card = heading.closest('section') ?? heading;
    window.scrollTo({ top: window.scrollY + card.getBoundingClientRect().top - lineOf() - 8 });
    pressed.current = window.scrollY;
    setCurrent(index);
    // Who goes by keyboard or hears the page goes on from there.
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  };
  return (
    <div ref={place} className={sections.length === 0 ? css.noJump : inside ? css.jumpInside : css.jump}>
      {sections.length > 0 && (
        <nav aria-label={t('common.jump')}>
          {sections.map((section, index) => (
            <button
              key={section.title}
              type="button"
              aria-current={index === current ? 'location' : undefined}
              onClick={() => go(section, index)}
            >
              {section.title}
            </button>
          ))}
        </nav>
      )}
    </div>
  );
}

/** Headings of the sections of a long page, in order; none on a short one or on a wide screen. */
function useSections(place: RefObject<HTMLElement | null>): readonly Section[] {
  const [sections, setSections] = useState<readonly Section[]>([]);
  useEffect(() => {
    const page = place.current?.closest('main');
    if (!page) return;
    const phone = window.matchMedia(PHONE);
    let asked = 0;
    const look = (): void => {
      asked = 0;
      const isLong = phone.matches && page.scrollHeight > LONG_SCREENS * window.innerHeight;
      const found = isLong ? headingsOf(page) : [];
      setSections((known) => (isSame(known, found) ? known : found));
    };
    const ask = (): void => {
      asked ||= requestAnimationFrame(look);
    };
    const content = new MutationObserver(ask);
    content.observe(page, { childList: true, subtree: true, characterData: true });
    const size = new ResizeObserver(ask);
    size.observe(page);
    phone.addEventListener('change', ask);
    ask();
    return () => {
      content.disconnect();
      size.disconnect();
      phone.removeEventListener('change', ask);
      cancelAnimationFrame(asked);
    };
  }, [place]);
  return sections;
}

function headingsOf(page: HTMLElement): readonly Section[] {
  const found = [...page.querySelectorAll('h2')]
    .filter((heading) => heading.closest('dialog, [hidden]') === null && heading.offsetParent !== null)
    .map((heading) => ({ heading, title: titleOf(heading) }))
    .filter(({ title }) => title !== '');
  // Two sections of one name are one place to go to: the first.
  const first = found.filter(({ title }, index) => found.findIndex((one) => one.title === title) === index);
  return first.length < LEAST_SECTIONS ? [] : first;
}

/** The heading without the small words beside it. */
const titleOf = (heading: HTMLElement): string =>
  [...heading.childNodes]
    .filter((node) => !(node instanceof HTMLElement && node.matches('small')))
    .map((node) => (node instanceof HTMLElement ? titleOf(node) : (node.textContent ?? '')))
    .join('')
    .trim();

const isSame = (known: readonly Section[], found: readonly Section[]): boolean =>
  known.length === found.length &&
  known.every(({ heading, title }, index) => heading === found[index]?.heading && title === found[index]?.title);
