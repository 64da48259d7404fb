/** One file of a build, as the build found it on the disk. */
export interface BuiltFile {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What one build consists of: written by the build, and the only judge of what belongs in its offline copy. */
export interface BuildManifest {
  /** Short, and another for every build that differs in a byte of what it lists or of its page. */
  readonly id: string;
  /** The path of the script that the page starts with. */
  readonly entry: string;
  /** By path below the page's folder; files whose names hold their hash. */
  readonly files: Readonly<Record<string, BuiltFile>>;
}

/** What a page tells its service worker. */
export type OfflineMessage =
  /** Addresses that were loaded, perhaps past the worker, and are to be kept. */
  | { readonly kind: 'loaded'; readonly files: readonly string[] }
  /** The page that started with `entry` is at rest: the rest of its scripts may be fetched, and older copies may go. */
  | { readonly kind: 'controlled'; readonly entry: string }
  /** Answered on the port with true where `entry` is the start of the worker's own build. */
  | { readonly kind: 'belongs'; readonly entry: string }
  /** A waiting worker may serve the pages now. */
  | { readonly kind: 'take-over' };
