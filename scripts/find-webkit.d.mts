export declare function findWebkit(): {
  readonly driver: string;
  readonly display: string;
  readonly browser: string;
} | null;
