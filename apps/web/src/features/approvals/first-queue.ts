/** The address that the inbox asks first when its own has no filter: named in the header of the page, it is under way before any script. */
export const FIRST_QUEUE = '/api/approvals?tab=mine&decidedBy=anyone&limit=100';
