import type { StoredNetwork } from '../../contract/weights-library.ts';
import { helpWords } from '../../words/help.ts';
import { formatBytes } from '../show/figures.ts';

/** Something that happens only after a click on `accept`. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly accept: string;
}

/** Long enough for any name worth reading, short enough for a phone. */
const MAX_NAME = 80;

const short = (name: string): string => (name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name);

/** True where fetching `url` tells another site than the page's own that this page was opened. */
export function isForeign(url: string, pageUrl: string): boolean {
  const { origin, protocol } = new URL(url);
  return protocol !== 'data:' && protocol !== 'blob:' && origin !== new URL(pageUrl).origin;
}

/** Before a link's file is fetched from another site: whoever wrote the link chose the place, not the person who opened it. */
export function fetchQuestion(url: string, name: string): Question {
  const { host } = new URL(url);
  return {
    title: helpWords().fetchTitle,
    text: helpWords().fetchText(short(name), host),
    accept: helpWords().fetchAccept(short(host)),
  };
}

/** Before networks that came by an address are kept and used: they would make every later picture of their family. */
export function weightsQuestion(
  networks: readonly StoredNetwork[],
  file: { readonly name: string; readonly sizeBytes: number; readonly address: string },
): Question {
  const say = helpWords();
  const what = networks.map(({ title }) => title).join('; ');
  const { host, protocol } = new URL(file.address);
  return {
    title: say.weightsTitle,
    text: say.weightsText(
      short(file.name),
      what,
      formatBytes(file.sizeBytes),
      host === '' ? say.anAddress(protocol) : host,
    ),
    accept: say.weightsAccept,
  };
}

/** Whoever wrote a link chose where it fetches from: another site is named first, and asked only after a click. */
export const mayFollow = async (
  url: string,
  { pageUrl, ask }: { readonly pageUrl: string; ask(question: Question): Promise<boolean> },
): Promise<boolean> =>
  !isForeign(url, pageUrl) || ask(fetchQuestion(url, new URL(url).pathname.split('/').at(-1) || url));
