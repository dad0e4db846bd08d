// Proves that the audit was not touched: `DATABASE_URL=… node apps/bff/src/modules/audit/verify-command.ts`.
// Exit 0 = intact, 1 = broken (prints the first entry that does not fit), 2 = could not look.
import { openDatabase } from '../../platform/db/database.ts';
import { verifyAudit } from './service.ts';

const url = process.argv[2] ?? process.env.DATABASE_URL;
if (url === undefined) {
  process.stderr.write('DATABASE_URL or the address of the database as the first argument is needed\n');
  process.exit(2);
}
const { db, close } = openDatabase(url, { max: 1 });
try {
  const check = await verifyAudit(db);
  const text = check.intact
    ? `intact: ${check.checked} entries, last hash ${check.lastHash ?? 'none'}\n`
    : `broken at entry ${check.brokenId}; ${check.checked} entries before it are intact\n`;
  process.stdout.write(text);
  process.exitCode = check.intact ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
} finally {
  await close();
}
