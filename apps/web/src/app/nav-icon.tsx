import type { SectionId } from './sections.ts';

/** Line icons of the rail, 16 px. */
const PATHS: Readonly<Record<SectionId, string>> = {
  overview: 'M2 3h4v4H2zM10 2h4v4h-4zM10 10h4v4h-4zM6 5h2v7h2M8 4h2',
  flows: 'M2 5h10l-2.5-2.5M14 11H4l2.5 2.5',
  messages: 'M2 3.5h12v9H2zM2 4l6 5 6-5',
  operations: 'M13.5 8A5.5 5.5 0 1 1 11.8 4M13.5 2v3h-3',
  approvals: 'M2.5 8.5 6 12l7.5-8',
  analytics: 'M3 13V8M8 13V3M13 13V6',
  audit: 'M4 2h8v12H4zM6 5h4M6 8h4M6 11h2',
  settings:
    'M8 5.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M3.4 12.6l1.4-1.4M11.2 4.8l1.4-1.4',
};

export const NavIcon = ({ id }: { readonly id: SectionId }) => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.4"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={PATHS[id]} />
  </svg>
);
