/** What every process of the stand needs: settings from the environment, and not to outlive its parent. */
export const numberOf = (name: string, fallback: number): number => {
  const value = Number(process.env[name] ?? '');
  return process.env[name] !== undefined && Number.isFinite(value) ? value : fallback;
};
export const textOf = (name: string, fallback: string): string => process.env[name] ?? fallback;

/** Ends this process when the pipe from its parent closes: the system closes it also after a kill -9. */
export function endWithParent(): void {
  if (process.env.STAND_CHILD !== '1') return;
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
}
