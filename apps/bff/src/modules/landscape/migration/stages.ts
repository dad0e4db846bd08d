/** Where each migration stands: the stage of the file, or the last change of a person. */
import { isCompared, type Stage } from '@pult/shared/domain/migration/stages';
import type { Db } from '../../../platform/db/database.ts';
import type { MigrationPlan } from './plans.ts';
import { type StageRow, stageRows } from './stage-store.ts';

export interface StageNow {
  readonly stage: Stage;
  /** 0: nobody has changed what the file says. */
  readonly version: number;
  /** When a person began the stage, ms; null: the file did. */
  readonly since: number | null;
  /** When the comparison that runs now was begun by a person, ms; null: by the file, or none runs. */
  readonly comparedSince: number | null;
  /** Newest first. */
  readonly history: readonly StageRow[];
}

/** By the flow of today. */
export async function stagesNow(db: Db, plans: readonly MigrationPlan[]): Promise<Map<string, StageNow>> {
  const rows =
    plans.length === 0
      ? []
      : await stageRows(
          db,
          plans.map(({ old }) => old.id),
        );
  return new Map(
    plans.map(({ old }) => {
      const history = rows.filter(({ flowId }) => flowId === old.id);
      const [last] = history;
      const begun = history.find(({ stage, from }) => isCompared(stage) && !isCompared(from));
      return [
        old.id,
        {
          stage: last?.stage ?? old.stage,
          version: last?.version ?? 0,
          since: last?.at.getTime() ?? null,
          comparedSince: begun?.at.getTime() ?? null,
          history,
        },
      ];
    }),
  );
}
