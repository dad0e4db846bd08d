// Proves that the audit was not touched: `pnpm audit:verify [DATABASE_URL | data folder of a running Pult]`.
// Without an argument: DATABASE_URL, then PULT_DATA_DIR, then the folder of `npm start`.
// Exit 0 = intact, 1 = broken (prints the first entry that does not fit), 2 = could not look.
import { openDatabase } from '../../platform/db/database.ts';
import { runningBundledUrl } from '../../platform/db/embedded.ts';
import { verifyAudit } from './service.ts';

const wanted = process.argv[2] ?? process.env.DATABASE_URL ?? process.env.PULT_DATA_DIR ?? '.data/database';
const url = /^postgres(ql)?:/.test(wanted) ? wanted : await runningBundledUrl(wanted);
if (url === null) {
  process.stderr.write(
    `no database runs on ${wanted}: start Pult, or give DATABASE_URL or the address as the argument\n`,
  );
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
