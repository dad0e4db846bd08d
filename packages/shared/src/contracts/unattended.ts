/**
 * Header of a request that no person is behind: a poll or a refetch after a hint, at a screen that nobody has touched for a
 * while. The BFF answers it as any other, and does not count it as use of the session. It can only make a session end earlier.
 */
export const UNATTENDED_HEADER = 'x-pult-unattended';
