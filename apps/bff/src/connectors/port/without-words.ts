import { AsyncLocalStorage } from 'node:async_hooks';

const silent = new AsyncLocalStorage<true>();

/**
 * Runs a question about a message that carries people. What the system says in a refusal may name one of them: only words
 * that name nobody are left before the health of the connection or anybody else can keep them (docs/adr/0021). Its code stays.
 */
export const withoutWords = <T>(question: () => Promise<T>): Promise<T> => silent.run(true, question);

/** Whether the words of this answer are left out; to be asked where the question begins, before it waits for its turn. */
export const isWithoutWords = (): boolean => silent.getStore() === true;
