/** Two shops run the same program: the site with API 2.0 and EKF Market. What differs between them is said here. */

export interface ShopIdentity {
  readonly name: string;
  /** First part of every address. */
  readonly root: string;
  /** Below it: where orders are, where packages are put, where one package is asked for. */
  readonly paths: { readonly orders: string; readonly packages: readonly string[]; readonly package: string };
  /** Before the numbers of orders. */
  readonly prefix: string;
  /** What a wrong or expired key is answered. */
  readonly refusal: { readonly unknown: unknown; readonly expired: unknown };
}

export const SITE: ShopIdentity = {
  name: 'API 2.0',
  root: '/api/v2',
  paths: { orders: 'orders', packages: ['catalog/stocks', 'catalog/prices'], package: 'exchange/packages' },
  prefix: 'ЗК',
  refusal: { unknown: { error: 'unauthorized' }, expired: { error: 'token expired' } },
};

/** `/api/v{version}/{group}/{method}`, as the public API of EKF is addressed; data of partners go to the group `partners`. */
export const MARKET: ShopIdentity = {
  name: 'EKF Market',
  root: '/api/v1',
  paths: { orders: 'market/orders', packages: ['partners/stocks', 'partners/prices'], package: 'partners/packages' },
  prefix: 'МК',
  refusal: { unknown: { message: 'Unauthenticated.' }, expired: { message: 'API-KEY expired' } },
};
