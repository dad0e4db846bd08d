export interface NextRequest {
  readonly id: string;
  readonly name: string;
}
