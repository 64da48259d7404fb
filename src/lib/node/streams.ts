/** Where a command line writes. */
export interface Streams {
  /** Results, one a line. */
  out(line: string): void;
  /** Everything else: progress and complaints. */
  err(text: string): void;
  /** Whether `err` is a terminal, on which a line can be written over. */
  readonly isTerminal: boolean;
  /** Its width in characters. */
  readonly columns: number;
}
