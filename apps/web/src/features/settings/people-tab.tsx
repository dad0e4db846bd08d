import { roleList, userList } from '@pult/shared/contracts/identity';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from '../../lib/api/client.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import css from './settings.module.css';

/** People as the identity provider described them at their last login, and what each role allows. */
export function PeopleTab() {
  const { t } = useTranslation();
  const users = useQuery({ queryKey: ['identity', 'users'], queryFn: () => callEndpoint(userList, {}) });
  const roles = useQuery({ queryKey: ['identity', 'roles'], queryFn: () => callEndpoint(roleList, {}) });
  if (users.isError && !users.data) return <ErrorState error={users.error} onRetry={() => void users.refetch()} />;
  if (!users.data || !roles.data) return <Skeleton rows={6} />;
  return (
    <div className={css.two}>
      <Card title={t('settings.people.title')}>
        {users.data.rows.length === 0 ? (
          <EmptyState title={t('settings.people.none')} text={t('settings.people.noneText')} />
        ) : (
          <PlainTable head={[t('settings.people.name'), t('settings.people.roles'), t('settings.people.lastLogin')]}>
            {users.data.rows.map((user) => (
              <tr key={user.id}>
                <td>
                  <b>{user.name}</b>
                  <small>{user.email}</small>
                </td>
                <td>{user.roles.map((role) => t(`common.role.${role}`)).join(', ') || '—'}</td>
                <td>
                  <Instant value={user.lastLoginAt} />
                </td>
              </tr>
            ))}
          </PlainTable>
        )}
        <p className={css.note}>{t('settings.people.note')}</p>
      </Card>
      <Card title={t('settings.people.rolesTitle')}>
        <PlainTable head={[t('settings.people.role'), t('settings.people.allows')]}>
          {roles.data.rows.map((row) => (
            <tr key={row.role}>
              <td>
                <b>{t(`common.role.${row.role}`)}</b>
              </td>
              <td>
                {row.permissions.map((permission) => (
                  <code key={permission} className={css.tag}>
                    {permission}
                  </code>
                ))}
              </td>
            </tr>
          ))}
        </PlainTable>
      </Card>
    </div>
  );
}
