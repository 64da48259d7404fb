import type { Capabilities, Emit, NetworkSizes } from '../graph/model-description.ts';
import type { Role } from '../role.ts';
import type { StateView } from '../weights/state-view.ts';

/** A network read off names and shapes. What was read is closed over: `emit` only takes the weights. */
export interface ReadNetwork {
  readonly sizes: NetworkSizes;
  /** Unless told, tiles may start anywhere, there is no seam, and half precision may be tried. */
  readonly capabilities: Pick<Capabilities, 'radius'> & Partial<Capabilities>;
  /** A sentence where shapes claim sizes that no such network has, found before anything is built for them. */
  readonly impossible?: string | null;
  readonly emit: Emit;
}

/** Why the marker deceived: the tensors are another network's. A clause for people: "its last layer does not give a picture". */
export type NotIt = string;

/** One network of an architecture, in one role: how to know it, and how to build it. */
export interface NetworkKind {
  readonly role: Role;
  /** For people, with its article, in the sentence about the nearest match. */
  readonly label: string;
  /** Matches keys that only such checkpoints have; the first group is the prefix before the network's own names. */
  readonly marker: RegExp;
  /** True for the names under the prefix that belong to it; the others are not its concern. */
  owns(name: string): boolean;
  /** Reads sizes off names and shapes, never values. */
  read(view: StateView): ReadNetwork | NotIt;
}

/** An architecture: the object that a file of this folder exports and index.ts lists. */
export interface Network {
  readonly id: string;
  /** For the sentence that lists what is known. */
  readonly title: string;
  /** Its roles: a decoder and an encoder, say. */
  readonly kinds: readonly NetworkKind[];
}
