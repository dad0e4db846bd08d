/** What the overview asks first: named in the header of the page, it is under way before any script. */
export const FIRST_OVERVIEW = ['/api/landscape/overview', '/api/landscape/day'] as const;
