import type { ReactNode } from 'react';
import css from './ui.module.css';

export interface PageHeaderProps {
  readonly title: ReactNode;
  readonly state?: ReactNode;
  readonly actions?: ReactNode;
  readonly breadcrumbs?: readonly { readonly title: string; readonly to?: string }[];
}

/** The title line carries the state; links are plain anchors, the router picks them up. */
export function PageHeader({ title, state, actions, breadcrumbs }: PageHeaderProps) {
  return (
    <header className={css.pageHead}>
      {breadcrumbs && (
        <nav className={css.crumbs} aria-label="breadcrumb">
          {breadcrumbs.map((crumb) => (
            <span key={crumb.title}>{crumb.to ? <a href={crumb.to}>{crumb.title}</a> : crumb.title}</span>
          ))}
        </nav>
      )}
      <div className={css.pageLine}>
        <h1>{title}</h1>
        {state && <div className={css.pageState}>{state}</div>}
        {actions && <div className={css.pageActions}>{actions}</div>}
      </div>
    </header>
  );
}
