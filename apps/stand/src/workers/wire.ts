/** One HTTP request of the exchange; whatever keeps an answer away is a TransferError. */
import { TransferError } from './transfer-error.ts';

const TIMEOUT_MS = 30_000;

/** @throws TransferError when nobody answered in time */
export async function askHttp(url: string, init: RequestInit): Promise<{ status: number; ok: boolean; text: string }> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    const where = new URL(url).origin;
    throw new TransferError(
      timedOut ? `Превышено время ожидания ответа ${where}` : `Couldn't connect to server ${where}`,
    );
  }
}
