/** Leaves this page for an address outside of the router, such as the login's. */
export const leavePageFor = (url: string): void => window.location.assign(url);
