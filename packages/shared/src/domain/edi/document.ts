/** What passes between a chain and its supplier, whatever dialect it is written in (reference: EXITE flat form, KonturXml). */

export type EdiDialect = 'exite' | 'kontur';

/** Who takes part, by GLN. */
export interface EdiParties {
  readonly buyer: string;
  readonly supplier: string;
  readonly deliveryPlace: string | null;
  readonly sender: string;
  readonly recipient: string;
}

export interface EdiOrderLine {
  /** Number of the line in the order, as the chain wrote it. */
  readonly position: string;
  readonly gtin: string | null;
  readonly buyerCode: string | null;
  readonly supplierCode: string | null;
  readonly name: string | null;
  /** Decimal text. */
  readonly quantity: string;
  readonly unit: string | null;
  /** Without VAT, decimal text. */
  readonly price: string | null;
  readonly priceWithVat: string | null;
}

export interface EdiOrder {
  readonly kind: 'order';
  readonly dialect: EdiDialect;
  /** replace: the chain changed its order; cancel: it took it back. */
  readonly purpose: 'original' | 'replace' | 'cancel';
  readonly number: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly deliveryDate: string | null;
  readonly currency: string | null;
  readonly parties: EdiParties;
  /** Organisation behind the GLN of the buyer, where the dialect carries it. */
  readonly buyerName: string | null;
  readonly buyerInn: string | null;
  readonly lines: readonly EdiOrderLine[];
}

/** 29/Accepted, 4/Changed, 27/Rejected of a document; 1, 2, 3 of a line. */
export type EdiVerdict = 'accepted' | 'changed' | 'rejected';

export interface EdiResponseLine extends EdiOrderLine {
  readonly accepted: string;
  readonly verdict: EdiVerdict;
}

export interface EdiResponse {
  readonly kind: 'response';
  readonly dialect: EdiDialect;
  readonly number: string;
  readonly date: string;
  readonly orderNumber: string;
  /** Null where the dialect leaves it out or writes no date. */
  readonly orderDate: string | null;
  readonly deliveryDate: string | null;
  readonly currency: string | null;
  readonly verdict: EdiVerdict;
  readonly reason: string | null;
  readonly parties: EdiParties;
  readonly lines: readonly EdiResponseLine[];
}

/** APERAK, STATUS, statusReport: whether a document was taken, by whoever says so. */
export interface EdiNotice {
  readonly kind: 'notice';
  readonly dialect: EdiDialect;
  readonly ok: boolean;
  /** ORDERS, ORDRSP… as the provider calls it. */
  readonly about: string;
  readonly documentNumber: string | null;
  readonly documentDate: string | null;
  readonly fileName: string | null;
  readonly code: string | null;
  readonly text: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** A document of the exchange that says nothing about orders and their answers. */
export interface EdiOther {
  readonly kind: 'other';
  readonly type: string;
}

export type EdiDocument = EdiOrder | EdiResponse | EdiNotice | EdiOther;
